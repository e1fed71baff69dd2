//! Facts about the songs of a task that the items of the task do not tell.

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
    /// Artist, if the user names one.
    pub(super) artist: Option<String>,
    /// The song that the results belong to.
    pub(super) song: Option<SourceSong>,
}

impl TagFacts {
    pub(crate) fn new(task: AnyTask, args: &TagArgs) -> Self {
        Self { has_tags: args.are_wanted(), task, artist: args.artist().map(str::to_owned), song: None }
    }

    /// Sets the song that the results belong to.
    pub(crate) fn of_song(mut self, song: Option<&SourceSong>) -> Self {
        self.song = song.cloned();
        self
    }
}
