//! State machine of a task. It orders the updates from polls and callbacks.

use std::{cmp::Ordering, collections::BTreeSet};

use super::{
    item::Item,
    state::{Failure, Stage, TaskState},
};

/// Everything known about a task, from all updates so far.
///
/// Each update about the task, from a poll or from a callback, is passed to [`observe`](Self::observe) once. Updates may be
/// repeated, reordered, late, lost or contradictory: the same updates give the same final state in any order. A stage that
/// was reached stays reached, and an item is reported as ready once. If final states differ, the better one wins: a complete
/// task stays complete.
///
/// ```
/// use kie_types::{Progress, Stage, TaskState};
///
/// let mut progress = Progress::new();
/// let change = progress.observe(&TaskState::Complete, Vec::new()).unwrap();
/// assert_eq!(change.reached, Some(Stage::Complete));
/// // The callback of an earlier stage arrives late, then a second copy of the last update.
/// assert_eq!(progress.observe(&TaskState::Running(Some(Stage::First)), Vec::new()), None);
/// assert_eq!(progress.observe(&TaskState::Complete, Vec::new()), None);
/// assert_eq!(progress.state(), &TaskState::Complete);
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Progress {
    stage: Option<Stage>,
    state: TaskState,
    ready: BTreeSet<String>,
}

/// Changes that an update made to a [`Progress`].
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Change {
    /// Furthest stage reached so far.
    pub stage: Option<Stage>,
    /// The stage that this update reached first. [`Stage::Complete`] is reported once.
    pub reached: Option<Stage>,
    /// Failure of the task, if this update was the first to report it.
    pub failure: Option<Failure>,
    /// Items that this update was the first to show finished.
    pub ready: Vec<Item>,
}

impl Default for Progress {
    fn default() -> Self {
        Self::new()
    }
}

impl Progress {
    /// Creates the progress of a task of which nothing is known.
    pub fn new() -> Self {
        Self { stage: None, state: TaskState::Running(None), ready: BTreeSet::new() }
    }

    /// Returns the furthest stage reached so far. A failed task keeps the stage it reached.
    pub fn stage(&self) -> Option<Stage> {
        self.stage
    }

    /// Returns the state of the task, from all updates.
    pub fn state(&self) -> &TaskState {
        &self.state
    }

    /// Applies an update. Returns `None` if the update contains nothing new.
    pub fn observe(&mut self, state: &TaskState, items: Vec<Item>) -> Option<Change> {
        let reached = state.stage().filter(|stage| Some(*stage) > self.stage);
        self.stage = self.stage.max(reached);
        let ready: Vec<Item> = items.into_iter().filter(|item| self.is_new(item)).collect();
        let failure = match state {
            TaskState::Failed(failure) if rank(&self.state) < rank(state) => Some(failure.clone()),
            _ => None,
        };
        if compare(state, &self.state).is_gt() {
            self.state = state.clone();
        }
        let changed = reached.is_some() || failure.is_some() || !ready.is_empty();
        changed.then_some(Change { stage: self.stage, reached, failure, ready })
    }

    /// Returns `true` if the item is finished and was not ready before. An item is identified by its id and its link, since
    /// some rows have no id, and links change. An item without a link is also identified by its text.
    fn is_new(&mut self, item: &Item) -> bool {
        if !item.is_available() {
            return false;
        }
        let text = item.text.as_deref().or(item.title.as_deref()).filter(|_| item.url.is_none());
        let keys = [item.id.as_deref(), item.url.as_deref(), text];
        let known = keys.iter().flatten().any(|key| self.ready.contains(*key));
        self.ready.extend(keys.into_iter().flatten().map(str::to_owned));
        !known
    }
}

/// Compares two states; the greater one wins. The order is total, so the order of the updates does not matter.
fn compare(one: &TaskState, other: &TaskState) -> Ordering {
    let words = |state: &TaskState| match state {
        TaskState::Failed(Failure { status, code, message }) => Some((*code, status.clone(), message.clone())),
        _ => None,
    };
    rank(one).cmp(&rank(other)).then(one.stage().cmp(&other.stage())).then_with(|| words(one).cmp(&words(other)))
}

/// Rank of a state. Results can be used, so `Complete` ranks above `Failed`. A failure says more than an undelivered
/// callback.
fn rank(state: &TaskState) -> u8 {
    match state {
        TaskState::Running(_) => 0,
        TaskState::Undelivered => 1,
        TaskState::Failed(_) => 2,
        TaskState::Complete => 3,
    }
}
