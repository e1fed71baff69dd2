//! Tasks: the data and functions that tasks of all kinds have in common.

use kie_types::{Credits, Lifetime, Route, Stage};
use serde_json::Value;
use tokio::time::Instant;

use super::{
    timeline::{State, Timeline},
    track::{Stem, Track},
    view::View,
};

/// A task of the account.
pub(crate) struct Task {
    pub(crate) id: String,
    pub(crate) operation: &'static str,
    /// Route on which the task was started.
    pub(crate) route: Route,
    /// The request as records of the market route repeat it. Empty if the task was started on the classic route.
    pub(crate) echo: String,
    pub(crate) paid: Credits,
    pub(crate) created: Instant,
    /// Host in the `Host` header of the request. Links in callbacks use this host.
    pub(crate) host: String,
    pub(crate) call_back_url: String,
    pub(crate) timeline: Timeline,
    pub(crate) work: Box<dyn Work>,
}

/// The functions of a task that depend on its kind. They return the results of the task, its callbacks and its record.
/// The record is the `data` of the response to a lookup of the task.
pub(crate) trait Work: Send + Sync {
    /// Returns the name of the operation that looks up tasks of this kind.
    fn lookup(&self) -> &'static str;

    /// Returns the record of the task.
    fn record(&self, task: &Task, view: &View<'_>) -> Value;

    /// Returns the body of the callback that reports the state in `view`.
    fn callback(&self, task: &Task, view: &View<'_>) -> Value;

    /// Returns the results of the finished task, in the form of a record of the market route.
    fn market_result(&self, task: &Task, view: &View<'_>) -> Value;

    /// Returns the status word for this state in the response to a lookup.
    fn word<'a>(&self, state: &'a State<'_>) -> &'a str {
        state.word()
    }

    /// Returns the usual status word of a failed task of this kind in the response to a lookup.
    fn failed(&self) -> &'static str {
        "GENERATE_AUDIO_FAILED"
    }

    /// Returns `true` if the service sends a callback when a task of this kind reaches this state.
    fn has_callback(&self, _state: &State<'_>) -> bool {
        true
    }

    /// Returns the id of the task from which this task was made. Returns `None` for kinds of tasks for which the
    /// sandbox does not need this id.
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

    /// Returns the id of the track that the task converts to WAV, or `None` for tasks of other kinds.
    fn converts(&self) -> Option<&str> {
        None
    }
}

impl Task {
    /// Returns the state of the task at the time `now`.
    pub(crate) fn state(&self, now: Instant) -> State<'_> {
        self.timeline.at(now.duration_since(self.created))
    }

    /// Returns the last stage whose result files are served at the time `now`. The files of earlier stages are served
    /// too. Returns `None` if the task has no results, or if its files have expired.
    pub(crate) fn served(&self, now: Instant) -> Option<Stage> {
        let kept = self.timeline.end() + Lifetime::GENERATED.shortest;
        self.state(now).shown().filter(|_| now.duration_since(self.created) < kept)
    }

    /// Returns the same stage as [`served`](Self::served), but `None` while the file host does not have the final files
    /// yet. The final files of this stage and of earlier stages are served at the time `now`.
    pub(crate) fn served_final(&self, now: Instant) -> Option<Stage> {
        self.served(now).filter(|_| now.duration_since(self.created) >= self.timeline.served_age())
    }

    /// Returns `true` if the credits of the task are refunded at the time `now`.
    pub(crate) fn refunded(&self, now: Instant) -> bool {
        matches!(self.state(now), State::Failed { .. }) && self.is_refundable()
    }

    /// Returns `true` if the task fails at some time, and its credits are then refunded. Records of the market route show
    /// that every failed task costs nothing. On the classic route, the code of the failure decides.
    pub(crate) fn is_refundable(&self) -> bool {
        self.timeline.failure_code().is_some_and(|code| self.route == Route::Market || code == 531)
    }
}
