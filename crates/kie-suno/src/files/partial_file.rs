//! Temporary files. A file gets its final name only when it is complete.

use std::{
    fs,
    io::{self, BufRead, BufReader, Write},
    path::{Path, PathBuf},
};

use kie_transport::{Error as TransportFailure, ErrorKind};
use kie_types::InlineFile;

use super::unique::unique;

/// A temporary file in the target folder. Dropping this value deletes the file, also if the save is cancelled.
pub(crate) struct PartialFile {
    pub(crate) path: PathBuf,
    pub(crate) extension: &'static str,
    pub(crate) bytes: u64,
}

impl PartialFile {
    pub(crate) async fn new(folder: &Path) -> Result<Self, TransportFailure> {
        tokio::fs::create_dir_all(folder).await.map_err(disk_error)?;
        Ok(Self { path: folder.join(format!(".kie-{:016x}.part", unique())), extension: "", bytes: 0 })
    }

    /// Gives the complete file its final name. `reserved` lists the paths of the files that the same save has already
    /// saved. If the name belongs to a reserved path or to a file with other content, a number is appended. Returns the
    /// path and the size in bytes.
    pub(crate) async fn persist(
        self,
        folder: &Path,
        name: &str,
        reserved: Vec<PathBuf>,
    ) -> Result<(PathBuf, u64), TransportFailure> {
        let (folder, name, bytes) = (folder.to_owned(), name.to_owned(), self.bytes);
        let persisted = tokio::task::spawn_blocking(move || {
            let path = self.persist_blocking(&folder, &name, &reserved)?;
            // Syncing the folder puts the new name on the disk. Not every platform can sync a folder. The file already
            // has its name, so an error is ignored.
            #[cfg(unix)]
            drop(fs::File::open(&folder).and_then(|folder| folder.sync_all()));
            Ok(path)
        });
        let path = persisted.await.map_err(|error| disk_error(io::Error::other(error)))?.map_err(disk_error)?;
        Ok((path, bytes))
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

    fn persist_blocking(&self, folder: &Path, name: &str, reserved: &[PathBuf]) -> io::Result<PathBuf> {
        for number in 1_u32.. {
            let path = folder.join(match number {
                1 => format!("{name}.{}", self.extension),
                _ => format!("{name} ({number}).{}", self.extension),
            });
            if reserved.contains(&path) {
                continue;
            }
            // A hard link appears in one step with the whole content, and never replaces another file.
            match fs::hard_link(&self.path, &path) {
                Ok(()) => return Ok(path),
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                    if same_content(&self.path, &path)? {
                        return Ok(path);
                    }
                }
                // Some file systems have no hard links. On such a file system, `rename` could replace a file that another
                // process creates between this check and the call.
                Err(_) if !path.try_exists()? => {
                    fs::rename(&self.path, &path)?;
                    return Ok(path);
                }
                Err(error) => return Err(error),
            }
        }
        Err(io::Error::other("every numbered name is used by another file"))
    }
}

impl Drop for PartialFile {
    fn drop(&mut self) {
        // A temporary file that cannot be deleted does no harm: its name is hidden and unique.
        let _ = fs::remove_file(&self.path);
    }
}

/// Returns `true` if two files contain the same bytes.
fn same_content(one: &Path, other: &Path) -> io::Result<bool> {
    if !fs::metadata(other)?.is_file() || fs::metadata(one)?.len() != fs::metadata(other)?.len() {
        return Ok(false);
    }
    let mut one = BufReader::new(fs::File::open(one)?);
    let mut other = BufReader::new(fs::File::open(other)?);
    loop {
        let (left, right) = (one.fill_buf()?, other.fill_buf()?);
        let length = left.len().min(right.len());
        if left[..length] != right[..length] {
            return Ok(false);
        }
        if length == 0 {
            return Ok(true);
        }
        one.consume(length);
        other.consume(length);
    }
}

fn disk_error(error: io::Error) -> TransportFailure {
    TransportFailure::new(ErrorKind::Disk, "the file could not be written").with_source(error)
}
