//! Saving what a task made, before the links expire.

use std::{
    fmt,
    path::{Path, PathBuf},
    pin::Pin,
    sync::{Arc, Mutex, PoisonError},
};

use kie_transport::{Error as TransportFailure, ErrorKind, Meter, Transport};
use kie_types::{Item, Job, Output};
use serde::Serialize;
use tokio::task::JoinSet;

use crate::{
    error::{Error, SaveError},
    part::Part,
    task::Task,
};

/// How many files are fetched at once.
const AT_ONCE: usize = 4;

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
    /// Saves the files of the output into a folder, which is made if it is missing. `.await` it as it is, or have its
    /// [progress](Save::progress) told first.
    ///
    /// A file is named after its title and id, with the ending that its content calls for. It appears under that name
    /// only when it is whole and on the disk, and never in place of another: where the name is in use, by a file with
    /// other content, it takes the next one. A few files are fetched at once. Links expire, so save soon: media is kept
    /// for 14 days, and some links end after one.
    ///
    /// # Errors
    ///
    /// [`Error::Save`] tells the first file that failed, and those that were saved all the same.
    pub fn save(&self, output: &J::Output, folder: impl AsRef<Path>) -> Save {
        let named = |(index, item): (usize, Item)| Wanted {
            index,
            name: file_name(&item, index, J::NAME, self.id().as_str()),
            item,
        };
        Save {
            transport: self.client().transport().clone(),
            task_id: self.id().as_str().to_owned(),
            wanted: output.items().into_iter().enumerate().map(named).collect(),
            folder: folder.as_ref().to_owned(),
            meter: None,
        }
    }
}

/// A save of what a task made: `.await` it. Made by [`Task::save`].
#[must_use = "nothing is saved unless this is awaited"]
pub struct Save {
    transport: Transport,
    task_id: String,
    wanted: Vec<Wanted>,
    folder: PathBuf,
    meter: Option<Meter>,
}

/// A thing of the task, with the name that its file is to have.
struct Wanted {
    index: usize,
    name: String,
    item: Item,
}

impl Save {
    /// Calls this function with the bytes of all files that have come so far, and with how many there are in all once
    /// every file has said its size.
    pub fn progress(mut self, tell: impl Fn(u64, Option<u64>) + Send + Sync + 'static) -> Self {
        self.meter = Some(Meter::new(tell));
        self
    }

    async fn run(self) -> Result<Vec<Download>, Error> {
        let Self { transport, task_id, wanted, folder, meter } = self;
        let sum = meter.map(|meter| Sum::new(meter, wanted.len()));
        let mut wanted = wanted.into_iter();
        // Dropped with this future, the set gives up what is still being fetched.
        let mut fetching = JoinSet::new();
        let mut saved: Vec<(usize, Download)> = Vec::new();
        let mut failed = Vec::new();
        loop {
            for wanted in wanted.by_ref().take(AT_ONCE - fetching.len()) {
                let meter = sum.as_ref().map(|sum| sum.share(wanted.index));
                let (transport, folder) = (transport.clone(), folder.clone());
                fetching.spawn(async move {
                    let part = fetch(&transport, &wanted.item, &folder, meter).await;
                    (wanted, part)
                });
            }
            let Some(fetched) = fetching.join_next().await else { break };
            let (Wanted { index, name, item }, part) = match fetched {
                Ok(fetched) => fetched,
                Err(error) => match error.try_into_panic() {
                    Ok(panic) => std::panic::resume_unwind(panic),
                    // The runtime is ending, and this with it.
                    Err(_) => continue,
                },
            };
            let settled = match part {
                Ok(Some(part)) => {
                    let taken = saved.iter().map(|(_, file)| file.path.clone()).collect();
                    part.settle(&folder, &name, taken).await
                }
                Ok(None) => continue,
                Err(error) => Err(error),
            };
            match settled {
                Ok((path, bytes)) => saved.push((index, Download { id: item.id, path, bytes })),
                // The others may still be had, and their links expire.
                Err(error) => failed.push((index, folder.join(name), error)),
            }
        }
        saved.sort_by_key(|(index, _)| *index);
        let saved = saved.into_iter().map(|(_, file)| file).collect();
        let missing = failed.len();
        match failed.into_iter().min_by_key(|(index, ..)| *index) {
            None => Ok(saved),
            Some((_, path, source)) => Err(Error::Save(Box::new(SaveError { task_id, path, saved, missing, source }))),
        }
    }
}

impl IntoFuture for Save {
    type Output = Result<Vec<Download>, Error>;
    type IntoFuture = Pin<Box<dyn Future<Output = Self::Output> + Send>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(self.run())
    }
}

impl fmt::Debug for Save {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Save").field("task_id", &self.task_id).field("folder", &self.folder).finish_non_exhaustive()
    }
}

/// The file of a thing; none if it was never made, and says so.
async fn fetch(
    transport: &Transport,
    item: &Item,
    folder: &Path,
    meter: Option<Meter>,
) -> Result<Option<Part>, TransportFailure> {
    let tell_all_of = |bytes| {
        if let Some(meter) = &meter {
            meter.tell(bytes, Some(bytes));
        }
    };
    if !item.is_there() && item.error.is_some() {
        tell_all_of(0);
        return Ok(None);
    }
    let mut part = Part::new(folder).await?;
    match (&item.url, &item.inline) {
        (Some(url), _) => {
            let download = transport.download(&**url, &part.path);
            let arrived = match meter {
                Some(meter) => download.meter(meter).await?,
                None => download.await?,
            };
            (part.extension, part.bytes) = (arrived.format.extension(), arrived.bytes);
        }
        (None, Some(file)) => {
            part.write(file.clone()).await?;
            tell_all_of(part.bytes);
        }
        (None, None) => {
            return Err(TransportFailure::new(ErrorKind::NotMedia, "the task shows no file for it"));
        }
    }
    Ok(Some(part))
}

/// How far several files have come together.
#[derive(Clone)]
struct Sum {
    meter: Meter,
    shares: Arc<Mutex<Vec<Share>>>,
}

#[derive(Clone, Default)]
struct Share {
    bytes: u64,
    total: Option<u64>,
}

impl Sum {
    fn new(meter: Meter, files: usize) -> Self {
        Self { meter, shares: Arc::new(Mutex::new(vec![Share::default(); files])) }
    }

    /// The meter of one of the files.
    fn share(&self, index: usize) -> Meter {
        let Self { meter, shares } = self.clone();
        Meter::new(move |bytes, total| {
            let mut shares = shares.lock().unwrap_or_else(PoisonError::into_inner);
            if let Some(share) = shares.get_mut(index) {
                *share = Share { bytes, total };
            }
            let bytes = shares.iter().map(|share| share.bytes).sum();
            let total = shares.iter().map(|share| share.total).sum();
            // Told while the others wait, so that the numbers come in their order.
            meter.tell(bytes, total);
        })
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
