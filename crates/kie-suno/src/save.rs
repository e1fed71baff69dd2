//! Saving what a task made, before the links expire.

use std::{
    fs,
    io::{self, BufRead, BufReader},
    path::{Path, PathBuf},
};

use kie_transport::{Error as TransportFailure, ErrorKind};
use kie_types::{InlineFile, Item, Job, Output};
use serde::Serialize;

use crate::{
    error::{Error, SaveError},
    task::Task,
};

/// Titles in file names are cut to this many bytes: file systems allow 255 for the whole name.
const TITLE: usize = 120;
/// As much of an id as tells the things of a task apart.
const ID: usize = 8;

/// One file that was saved.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Download {
    /// The id of the thing that the file is, such as a track's.
    pub id: Option<String>,
    /// Where it lies.
    pub path: PathBuf,
    /// Its size in bytes.
    pub bytes: u64,
}

impl<J: Job> Task<J> {
    /// Saves the files of the output into a folder, which is made if it is missing.
    ///
    /// A file is named after its title and id, with the ending that its content calls for. It appears under that name
    /// only when it is whole, and never in place of another: where the name is in use, by a file with other content, it
    /// takes the next one. Links expire, so save soon: media is kept for 14 days, and some links end after one.
    ///
    /// # Errors
    ///
    /// [`Error::Save`] tells the first file that failed, and those that were saved all the same.
    pub async fn save(&self, output: &J::Output, folder: impl AsRef<Path>) -> Result<Vec<Download>, Error> {
        let folder = folder.as_ref();
        let mut saved: Vec<Download> = Vec::new();
        let mut failed = Vec::new();
        for (index, item) in output.items().iter().enumerate() {
            let name = file_name(item, index, J::NAME, self.id().as_str());
            let part = match (&item.url, &item.inline) {
                (Some(url), _) => self.fetch_file(url, folder).await,
                (None, Some(file)) => write_file(file, folder).await,
                // It was never made, and says so.
                (None, None) if item.error.is_some() => continue,
                (None, None) => Err(TransportFailure::new(ErrorKind::NotMedia, "the task shows no file for it")),
            };
            let taken = saved.iter().map(|file| file.path.clone()).collect();
            let settled = match part {
                Ok(part) => part.settle(folder, &name, taken).await,
                Err(error) => Err(error),
            };
            match settled {
                Ok((path, bytes)) => saved.push(Download { id: item.id.clone(), path, bytes }),
                // The others may still be had, and their links expire.
                Err(error) => failed.push((folder.join(name), error)),
            }
        }
        let missing = failed.len();
        match failed.into_iter().next() {
            None => Ok(saved),
            Some((path, source)) => {
                let task_id = self.id().as_str().to_owned();
                Err(Error::Save(Box::new(SaveError { task_id, path, saved, missing, source })))
            }
        }
    }

    async fn fetch_file(&self, url: &str, folder: &Path) -> Result<Part, TransportFailure> {
        let mut part = Part::new(folder).await?;
        let arrived = self.client().transport().download(url, &part.path).await?;
        (part.extension, part.bytes) = (arrived.format.extension(), arrived.bytes);
        Ok(part)
    }
}

/// Writes a file that the answer itself held.
async fn write_file(file: &InlineFile, folder: &Path) -> Result<Part, TransportFailure> {
    let mut part = Part::new(folder).await?;
    tokio::fs::write(&part.path, &file.bytes).await.map_err(disk)?;
    (part.extension, part.bytes) = (file.extension, file.bytes.len() as u64);
    Ok(part)
}

/// A file that has no name of its own yet; it is removed when it is no longer needed, also if the save is given up.
struct Part {
    path: PathBuf,
    extension: &'static str,
    bytes: u64,
}

impl Part {
    async fn new(folder: &Path) -> Result<Self, TransportFailure> {
        tokio::fs::create_dir_all(folder).await.map_err(disk)?;
        Ok(Self { path: folder.join(format!(".kie-{:016x}.part", kie_transport::random())), extension: "", bytes: 0 })
    }

    /// Gives the file, which is whole now, its name, or the next one that is neither in use nor taken.
    async fn settle(self, folder: &Path, name: &str, taken: Vec<PathBuf>) -> Result<(PathBuf, u64), TransportFailure> {
        let (folder, name, bytes) = (folder.to_owned(), name.to_owned(), self.bytes);
        let settled = tokio::task::spawn_blocking(move || self.settle_now(&folder, &name, &taken));
        let path = settled.await.map_err(|error| disk(io::Error::other(error)))?.map_err(disk)?;
        Ok((path, bytes))
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

impl Drop for Part {
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

/// A name without an ending, made of the title and the id.
fn file_name(item: &Item, index: usize, job: &str, task_id: &str) -> String {
    let title = words(item.title.as_deref().unwrap_or(""));
    let title = if title.is_empty() { job } else { &title };
    let letters = |id: &str| id.chars().filter(char::is_ascii_alphanumeric).take(ID).collect::<String>();
    match item.id.as_deref().map(letters).filter(|id| !id.is_empty()) {
        Some(id) => format!("{title}-{id}"),
        None if index == 0 => format!("{title}-{}", letters(task_id)),
        None => format!("{title}-{}-{}", letters(task_id), index + 1),
    }
}

/// The letters, digits and single spaces of a title: nothing that a file system, a shell or a listing could trip over.
fn words(title: &str) -> String {
    let plain: String = title.chars().map(|c| if c.is_alphanumeric() { c } else { ' ' }).collect();
    let words: Vec<&str> = plain.split_whitespace().collect();
    let mut title = words.join(" ");
    title.truncate(title.floor_char_boundary(TITLE));
    title.trim_end().to_owned()
}

fn disk(error: io::Error) -> TransportFailure {
    TransportFailure::new(ErrorKind::Disk, "the file could not be written").with_source(error)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn item(id: &str, title: &str) -> Item {
        serde_json::from_value(serde_json::json!({ "id": id, "title": title })).unwrap_or_default()
    }

    #[test]
    fn names_are_plain_and_tell_tracks_apart() {
        let name = |id, title| file_name(&item(id, title), 0, "music", "4be1c0d29f7a");
        assert_eq!(name("7d0f3c52-0b1e", "One More Stop"), "One More Stop-7d0f3c52");
        assert_eq!(name("e231****-8cadc7dc", "../../etc/passwd"), "etc passwd-e2318cad");
        assert_eq!(name("7d0f3c52", "夜明けの電車"), "夜明けの電車-7d0f3c52");
        assert_eq!(name("7d0f3c52", "..."), "music-7d0f3c52");
        assert_eq!(file_name(&Item::default(), 1, "music", "4be1c0d29f7a"), "music-4be1c0d2-2");
        assert_eq!(name("1", &"x".repeat(300)).len(), TITLE + 2);
    }
}
