//! Saving what a task made, before the links expire.

use std::{
    fmt,
    path::{Path, PathBuf},
    pin::Pin,
};

use kie_ledger::ReceiptUpdate;
use kie_transport::TransferProgress;
use kie_types::{Item, Job, Output, Report};

use super::{
    extras,
    fetch::{fetch, is_refused},
    total_progress::TotalProgress,
    workers::Workers,
};
use crate::{
    error::{Error, Expired, SaveError},
    saved_file::SavedFile,
    task::{AnyTask, Task},
};

/// Titles in file names are cut to this many bytes: file systems allow 255 for the whole name.
const TITLE: usize = 120;
/// As much of an id as tells the things of a task apart.
const ID: usize = 8;

impl<J: Job> Task<J> {
    /// Saves the files of the output into a folder, which is made if it is missing. `.await` it as it is, or have its
    /// [progress](Save::progress) told first.
    ///
    /// A file is named after its title and id, with the ending that its content calls for. It appears under that name
    /// only when it is whole and on the disk, and never in place of another: where the name is in use, by a file with
    /// other content, it takes the next one. A few files are fetched at once. Save soon: files are kept for a
    /// [while](kie_types::Lifetime::GENERATED), and some links end before.
    ///
    /// With a ledger, a task that was seen complete counts as saved then, so this takes all that it made. Of one that still
    /// runs, such as after [`Wait::until`](crate::Wait::until), the rest remains to be saved.
    ///
    /// # Errors
    ///
    /// [`Error::Save`] tells the first file that failed, and those that were saved all the same. A link that is no longer
    /// good is replaced by a fresh one (`download-url`), which is used at once, before a file is given up. If the time of a
    /// refused file is over, [`SaveError::gone_since`] tells.
    pub fn save(&self, output: &J::Output, folder: impl AsRef<Path>) -> Save {
        Save::new(self.any(), output.items(), folder.as_ref())
    }
}

impl AnyTask {
    /// Saves the files that a [report](AnyTask::report) of the task shows. As [`Task::save`].
    pub fn save(&self, report: &Report, folder: impl AsRef<Path>) -> Save {
        Save::new(self.clone(), report.items.clone(), folder.as_ref())
    }
}

/// A save of what a task made: `.await` it. Made by [`Task::save`] and [`AnyTask::save`].
#[must_use = "nothing is saved unless this is awaited"]
pub struct Save {
    task: AnyTask,
    wanted: Vec<Wanted>,
    folder: PathBuf,
    progress: Option<TransferProgress>,
    with_extras: bool,
}

/// A thing of the task, with the name that its file is to have.
struct Wanted {
    name: String,
    item: Item,
}

impl Save {
    pub(crate) fn new(task: AnyTask, items: Vec<Item>, folder: &Path) -> Self {
        let named = |(index, item)| Wanted { name: file_name(&item, index, task.job, &task.id), item };
        let wanted = items.into_iter().enumerate().map(named).collect();
        Self { task, wanted, folder: folder.to_owned(), progress: None, with_extras: false }
    }

    /// Saves beside each song its lyrics (`.txt`) and its cover, and beside them all the record of the task (`.json`), for
    /// which it is looked at once more. They count as files like any other; but one that the service no longer has is left
    /// out, with a warning, where a song would be an error.
    pub fn with_extras(mut self) -> Self {
        self.with_extras = true;
        self
    }

    /// Calls this function with the bytes of all files that have come so far, and with how many there are in all once
    /// every file has said its size.
    pub fn progress(mut self, tell: impl Fn(u64, Option<u64>) + Send + Sync + 'static) -> Self {
        self.progress = Some(TransferProgress::new(tell));
        self
    }

    async fn run(self) -> Result<Vec<SavedFile>, Error> {
        let Self { task, mut wanted, folder, progress, with_extras } = self;
        let mut failed = Vec::new();
        let songs = wanted.len();
        if with_extras {
            let beside = |song: &Wanted| {
                let name = song.name.clone();
                extras::of(&song.item).into_iter().map(move |item| Wanted { name: name.clone(), item })
            };
            let extras: Vec<Wanted> = wanted.iter().flat_map(beside).collect();
            wanted.extend(extras);
            let name = file_name(&Item::default(), 0, task.job, &task.id);
            match extras::record(&task).await {
                Ok(item) => wanted.push(Wanted { name, item }),
                Err(error) => failed.push((wanted.len(), folder.join(name), error)),
            }
        }
        let sum = progress.map(|progress| TotalProgress::new(progress, wanted.len()));
        let wanted = wanted.into_iter().enumerate();
        let mut fetching = Workers::new(wanted.map(|(index, Wanted { name, item })| {
            let progress = sum.as_ref().map(|sum| sum.share(index));
            let (client, folder) = (task.client.clone(), folder.clone());
            async move {
                let part = fetch(&client, &item, &folder, progress).await;
                (index, name, item.id, part)
            }
        }));
        let mut saved: Vec<(usize, SavedFile)> = Vec::new();
        while let Some((index, name, id, part)) = fetching.next().await {
            let settled = match part {
                Ok(Some(part)) => {
                    let taken = saved.iter().map(|(_, file)| file.path.clone()).collect();
                    part.settle(&folder, &name, taken).await
                }
                Ok(None) => continue,
                // The songs are what was paid for, and must not be asked for again for ever because of what lay beside them.
                Err(unfetched) if unfetched.is_gone && index >= songs => {
                    let (file, error): (_, &dyn std::error::Error) = (folder.join(name), &unfetched.error);
                    tracing::warn!(error, file = %file.display(), "what belongs beside a song is gone for good");
                    continue;
                }
                Err(unfetched) => Err(unfetched.error),
            };
            match settled {
                Ok((path, bytes)) => saved.push((index, SavedFile { id, path, bytes })),
                // The others may still be had, and their links expire.
                Err(error) => failed.push((index, folder.join(name), error)),
            }
        }
        saved.sort_by_key(|(index, _)| *index);
        let saved: Vec<SavedFile> = saved.into_iter().map(|(_, file)| file).collect();
        let missing = failed.len();
        match failed.into_iter().min_by_key(|(index, ..)| *index) {
            None => {
                let files = saved.iter().map(|file| whole(&file.path)).collect();
                task.update_receipt(&ReceiptUpdate::Saved { files }).await;
                Ok(saved)
            }
            Some((_, path, source)) => {
                let record = if is_refused(&source) { task.poll().await.ok().flatten() } else { None };
                let gone = record.and_then(|record| record.created()).and_then(Expired::by_now);
                Err(Error::Save(Box::new(SaveError { task_id: task.id, path, saved, missing, gone, source })))
            }
        }
    }
}

impl IntoFuture for Save {
    type Output = Result<Vec<SavedFile>, Error>;
    type IntoFuture = Pin<Box<dyn Future<Output = Self::Output> + Send>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(self.run())
    }
}

impl fmt::Debug for Save {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Save").field("task_id", &self.task.id).field("folder", &self.folder).finish_non_exhaustive()
    }
}

/// The path as it is found from any folder.
fn whole(path: &Path) -> String {
    let whole = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    whole.to_string_lossy().into_owned()
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
    let fits = title.char_indices().map(|(start, c)| start + c.len_utf8()).take_while(|end| *end <= TITLE).last();
    title.truncate(fits.unwrap_or(0));
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
