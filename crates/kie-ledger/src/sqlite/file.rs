//! Opening the file of a ledger.

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
}

/// What tells a file from another one of its name, where the system has such a thing. Where it has not, an open file can be
/// neither moved nor removed.
type Identity = Option<(u64, u64)>;

impl DatabaseFile {
    fn of(path: PathBuf) -> Result<Self, SqliteError> {
        let identity = identity(&path).map_err(|error| unusable(&path, error))?;
        Ok(Self { path, identity })
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
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

/// Opens the ledger in a file, and returns it with its place.
pub(super) fn open(path: &Path, now: SystemTime) -> Result<(DatabaseFile, Connection), SqliteError> {
    // SQLite gives a few relative names a meaning of their own, such as `:memory:`.
    let path = std::path::absolute(path).map_err(|error| unusable(path, error))?;
    let mut connection = {
        let _creating = CREATING.lock().unwrap_or_else(PoisonError::into_inner);
        create(&path).map_err(|error| unusable(&path, error))?;
        Connection::open_with_flags(&path, OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX)?
    };
    if connection.is_readonly(MAIN_DB)? {
        return Err(LedgerError::new(format!("the ledger {} is read-only", path.display())).into());
    }
    connection.busy_timeout(PATIENCE)?;
    // What is not a ledger stays as it is. One look sees all of it as it was at one time, for another process may be making
    // it.
    schema::missing(&*connection.transaction()?)?;
    // Whatever was committed survives a loss of power; the second is for macOS, and means nothing elsewhere.
    connection.pragma_update(None, "synchronous", "FULL")?;
    connection.pragma_update(None, "fullfsync", true)?;
    write_ahead(&connection)?;
    schema::prepare(&mut connection, now)?;
    Ok((DatabaseFile::of(path)?, connection))
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
