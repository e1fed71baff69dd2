//! Opening the file of a ledger.

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

/// How long a transaction waits for those of other processes.
const PATIENCE: Duration = Duration::from_secs(10);

/// Held while a file is created: to close a file ends all locks that this process has on it, those of an SQLite
/// connection that was opened meanwhile included.
static CREATING: Mutex<()> = Mutex::new(());

/// Where a file is, and which one it is.
#[derive(Debug)]
pub(super) struct DatabaseFile {
    path: PathBuf,
    identity: Identity,
    is_read_only: bool,
}

/// What tells a file from another one of its name, where the system has such a thing. Where it has not, an open file can be
/// neither moved nor removed.
type Identity = Option<(u64, u64)>;

impl DatabaseFile {
    fn of(path: PathBuf, is_read_only: bool) -> Result<Self, SqliteError> {
        let identity = identity(&path).map_err(|error| unusable(&path, error))?;
        Ok(Self { path, identity, is_read_only })
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Makes sure that the file may be written.
    pub(super) fn check_writable(&self) -> Result<(), SqliteError> {
        if self.is_read_only {
            return Err(LedgerError::new(format!("the ledger {} is read-only", self.path.display())).into());
        }
        Ok(())
    }

    /// Makes sure that the file is still there. What is written to one that was removed is on no disk, and nobody else who
    /// opens the ledger sees what is written to one that was moved.
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

/// Opens the ledger in a file, and returns it with its place. A file that cannot be written is opened for reading.
pub(super) fn open(path: &Path) -> Result<(DatabaseFile, Connection), SqliteError> {
    // SQLite gives a few relative names a meaning of their own, such as `:memory:`.
    let path = std::path::absolute(path).map_err(|error| unusable(path, error))?;
    let (connection, is_read_only) = match for_writing(&path) {
        Ok(Some(connection)) => (connection, false),
        Ok(None) => (for_reading(&path)?, true),
        Err(error) if is_refused(&error) && !is_writable(&path) => (for_reading(&path)?, true),
        Err(error) => return Err(error),
    };
    connection.busy_timeout(PATIENCE)?;
    connection.set_prepared_statement_cache_capacity(statements::ALL.len());
    Ok((DatabaseFile::of(path, is_read_only)?, connection))
}

/// Opens a file, and creates it if it is missing. Returns `None` if it may only be read.
fn for_writing(path: &Path) -> Result<Option<Connection>, SqliteError> {
    let mut connection = {
        let _creating = CREATING.lock().unwrap_or_else(PoisonError::into_inner);
        create(path).map_err(|error| unusable(path, error))?;
        Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX)?
    };
    if connection.is_readonly(MAIN_DB)? {
        return Ok(None);
    }
    connection.busy_timeout(PATIENCE)?;
    // What is not a ledger stays as it is. One look sees all of it as it was at one time, for another process may be making
    // it.
    schema::missing(&*connection.transaction()?)?;
    // Whatever was committed survives a loss of power; the second is for macOS, and means nothing elsewhere.
    connection.pragma_update(None, "synchronous", "FULL")?;
    connection.pragma_update(None, "fullfsync", true)?;
    write_ahead(&connection)?;
    schema::migrate(&mut connection)?;
    Ok(Some(connection))
}

/// Opens a file that cannot be written. One of an older version is read as it is.
fn for_reading(path: &Path) -> Result<Connection, SqliteError> {
    let open = |path: &Path, more: OpenFlags| -> Result<Connection, SqliteError> {
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX | more;
        let mut connection = Connection::open_with_flags(path, flags)?;
        connection.busy_timeout(PATIENCE)?;
        if schema::is_empty(&*connection.transaction()?)? {
            return Err(LedgerError::new("the file is empty and read-only").into());
        }
        Ok(connection)
    };
    match open(path, OpenFlags::empty()) {
        // SQLite has to make two files beside the ledger to read it, if no other process has done so.
        Err(error) if is_refused(&error) => {
            let log = beside(path, "-wal");
            if fs::metadata(&log).is_ok_and(|log| log.len() > 0) {
                let what = format!("the ledger {} has to be opened once where it can be written", path.display());
                return Err(LedgerError::new(what).with_source(error.into_error()).into());
            }
            open(&unchanging(path)?, OpenFlags::SQLITE_OPEN_URI)
        }
        done => done,
    }
}

/// URI of a file that no process changes. SQLite reads it without the files beside it.
fn unchanging(path: &Path) -> Result<PathBuf, SqliteError> {
    let text = path.to_str().ok_or_else(|| LedgerError::new("the path of a read-only ledger is not UTF-8"))?;
    // On Windows, a drive comes after an empty host.
    let mut address = String::from(if text.starts_with('/') { "file://" } else { "file:///" });
    for byte in text.bytes() {
        match byte {
            b'\\' if cfg!(windows) => address.push('/'),
            b'/' | b':' | b'.' | b'-' | b'_' => address.push(byte.into()),
            _ if byte.is_ascii_alphanumeric() => address.push(byte.into()),
            _ => address += &format!("%{byte:02x}"),
        }
    }
    Ok((address + "?immutable=1").into())
}

/// Returns `true` if SQLite was not allowed to make or write a file.
fn is_refused(error: &SqliteError) -> bool {
    let code = error.cause().and_then(Error::sqlite_error_code);
    matches!(code, Some(ErrorCode::CannotOpen | ErrorCode::ReadOnly))
}

/// Returns `false` if no file can be made in the folder of the ledger.
fn is_writable(path: &Path) -> bool {
    let trial = beside(path, "-trial");
    let made = fs::OpenOptions::new().write(true).create_new(true).open(&trial);
    let is_refused =
        |error: &io::Error| matches!(error.kind(), io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem);
    match made {
        Ok(_) => fs::remove_file(&trial).is_ok(),
        Err(error) => !is_refused(&error),
    }
}

/// Path of the file whose name is longer by an ending.
fn beside(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(ending);
    name.into()
}

/// Lets readers not wait for writers, nor these for them. SQLite itself waits for nobody who does the same at the same time.
fn write_ahead(connection: &Connection) -> Result<(), SqliteError> {
    let end = Instant::now() + PATIENCE;
    loop {
        match connection.pragma_update(None, "journal_mode", "WAL") {
            Err(error) if error.sqlite_error_code() == Some(ErrorCode::DatabaseBusy) && Instant::now() < end => {
                thread::sleep(Duration::from_millis(5));
            }
            done => return Ok(done?),
        }
    }
}

fn unusable(path: &Path, error: io::Error) -> LedgerError {
    LedgerError::new(format!("the ledger {} cannot be opened", path.display())).with_source(error)
}

/// Makes sure that there is a file. SQLite gives the files that it keeps beside it the same permissions.
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
