//! Facts about the songs of a task that the items of the task do not tell.

use kie_suno::Route;

use crate::args::{SourceSong, TagArgs};

/// Facts about the songs of a task that the items of the task do not tell.
#[derive(Debug, Clone)]
#[cfg_attr(not(feature = "tags"), expect(dead_code, reason = "only the tags contain these facts"))]
pub(crate) struct TagFacts {
    /// `false` if the songs get no tags.
    pub(super) has_tags: bool,
    pub(super) task_id: String,
    pub(super) route: Route,
    /// Artist, if the user names one.
    pub(super) artist: Option<String>,
    /// The song that the results belong to.
    pub(super) song: Option<SourceSong>,
}

impl TagFacts {
    pub(crate) fn new(task_id: &str, route: Route, args: &TagArgs) -> Self {
        let (has_tags, artist) = (args.are_wanted(), args.artist().map(str::to_owned));
        Self { has_tags, task_id: task_id.to_owned(), route, artist, song: None }
    }

    /// Sets the song that the results belong to.
    pub(crate) fn of_song(mut self, song: Option<&SourceSong>) -> Self {
        self.song = song.cloned();
        self
    }
}
