//! Opens the file of a ledger.

use std::{
    fs, io,
    path::{Path, PathBuf},
    sync::{Mutex, PoisonError},
    thread,
    time::{Duration, Instant, SystemTime},
};

use rusqlite::{Connection, ErrorCode, MAIN_DB, OpenFlags};

use super::{error::SqliteError, schema};
use crate::error::LedgerError;

/// Maximum time that a transaction waits for other processes.
const BUSY_TIMEOUT: Duration = Duration::from_secs(10);

/// Locked while a file is created. Closing a file releases all locks of this process on that file, including the locks
/// of an SQLite connection that was opened in the meantime.
static CREATING: Mutex<()> = Mutex::new(());

/// Path of the open file, and its identity.
#[derive(Debug)]
pub(super) struct DatabaseFile {
    path: PathBuf,
    identity: Identity,
}

/// Device and inode of a file, to detect that another file has taken its path. `None` on systems where an open file
/// cannot be moved or removed.
type Identity = Option<(u64, u64)>;

impl DatabaseFile {
    fn of(path: PathBuf) -> Result<Self, SqliteError> {
        let identity = identity(&path).map_err(|error| unusable(&path, error))?;
        Ok(Self { path, identity })
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Checks that the file is still at its path. Data that is written to a removed file is lost, and other processes
    /// cannot see data that is written to a moved file.
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

/// Opens the ledger in a file.
pub(super) fn open(path: &Path, now: SystemTime) -> Result<(DatabaseFile, Connection), SqliteError> {
    // SQLite treats a few relative names in a special way, such as `:memory:`.
    let path = std::path::absolute(path).map_err(|error| unusable(path, error))?;
    let mut connection = {
        let _creating = CREATING.lock().unwrap_or_else(PoisonError::into_inner);
        create(&path).map_err(|error| unusable(&path, error))?;
        Connection::open_with_flags(&path, OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX)?
    };
    if connection.is_readonly(MAIN_DB)? {
        return Err(LedgerError::new(format!("the ledger {} is read-only", path.display())).into());
    }
    connection.busy_timeout(BUSY_TIMEOUT)?;
    // A file that is not a ledger must stay unchanged, so this is checked first. One transaction gives a consistent
    // view, because another process may be creating the ledger.
    schema::missing(&*connection.transaction()?)?;
    // Committed data survives a loss of power. The second setting is for macOS and has no effect elsewhere.
    connection.pragma_update(None, "synchronous", "FULL")?;
    connection.pragma_update(None, "fullfsync", true)?;
    write_ahead(&connection)?;
    schema::prepare(&mut connection, now)?;
    Ok((DatabaseFile::of(path)?, connection))
}

/// Turns on write-ahead logging, so that readers and writers do not wait for each other. The loop is needed because
/// SQLite does not wait if another connection does this at the same time.
fn write_ahead(connection: &Connection) -> Result<(), SqliteError> {
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

fn unusable(path: &Path, error: io::Error) -> LedgerError {
    LedgerError::new(format!("the ledger {} cannot be opened", path.display())).with_source(error)
}

/// Creates the file if it is missing. SQLite gives its additional files the same permissions.
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
