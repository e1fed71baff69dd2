//! Tasks: the common part of all kinds of jobs.

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
    /// Host that the request named. Links in callbacks use it.
    pub(crate) host: String,
    pub(crate) call_back_url: String,
    pub(crate) timeline: Timeline,
    pub(crate) work: Box<dyn Work>,
}

/// The part of a task that depends on its kind: its results, its record and its callbacks.
pub(crate) trait Work: Send + Sync {
    /// Returns the operation that reads the record.
    fn lookup(&self) -> &'static str;

    /// Returns the `data` of the record.
    fn record(&self, task: &Task, view: &View<'_>) -> Value;

    /// Returns the body of the callback for this state.
    fn callback(&self, task: &Task, view: &View<'_>) -> Value;

    /// Returns the status word for this state in the record.
    fn word<'a>(&self, state: &'a State<'_>) -> &'a str {
        state.word()
    }

    /// Returns the status word for a failure in the record.
    fn failed(&self) -> &'static str {
        "GENERATE_AUDIO_FAILED"
    }

    /// Returns `true` if a callback is sent for this state.
    fn has_callback(&self, _state: &State<'_>) -> bool {
        true
    }

    /// Returns the id of the source task, for kinds where it matters.
    fn source(&self) -> Option<&str> {
        None
    }

    /// Returns the tracks that the task makes.
    fn tracks(&self) -> &[Track] {
        &[]
    }

    /// Returns the stems that the task makes.
    fn stems(&self) -> &[Stem] {
        &[]
    }

    /// Returns the id of the track that the task converts to WAV.
    fn converts(&self) -> Option<&str> {
        None
    }
}

impl Task {
    /// Returns the state at the time `now`.
    pub(crate) fn state(&self, now: Instant) -> State<'_> {
        self.timeline.at(now.duration_since(self.created))
    }

    /// Returns the stage up to which result files are served, or `None` if they have expired.
    pub(crate) fn served(&self, now: Instant) -> Option<Stage> {
        let kept = self.timeline.end() + Lifetime::GENERATED.shortest;
        self.state(now).shown().filter(|_| now.duration_since(self.created) < kept)
    }

    /// Returns `true` if the credits were refunded.
    pub(crate) fn refunded(&self, now: Instant) -> bool {
        matches!(self.state(now), State::Failed { code: 531, .. })
    }
}
