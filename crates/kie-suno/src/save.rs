//! Saving what a task made, before the links expire.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use kie_transport::{Error as TransportFailure, ErrorKind};
use kie_types::{InlineFile, Item, Job, Output};

use crate::{
    error::{Error, SaveError},
    task::Task,
};

/// Titles in file names are cut to this many characters.
const TITLE: usize = 60;
/// As much of an id as tells the things of a task apart.
const ID: usize = 8;

/// One file that was saved.
#[derive(Debug, Clone, PartialEq, Eq)]
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
    /// only when it is whole, and never in place of another: a file of that name and size is taken for the same one, and
    /// any other makes the new one take the next free name. Links expire, so save soon: media is kept for 14 days, and
    /// some links end after one.
    ///
    /// # Errors
    ///
    /// [`Error::Save`] names the file that failed, and those that were saved before.
    pub async fn save(&self, output: &J::Output, folder: impl AsRef<Path>) -> Result<Vec<Download>, Error> {
        let folder = folder.as_ref();
        let mut saved = Vec::new();
        for (index, item) in output.items().iter().enumerate() {
            let name = file_name(item, index, J::NAME, self.id().as_str());
            let written = match (&item.url, &item.inline) {
                (Some(url), _) => self.fetch_file(url, folder, &name).await,
                (None, Some(file)) => write_file(file, folder, &name).await,
                (None, None) => continue,
            };
            match written {
                Ok((path, bytes)) => saved.push(Download { id: item.id.clone(), path, bytes }),
                Err(source) => {
                    let task_id = self.id().as_str().to_owned();
                    return Err(Error::Save(Box::new(SaveError { task_id, path: folder.join(name), saved, source })));
                }
            }
        }
        Ok(saved)
    }

    async fn fetch_file(&self, url: &str, folder: &Path, name: &str) -> Result<(PathBuf, u64), TransportFailure> {
        let part = Part::new(folder, name).await?;
        let arrived = self.client().transport().download(url, &part.0).await?;
        part.settle(folder, name, arrived.format.extension(), arrived.bytes).await
    }
}

/// Writes a file that the answer itself held.
async fn write_file(file: &InlineFile, folder: &Path, name: &str) -> Result<(PathBuf, u64), TransportFailure> {
    let part = Part::new(folder, name).await?;
    tokio::fs::write(&part.0, &file.bytes).await.map_err(disk)?;
    part.settle(folder, name, file.extension, file.bytes.len() as u64).await
}

/// A file that is not whole yet; it is removed when it is no longer needed, also if the save is given up.
struct Part(PathBuf);

impl Part {
    async fn new(folder: &Path, name: &str) -> Result<Self, TransportFailure> {
        tokio::fs::create_dir_all(folder).await.map_err(disk)?;
        Ok(Self(folder.join(format!(".{name}.{:x}.part", unique()))))
    }

    /// Gives the file, which is whole now, its name.
    async fn settle(
        self,
        folder: &Path,
        name: &str,
        extension: &'static str,
        bytes: u64,
    ) -> Result<(PathBuf, u64), TransportFailure> {
        let (folder, name) = (folder.to_owned(), name.to_owned());
        let settled = tokio::task::spawn_blocking(move || settle(&self.0, &folder, &name, extension, bytes));
        let path = settled.await.map_err(|error| disk(io::Error::other(error)))?.map_err(disk)?;
        Ok((path, bytes))
    }
}

impl Drop for Part {
    fn drop(&mut self) {
        // A part that cannot be removed is in nobody's way: its name is hidden and its own.
        let _ = fs::remove_file(&self.0);
    }
}

/// Gives a whole file its name, or the next free one.
fn settle(part: &Path, folder: &Path, name: &str, extension: &str, bytes: u64) -> io::Result<PathBuf> {
    for number in 1_u32.. {
        let path = folder.join(match number {
            1 => format!("{name}.{extension}"),
            _ => format!("{name} ({number}).{extension}"),
        });
        // A second name for the same file appears at once and whole, and never replaces anything.
        match fs::hard_link(part, &path) {
            Ok(()) => return Ok(path),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                if fs::metadata(&path)?.len() == bytes {
                    return Ok(path);
                }
            }
            // Some file systems know no second names.
            Err(_) if !path.try_exists()? => {
                fs::rename(part, &path)?;
                return Ok(path);
            }
            Err(error) => return Err(error),
        }
    }
    Err(io::Error::other("no name is free"))
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
    words.join(" ").chars().take(TITLE).collect::<String>().trim_end().to_owned()
}

/// A number that no other save of this machine is using now.
fn unique() -> u64 {
    use std::hash::{BuildHasher, RandomState};
    RandomState::new().hash_one(std::process::id())
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
