//! Tasks: what every kind of job has in common.

use kie_types::{Credits, Lifetime, Stage};
use serde_json::Value;
use tokio::time::Instant;

use super::{
    stem::Stem,
    timeline::{State, Timeline},
    track::Track,
    view::View,
};

/// A task of the account.
pub(crate) struct Task {
    pub(crate) id: String,
    pub(crate) operation: &'static str,
    pub(crate) paid: Credits,
    pub(crate) created: Instant,
    /// The host that the submit named, for the links in callbacks.
    pub(crate) host: String,
    pub(crate) call_back_url: String,
    pub(crate) course: Timeline,
    pub(crate) work: Box<dyn Work>,
}

/// What is particular to a kind of job: what its records and callbacks look like.
pub(crate) trait Work: Send + Sync {
    /// The operation that looks it up.
    fn lookup(&self) -> &'static str;

    /// The `data` of its record.
    fn record(&self, task: &Task, view: &View<'_>) -> Value;

    /// The body of the callback about this state.
    fn callback(&self, task: &Task, view: &View<'_>) -> Value;

    /// The word for its state in a record.
    fn word<'a>(&self, state: &'a State<'_>) -> &'a str {
        state.word()
    }

    /// The word for a failure in a record.
    fn failed(&self) -> &'static str {
        "GENERATE_AUDIO_FAILED"
    }

    /// Whether a callback tells of this state.
    fn is_told(&self, _state: &State<'_>) -> bool {
        true
    }

    /// The task that it goes on from, where that counts.
    fn source(&self) -> Option<&str> {
        None
    }

    /// The tracks it makes.
    fn tracks(&self) -> &[Track] {
        &[]
    }

    /// The stems it makes.
    fn stems(&self) -> &[Stem] {
        &[]
    }

    /// The track that it makes a WAV file of.
    fn converts(&self) -> Option<&str> {
        None
    }
}

impl Task {
    /// How it stands.
    pub(crate) fn state(&self, now: Instant) -> State<'_> {
        self.course.at(now.duration_since(self.created))
    }

    /// The stage up to which the files of its results are served, as long as they are kept.
    pub(crate) fn served(&self, now: Instant) -> Option<Stage> {
        let kept = self.course.end() + Lifetime::GENERATED.shortest;
        self.state(now).shown().filter(|_| now.duration_since(self.created) < kept)
    }

    /// Whether its credits came back.
    pub(crate) fn refunded(&self, now: Instant) -> bool {
        matches!(self.state(now), State::Failed { code: 531, .. })
    }
}
