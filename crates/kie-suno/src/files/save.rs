//! Saving the results of a task before their links expire.

use std::{
    collections::HashSet,
    fmt,
    path::{Path, PathBuf},
    pin::Pin,
    sync::Arc,
};

use kie_ledger::ReceiptUpdate;
use kie_transport::TransferProgress;
use kie_types::{Item, Job, Output, Report};

use super::{
    extras,
    fetch::{Fetched, fetch, is_refused},
    names::{NameTemplate, ResultName, SongName},
    origin::SavedTask,
    partial_file::remove_abandoned,
    total_progress::TotalProgress,
    workers::Workers,
};
use crate::{
    error::{Error, Expired, SaveError},
    receipts::TaskFacts,
    saved_file::{Doubt, SavedFile},
    task::{AnyTask, Task},
};

impl<J: Job> Task<J> {
    /// Saves the files of the output into a folder, and creates the folder if it does not exist. `.await` the returned
    /// [`Save`]; set [options](Save::progress) first if you need them.
    ///
    /// The name of a file consists of the title of the result, the first 8 letters and digits of its id, and the
    /// extension that fits its content. If the result has no title or no id, the kind or the id of the task is used
    /// instead. A [template](Save::names) makes other names, and [`of_song`](Save::of_song) names the files after a song.
    ///
    /// The name appears only when the file is complete and on the disk. Existing files are never replaced: if
    /// the name belongs to a file with other content, a number is appended. If the numbers 2 to 9 are used too, the
    /// number is made from the content of the file. So a file that is saved again keeps its name. Two MP3, WAV or MP4
    /// files have the same content if their audio and video are equal, so tags may be added to a saved file. Up to 4
    /// files are fetched at the same time.
    ///
    /// A host may serve a file some minutes late. So the links of a young task are tried again for
    /// [`Polling::file_grace`](crate::Polling::file_grace). If no link serves the finished file, its stream is saved.
    /// If a file plays for less than three quarters of its duration in the record, the other links are tried too. If a
    /// stream or a file that is too short is saved, [`SavedFile::doubt`] states this.
    ///
    /// Save soon. KIE documents that it keeps files for [14 days](kie_types::Lifetime::GENERATED), but files were seen
    /// to disappear after some hours.
    ///
    /// With a ledger, the receipt of a complete task is then marked as saved, unless one of the files is only a stream.
    /// So pass the whole output of the task. If the task is still running, for example after
    /// [`Wait::until`](crate::Wait::until), the receipt stays open for the remaining files.
    ///
    /// # Errors
    ///
    /// [`Error::Save`] names the first file that failed, and lists the files that were saved. A file has failed when
    /// none of its links serves it: the link in the record, a fresh link (`download-url`), and the links to other
    /// hosts. If the lifetime of a refused file is over, [`SaveError::expired_since`] returns the time at which it
    /// ended.
    pub fn save(&self, output: &J::Output, folder: impl AsRef<Path>) -> Save {
        Save::new(self.any(), output.items(), folder.as_ref())
    }
}

impl AnyTask {
    /// Saves the files that a [report](AnyTask::report) of the task lists. See [`Task::save`].
    pub fn save(&self, report: &Report, folder: impl AsRef<Path>) -> Save {
        Save::new(self.clone(), report.items.clone(), folder.as_ref())
    }
}

/// Saves the results of a task when awaited. Made by [`Task::save`] and [`AnyTask::save`].
#[must_use = "nothing is saved unless this is awaited"]
pub struct Save {
    task: AnyTask,
    items: Vec<Item>,
    folder: PathBuf,
    names: NameTemplate,
    song: Option<SongName>,
    progress: Option<TransferProgress>,
    with_extras: bool,
}

/// A result that has to be saved: the item, and the facts that the name of its file can contain.
struct Wanted {
    name: ResultName,
    item: Item,
}

impl Save {
    pub(crate) fn new(task: AnyTask, items: Vec<Item>, folder: &Path) -> Self {
        let (folder, names) = (folder.to_owned(), NameTemplate::default());
        Self { task, items, folder, names, song: None, progress: None, with_extras: false }
    }

    /// Sets the template for the names of the files. The template can make folders below the folder for the files.
    ///
    /// ```no_run
    /// # async fn demo(task: kie_suno::Task<kie_suno::records::Music>) -> Result<(), Box<dyn std::error::Error>> {
    /// let tracks = task.wait().await?;
    /// task.save(&tracks, "songs").names("{title}/{index}-{id8}.{ext}".parse()?).await?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn names(mut self, names: NameTemplate) -> Self {
        self.names = names;
        self
    }

    /// Names the files after the song that the results belong to, such as `A polka-af717714 Vocals.mp3` for a stem. Use
    /// this method for stems, WAV files, covers, videos and MIDI files, whose records do not tell the song. `id` is the
    /// id of the track. Pass an empty title or id if you do not know it: then the title or the id of the result is used.
    pub fn of_song(mut self, title: &str, id: &str) -> Self {
        self.song = Some(SongName::new(title, id));
        self
    }

    /// Also saves the lyrics (`.txt`) and the cover image of each song, and the record of the task (`.json`). The
    /// record is the response of the service about the task. It is read once more for this file.
    ///
    /// These files are returned and counted like the songs, with one exception. If the service no longer has the cover
    /// image, it is left out with a warning. A missing song is an error.
    pub fn with_extras(mut self) -> Self {
        self.with_extras = true;
        self
    }

    /// Sets a function that is called with the number of bytes received so far, over all files. The second argument is
    /// the total size in bytes. It is `None` until the sizes of all files are known.
    pub fn progress(mut self, report: impl Fn(u64, Option<u64>) + Send + Sync + 'static) -> Self {
        self.progress = Some(TransferProgress::new(report));
        self
    }

    /// Saves the files. Does not look for temporary files of killed processes.
    pub(super) async fn run(self) -> Result<Vec<SavedFile>, Error> {
        let Self { task, items, folder, names, song, progress, with_extras } = self;
        let mut failed = Vec::new();
        let songs = items.len();
        let origin = Arc::new(SavedTask::new(task));
        let date = if names.has_date() { origin.date().await } else { String::new() };
        let task = &origin.task;
        let named =
            |item: &Item, index| ResultName::new(item, index, task.job, &task.id, song.as_ref()).on(date.clone());
        let named_item = |(index, item)| Wanted { name: named(&item, index), item };
        let mut wanted: Vec<Wanted> = items.into_iter().enumerate().map(named_item).collect();
        let path_of = |name: &ResultName, extension: &str| {
            let (below, file) = names.place(name, extension);
            folder.join(below).join(file)
        };
        if with_extras {
            let extras_of = |song: &Wanted| {
                let name = song.name.clone();
                extras::lyrics_and_cover(&song.item).into_iter().map(move |item| Wanted { name: name.clone(), item })
            };
            let extras: Vec<Wanted> = wanted.iter().flat_map(extras_of).collect();
            wanted.extend(extras);
            // The record of a task about a song is a part of the song, with the kind of the task as its title.
            let mut record = Item::default();
            record.title = song.as_ref().map(|_| task.job.to_owned());
            let name = named(&record, 0);
            match extras::record(task).await {
                Ok(item) => wanted.push(Wanted { name, item }),
                Err(error) => failed.push((wanted.len(), path_of(&name, ""), error)),
            }
        }
        let total = progress.map(|progress| TotalProgress::new(progress, wanted.len()));
        let mut wanted = wanted.into_iter().enumerate().map(|(index, Wanted { name, item })| {
            let progress = total.as_ref().map(|total| total.of_file(index));
            let (origin, folder) = (Arc::clone(&origin), folder.clone());
            async move {
                let fetched = fetch(&origin, &item, &folder, progress).await;
                (index, name, item.id, fetched)
            }
        });
        let mut fetching = Workers::new();
        let mut saved: Vec<(usize, SavedFile)> = Vec::new();
        let mut reserved = Arc::new(HashSet::new());
        while let Some((index, name, id, fetched)) = fetching.next(&mut wanted).await {
            let persisted = match fetched {
                Ok(Some(Fetched { partial, link, doubt })) => {
                    let (below, file) = names.place(&name, partial.extension);
                    let persisted = partial.persist(&folder.join(below), &file, &reserved).await;
                    persisted.map(|(path, bytes)| SavedFile { id, path, bytes, link, doubt })
                }
                Ok(None) => continue,
                // The songs are paid for, the extra files are not. An expired extra file must not make every later save
                // fail.
                Err(failure) if failure.is_expired && index >= songs => {
                    let (file, error): (_, &dyn std::error::Error) = (path_of(&name, ""), &failure.error);
                    tracing::warn!(error, file = %file.display(), "the service no longer has this extra file");
                    continue;
                }
                Err(failure) => Err(failure.error),
            };
            match persisted {
                Ok(file) => {
                    Arc::make_mut(&mut reserved).insert(file.path.clone());
                    saved.push((index, file));
                }
                // The other files can still be fetched, and their links will expire. So the save continues.
                Err(error) => failed.push((index, path_of(&name, ""), error)),
            }
        }
        saved.sort_by_key(|(index, _)| *index);
        let saved: Vec<SavedFile> = saved.into_iter().map(|(_, file)| file).collect();
        let missing = failed.len();
        let has_refused = failed.iter().any(|(.., error)| is_refused(error));
        match failed.into_iter().min_by_key(|(index, ..)| *index) {
            None => {
                // If a file is only a stream, the receipt is not marked as saved, because a later save may get the
                // finished file.
                if saved.iter().all(|file| file.doubt != Some(Doubt::Stream)) {
                    let files = saved.iter().map(|file| absolute(&file.path)).collect();
                    origin.task.update_receipt(&ReceiptUpdate::Saved { files }, TaskFacts::default()).await;
                }
                Ok(saved)
            }
            Some((_, path, source)) => {
                let created = if has_refused { origin.created().await } else { None };
                let (task_id, expired) = (origin.task.id.clone(), created.and_then(Expired::by_now));
                Err(Error::Save(Box::new(SaveError {
                    task_id,
                    path,
                    saved,
                    missing,
                    expired,
                    receipt: origin.task.receipt,
                    source,
                })))
            }
        }
    }
}

impl IntoFuture for Save {
    type Output = Result<Vec<SavedFile>, Error>;
    type IntoFuture = Pin<Box<dyn Future<Output = Self::Output> + Send>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(async move {
            remove_abandoned(&self.folder).await;
            self.run().await
        })
    }
}

impl fmt::Debug for Save {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Save").field("task_id", &self.task.id).field("folder", &self.folder).finish_non_exhaustive()
    }
}

/// Returns the absolute path. A process with another working directory may read the path from the receipt.
fn absolute(path: &Path) -> String {
    let absolute = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    absolute.to_string_lossy().into_owned()
}
