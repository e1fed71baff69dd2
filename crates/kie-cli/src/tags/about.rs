//! Facts about the songs of a task that the items of the task do not tell.

use std::path::{Path, PathBuf};

use kie_suno::AnyTask;

use crate::args::{SourceSong, TagArgs};

/// Facts about the songs of a task that the items of the task do not tell.
#[derive(Debug, Clone)]
#[cfg_attr(not(feature = "tags"), expect(dead_code, reason = "only the tags contain these facts"))]
pub(crate) struct TagFacts {
    /// `false` if the songs get no tags.
    pub(super) has_tags: bool,
    /// The task that made the songs.
    pub(super) task: AnyTask,
    /// Folder of the saved files, for files that are there only for a moment.
    pub(super) folder: PathBuf,
    /// Artist, if the user names one.
    pub(super) artist: Option<String>,
    /// The song that the results belong to.
    pub(super) song: Option<SourceSong>,
}

impl TagFacts {
    pub(crate) fn new(task: AnyTask, folder: &Path, args: &TagArgs) -> Self {
        let (has_tags, artist) = (args.are_wanted(), args.artist().map(str::to_owned));
        Self { has_tags, task, folder: folder.to_owned(), artist, song: None }
    }

    /// Sets the song that the results belong to.
    pub(crate) fn of_song(mut self, song: Option<&SourceSong>) -> Self {
        self.song = song.cloned();
        self
    }
}
