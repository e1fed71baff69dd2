//! Progress of a task, collected from polls and callbacks that arrive in any order.

use std::{cmp::Ordering, collections::BTreeSet};

use super::{
    item::Item,
    state::{Failure, Stage, TaskState},
};

/// State of a task, collected from all updates so far.
///
/// Pass each update about the task, from a poll or from a callback, to [`observe`](Self::observe). Updates may be
/// repeated, reordered, late, lost or contradictory: the same updates give the same final state in any order. A stage
/// that was reached stays reached, and an item is reported as ready only once. If one update says that the task is
/// complete and another says that it failed, the task counts as complete.
///
/// ```
/// use kie_types::{Progress, Stage, TaskState};
///
/// let mut progress = Progress::new();
/// let change = progress.observe(&TaskState::Complete, Vec::new()).unwrap();
/// assert_eq!(change.reached, Some(Stage::Complete));
/// // A callback about an earlier stage arrives late. Then the last update arrives a second time.
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
    /// Furthest stage that the task has reached so far.
    pub stage: Option<Stage>,
    /// Stage that the task reached with this update. `None` if the task had reached this stage before. Each stage is
    /// reported at most once.
    pub reached: Option<Stage>,
    /// Failure of the task. `None` if this update reports no failure, if an earlier update reported a failure, or if
    /// the task counts as complete.
    pub failure: Option<Failure>,
    /// Items that are finished in this update and were not finished in any earlier update.
    pub ready: Vec<Item>,
}

impl Default for Progress {
    fn default() -> Self {
        Self::new()
    }
}

impl Progress {
    /// Creates the progress of a task about which nothing is known.
    pub fn new() -> Self {
        Self { stage: None, state: TaskState::Running(None), ready: BTreeSet::new() }
    }

    /// Returns the furthest stage that the task has reached so far. A failed task keeps the stage that it reached
    /// before.
    pub fn stage(&self) -> Option<Stage> {
        self.stage
    }

    /// Returns the state of the task, collected from all updates.
    pub fn state(&self) -> &TaskState {
        &self.state
    }

    /// Applies an update and returns the changes. Returns `None` if the update brings no new stage, no new failure and
    /// no item that is ready for the first time. The [`state`](Self::state) can change even then, for example to
    /// [`Undelivered`](TaskState::Undelivered).
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

    /// Returns `true` if the item is finished and was not reported as ready before. Stores the keys of a finished item,
    /// so the next call with the same item returns `false`. Two items are the same if their ids are equal or their
    /// links are equal: some results have no id, and the link of a result can change. Items without a link are also the
    /// same if their texts are equal. If an item has no text, its title is compared instead.
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

/// Compares two states; [`Progress`] keeps the greater state. The comparison never calls two different states equal. So
/// the kept state does not depend on the order of the updates.
fn compare(one: &TaskState, other: &TaskState) -> Ordering {
    let words = |state: &TaskState| match state {
        TaskState::Failed(Failure { status, code, message }) => Some((*code, status.clone(), message.clone())),
        _ => None,
    };
    rank(one).cmp(&rank(other)).then(one.stage().cmp(&other.stage())).then_with(|| words(one).cmp(&words(other)))
}

/// Returns the rank of a state. `Complete` ranks above `Failed`, since results can be used. `Failed` ranks above
/// `Undelivered`, since an undelivered task may still get results.
fn rank(state: &TaskState) -> u8 {
    match state {
        TaskState::Running(_) => 0,
        TaskState::Undelivered => 1,
        TaskState::Failed(_) => 2,
        TaskState::Complete => 3,
    }
}
