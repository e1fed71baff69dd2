//! A file on its way to its name: whole under it, or not there at all.

use std::{
    fs,
    io::{self, BufRead, BufReader, Write},
    path::{Path, PathBuf},
};

use kie_transport::{Error as TransportFailure, ErrorKind};
use kie_types::InlineFile;

use super::unique::unique;

/// A file that has no name of its own yet; it is removed when it is no longer needed, also if the save is given up.
pub(crate) struct PartialFile {
    pub(crate) path: PathBuf,
    pub(crate) extension: &'static str,
    pub(crate) bytes: u64,
}

impl PartialFile {
    pub(crate) async fn new(folder: &Path) -> Result<Self, TransportFailure> {
        tokio::fs::create_dir_all(folder).await.map_err(disk)?;
        Ok(Self { path: folder.join(format!(".kie-{:016x}.part", unique())), extension: "", bytes: 0 })
    }

    /// Gives the file, which is whole now, its name, or the next one that is neither in use nor taken.
    pub(crate) async fn settle(
        self,
        folder: &Path,
        name: &str,
        taken: Vec<PathBuf>,
    ) -> Result<(PathBuf, u64), TransportFailure> {
        let (folder, name, bytes) = (folder.to_owned(), name.to_owned(), self.bytes);
        let settled = tokio::task::spawn_blocking(move || {
            let path = self.settle_now(&folder, &name, &taken)?;
            // The name is on the disk when the folder is; not every platform can say so, and the file is there anyway.
            #[cfg(unix)]
            drop(fs::File::open(&folder).and_then(|folder| folder.sync_all()));
            Ok(path)
        });
        let path = settled.await.map_err(|error| disk(io::Error::other(error)))?.map_err(disk)?;
        Ok((path, bytes))
    }

    /// Writes what the answer itself held.
    pub(crate) async fn write(&mut self, file: InlineFile) -> Result<(), TransportFailure> {
        let path = self.path.clone();
        (self.extension, self.bytes) = (file.extension, file.bytes.len() as u64);
        let written = tokio::task::spawn_blocking(move || {
            let mut part = fs::File::create(path)?;
            part.write_all(&file.bytes)?;
            part.sync_all()
        });
        written.await.map_err(io::Error::other).flatten().map_err(disk)
    }

    fn settle_now(&self, folder: &Path, name: &str, taken: &[PathBuf]) -> io::Result<PathBuf> {
        for number in 1_u32.. {
            let path = folder.join(match number {
                1 => format!("{name}.{}", self.extension),
                _ => format!("{name} ({number}).{}", self.extension),
            });
            if taken.contains(&path) {
                continue;
            }
            // A second name for the same file appears at once and whole, and never replaces anything.
            match fs::hard_link(&self.path, &path) {
                Ok(()) => return Ok(path),
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                    if same_content(&self.path, &path)? {
                        return Ok(path);
                    }
                }
                // Some file systems know no second names. There, only a file that somebody makes in this very moment
                // could be replaced.
                Err(_) if !path.try_exists()? => {
                    fs::rename(&self.path, &path)?;
                    return Ok(path);
                }
                Err(error) => return Err(error),
            }
        }
        Err(io::Error::other("no name is free"))
    }
}

impl Drop for PartialFile {
    fn drop(&mut self) {
        // A part that cannot be removed is in nobody's way: its name is hidden and its own.
        let _ = fs::remove_file(&self.path);
    }
}

/// Whether two files hold the same bytes.
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

fn disk(error: io::Error) -> TransportFailure {
    TransportFailure::new(ErrorKind::Disk, "the file could not be written").with_source(error)
}
