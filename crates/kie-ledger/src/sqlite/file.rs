//! Opens the file of a ledger.

use std::{
    fs, io,
    path::{Path, PathBuf},
    sync::{Mutex, PoisonError},
    thread,
    time::{Duration, Instant},
};

use rusqlite::{Connection, Error, ErrorCode, MAIN_DB, OpenFlags};

use super::{error::SqliteError, schema, statements};
use crate::error::LedgerError;

/// Maximum time that a transaction waits for the transactions of other processes.
const BUSY_TIMEOUT: Duration = Duration::from_secs(10);

/// Locked while a file is created. When a process closes a file, the process loses all its locks on this file. This
/// includes the locks of an SQLite connection that another thread has opened in the meantime.
static CREATION: Mutex<()> = Mutex::new(());

/// Path and identity of a ledger's file.
#[derive(Debug)]
pub(super) struct DatabaseFile {
    path: PathBuf,
    identity: Identity,
    is_read_only: bool,
}

/// Device number and inode number of a file on Unix. They differ from the numbers of any other file at the same path.
/// `None` on other systems, where an open file can be neither moved nor removed.
type Identity = Option<(u64, u64)>;

impl DatabaseFile {
    fn of(path: PathBuf, is_read_only: bool) -> Result<Self, SqliteError> {
        let identity = identity(&path).map_err(|error| open_error(&path, error))?;
        Ok(Self { path, identity, is_read_only })
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Returns an error if the file was opened only for reading.
    pub(super) fn check_writable(&self) -> Result<(), SqliteError> {
        if self.is_read_only {
            return Err(LedgerError::new(format!("the ledger {} is read-only", self.path.display())).into());
        }
        Ok(())
    }

    /// Returns an error if the file was moved, removed or replaced. A change that is written to a removed file is
    /// lost. A change that is written to a moved file is invisible to other processes that open the ledger.
    pub(super) fn check(&self) -> Result<(), SqliteError> {
        match identity(&self.path) {
            Ok(identity) if identity == self.identity => Ok(()),
            _ => {
                let what = format!("the ledger {} was moved or removed while it was open", self.path.display());
                Err(LedgerError::new(what).into())
            }
        }
    }
}

#[cfg(unix)]
fn identity(path: &Path) -> io::Result<Identity> {
    use std::os::unix::fs::MetadataExt as _;
    fs::metadata(path).map(|file| Some((file.dev(), file.ino())))
}

#[cfg(not(unix))]
fn identity(_: &Path) -> io::Result<Identity> {
    Ok(None)
}

/// Opens the file of a ledger. Returns the path and identity of the file, and a connection to the file. A file that
/// cannot be written is opened only for reading.
pub(super) fn open(path: &Path) -> Result<(DatabaseFile, Connection), SqliteError> {
    // SQLite does not read some relative paths as paths. For example, `:memory:` is a database in memory.
    let path = std::path::absolute(path).map_err(|error| open_error(path, error))?;
    let (connection, is_read_only) = match open_for_writing(&path) {
        Ok(Some(connection)) => (connection, false),
        Ok(None) => (open_for_reading(&path)?, true),
        Err(error) if is_refused(&error) && !is_writable(&path) => (open_for_reading(&path)?, true),
        Err(error) => return Err(error),
    };
    connection.busy_timeout(BUSY_TIMEOUT)?;
    connection.set_prepared_statement_cache_capacity(statements::ALL.len());
    Ok((DatabaseFile::of(path, is_read_only)?, connection))
}

/// Opens a file, and creates it if it is missing. Returns `None` if the file may be read but not written.
fn open_for_writing(path: &Path) -> Result<Option<Connection>, SqliteError> {
    let mut connection = {
        let _guard = CREATION.lock().unwrap_or_else(PoisonError::into_inner);
        create(path).map_err(|error| open_error(path, error))?;
        Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX)?
    };
    if connection.is_readonly(MAIN_DB)? {
        return Ok(None);
    }
    connection.busy_timeout(BUSY_TIMEOUT)?;
    // This check runs before all changes, because a file that is not a ledger must not be changed. The check is one
    // read transaction, because another process may be creating the tables at the same time.
    schema::missing_migrations(&*connection.transaction()?)?;
    // With these two settings, committed changes survive a loss of power. `fullfsync` has an effect only on macOS.
    connection.pragma_update(None, "synchronous", "FULL")?;
    connection.pragma_update(None, "fullfsync", true)?;
    enable_write_ahead_log(&connection)?;
    schema::migrate(&mut connection)?;
    Ok(Some(connection))
}

/// Opens a file that cannot be written. A file of an older schema version is read without a migration.
fn open_for_reading(path: &Path) -> Result<Connection, SqliteError> {
    let open = |path: &Path, more: OpenFlags| -> Result<Connection, SqliteError> {
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX | more;
        let mut connection = Connection::open_with_flags(path, flags)?;
        connection.busy_timeout(BUSY_TIMEOUT)?;
        if schema::is_empty(&*connection.transaction()?)? {
            return Err(LedgerError::new("the file is empty and read-only").into());
        }
        Ok(connection)
    };
    match open(path, OpenFlags::empty()) {
        // To read a ledger, SQLite creates two more files in the folder, unless another process has created them
        // already. Here SQLite was not allowed to create these files.
        Err(error) if is_refused(&error) => {
            let log = with_suffix(path, "-wal");
            if fs::metadata(&log).is_ok_and(|log| log.len() > 0) {
                let what = format!("the ledger {} has to be opened once where it can be written", path.display());
                return Err(LedgerError::new(what).with_source(error.into_error()).into());
            }
            open(&immutable_uri(path)?, OpenFlags::SQLITE_OPEN_URI)
        }
        done => done,
    }
}

/// Returns a URI for a file that no process changes. With this URI, SQLite reads the file without creating other files.
fn immutable_uri(path: &Path) -> Result<PathBuf, SqliteError> {
    let text = path.to_str().ok_or_else(|| LedgerError::new("the path of a read-only ledger is not UTF-8"))?;
    // A path on Windows starts with a drive. The third slash ends the empty host before the drive.
    let mut uri = String::from(if text.starts_with('/') { "file://" } else { "file:///" });
    for byte in text.bytes() {
        match byte {
            b'\\' if cfg!(windows) => uri.push('/'),
            b'/' | b':' | b'.' | b'-' | b'_' => uri.push(byte.into()),
            _ if byte.is_ascii_alphanumeric() => uri.push(byte.into()),
            _ => uri += &format!("%{byte:02x}"),
        }
    }
    Ok((uri + "?immutable=1").into())
}

/// Returns `true` if SQLite was not allowed to create, open or write a file.
fn is_refused(error: &SqliteError) -> bool {
    let code = error.cause().and_then(Error::sqlite_error_code);
    matches!(code, Some(ErrorCode::CannotOpen | ErrorCode::ReadOnly))
}

/// Creates and removes a test file in the folder of the ledger. Returns `false` if this is not allowed.
fn is_writable(path: &Path) -> bool {
    let test_file = with_suffix(path, "-trial");
    let created = fs::OpenOptions::new().write(true).create_new(true).open(&test_file);
    let is_refused =
        |error: &io::Error| matches!(error.kind(), io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem);
    match created {
        Ok(_) => fs::remove_file(&test_file).is_ok(),
        Err(error) => !is_refused(&error),
    }
}

/// Appends the suffix to the file name of the path.
fn with_suffix(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    name.into()
}

/// Switches the file to write-ahead logging, so that readers and writers do not wait for each other. SQLite fails at
/// once if another connection switches the file at the same time, so this function retries for up to
/// [`BUSY_TIMEOUT`].
fn enable_write_ahead_log(connection: &Connection) -> Result<(), SqliteError> {
    let end = Instant::now() + BUSY_TIMEOUT;
    loop {
        match connection.pragma_update(None, "journal_mode", "WAL") {
            Err(error) if error.sqlite_error_code() == Some(ErrorCode::DatabaseBusy) && Instant::now() < end => {
                thread::sleep(Duration::from_millis(5));
            }
            done => return Ok(done?),
        }
    }
}

fn open_error(path: &Path, error: io::Error) -> LedgerError {
    LedgerError::new(format!("the ledger {} cannot be opened", path.display())).with_source(error)
}

/// Creates the file and its folders if they are missing. On Unix, only the owner has access to them. SQLite
/// adds two files to the folder, which end in `-wal` and `-shm`. They get the permissions of the file.
fn create(path: &Path) -> io::Result<()> {
    if path.is_dir() {
        return Err(io::ErrorKind::IsADirectory.into());
    }
    let mut folders = fs::DirBuilder::new();
    folders.recursive(true);
    let mut file = fs::OpenOptions::new();
    file.write(true).create_new(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
        folders.mode(0o700);
        file.mode(0o600);
    }
    if let Some(parent) = path.parent() {
        folders.create(parent)?;
    }
    match file.open(path) {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => Err(error),
        _ => Ok(()),
    }
}
