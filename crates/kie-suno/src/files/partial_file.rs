//! Temporary files. A file gets its final name only when it is complete.

use std::{
    collections::HashSet,
    fs,
    io::{self, Write},
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use kie_transport::{Error as TransportFailure, ErrorKind};
use kie_types::InlineFile;

use super::{
    media::{content_number, same_content},
    unique::unique,
};

/// Largest number that is appended to a name by counting. If the name with this number is used too, a number is made
/// from the content of the file. So a free name is found after a few tries, even if many files have the same name. A
/// file that is saved again gets the same number, and the file that was saved before is found.
const COUNTED: u64 = 9;

/// Beginning and end of the name of a temporary file. Between them are 16 hexadecimal digits.
const PREFIX: &str = ".kie-";
const SUFFIX: &str = ".part";

/// A temporary file in the target folder. Dropping this value deletes the file, also if the save is cancelled.
pub(crate) struct PartialFile {
    pub(crate) path: PathBuf,
    pub(crate) extension: &'static str,
    pub(crate) bytes: u64,
}

impl PartialFile {
    pub(crate) async fn new(folder: &Path) -> Result<Self, TransportFailure> {
        tokio::fs::create_dir_all(folder).await.map_err(disk_error)?;
        Ok(Self { path: folder.join(format!("{PREFIX}{:016x}{SUFFIX}", unique())), extension: "", bytes: 0 })
    }

    /// Gives the complete file its final name. `reserved` lists the paths of the files that the same save has already
    /// saved. If the name belongs to a reserved path or to a file with other content, a number is appended: 2 to 9, or
    /// else a number that is made from the content. Returns the path and the size in bytes.
    pub(crate) async fn persist(
        self,
        folder: &Path,
        name: &str,
        reserved: &Arc<HashSet<PathBuf>>,
    ) -> Result<(PathBuf, u64), TransportFailure> {
        let (folder, name, reserved) = (folder.to_owned(), name.to_owned(), Arc::clone(reserved));
        let persisted = tokio::task::spawn_blocking(move || {
            // The name can contain a folder that does not exist yet.
            fs::create_dir_all(&folder)?;
            let path = self.persist_blocking(&folder, &name, &reserved)?;
            // A file that was saved before can have other tags.
            let bytes = fs::metadata(&path)?.len();
            // Syncing the folder puts the new name on the disk. Not every platform can sync a folder. The file already
            // has its name, so an error is ignored.
            #[cfg(unix)]
            drop(fs::File::open(&folder).and_then(|folder| folder.sync_all()));
            Ok((path, bytes))
        });
        persisted.await.map_err(io::Error::other).flatten().map_err(disk_error)
    }

    /// Writes a file whose content the response itself contains, instead of a link.
    pub(crate) async fn write(&mut self, file: InlineFile) -> Result<(), TransportFailure> {
        let path = self.path.clone();
        (self.extension, self.bytes) = (file.extension, file.bytes.len() as u64);
        let written = tokio::task::spawn_blocking(move || {
            let mut part = fs::File::create_new(path)?;
            part.write_all(&file.bytes)?;
            part.sync_all()
        });
        written.await.map_err(io::Error::other).flatten().map_err(disk_error)
    }

    fn persist_blocking(&self, folder: &Path, name: &str, reserved: &HashSet<PathBuf>) -> io::Result<PathBuf> {
        let path = |number: u64| {
            folder.join(match number {
                1 => format!("{name}.{}", self.extension),
                _ => format!("{name} ({number}).{}", self.extension),
            })
        };
        let mut number = 1;
        loop {
            let path = path(number);
            if !reserved.contains(&path) && self.take(&path)? {
                return Ok(path);
            }
            number = if number == COUNTED {
                content_number(&self.path, self.extension)?.max(COUNTED + 1)
            } else {
                number + 1
            };
        }
    }

    /// Gives the file this path and returns `true`. Also returns `true` if a file with the same content already has the
    /// path. Returns `false` if the path belongs to a file with other content.
    fn take(&self, path: &Path) -> io::Result<bool> {
        // A hard link appears in one step with the whole content, and never replaces another file.
        match fs::hard_link(&self.path, path) {
            Ok(()) => Ok(true),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                same_content(&self.path, path, self.extension)
            }
            // Some file systems have no hard links. On such a file system, `rename` could replace a file that another
            // process creates between this check and the call.
            Err(_) if fs::symlink_metadata(path).is_err_and(|error| error.kind() == io::ErrorKind::NotFound) => {
                fs::rename(&self.path, path).map(|()| true)
            }
            Err(error) => Err(error),
        }
    }
}

/// Time without a write after which a temporary file counts as left behind by a killed process. A download takes at
/// most one hour.
const ABANDONED: Duration = Duration::from_secs(2 * 60 * 60);

/// Deletes the temporary files that killed processes left in the folder. A file that cannot be deleted does no harm, so
/// errors are ignored.
pub(crate) async fn remove_abandoned(folder: &Path) {
    let folder = folder.to_owned();
    let removed = tokio::task::spawn_blocking(move || {
        for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
            let name = entry.file_name();
            let id = name.to_str().and_then(|name| name.strip_prefix(PREFIX)?.strip_suffix(SUFFIX));
            let is_partial = id.is_some_and(|id| id.len() == 16 && id.bytes().all(|byte| byte.is_ascii_hexdigit()));
            // The metadata of the entry do not follow a symbolic link.
            let Some(metadata) = entry.metadata().ok().filter(|metadata| is_partial && metadata.is_file()) else {
                continue;
            };
            let age = metadata.modified().ok().and_then(|modified| modified.elapsed().ok());
            if age > Some(ABANDONED) {
                let _ = fs::remove_file(entry.path());
            }
        }
    });
    // The result is an error only if the runtime is shutting down.
    let _ = removed.await;
}

impl Drop for PartialFile {
    fn drop(&mut self) {
        // A temporary file that cannot be deleted does no harm: its name is hidden and unique.
        let _ = fs::remove_file(&self.path);
    }
}

fn disk_error(error: io::Error) -> TransportFailure {
    TransportFailure::new(ErrorKind::Disk, "the file could not be written").with_source(error)
}
