//! The state machine of a task: what looks and callbacks say, put in order.

use std::{cmp::Ordering, collections::BTreeSet};

use super::{
    item::Item,
    state::{Failure, Stage, TaskState},
};

/// What is known of a task, from all that was said of it.
///
/// Every message about the task, whether a look or a callback brought it, is [observed](Self::observe) once. Messages
/// may be repeated, reordered, late, lost or at odds with one another: the same messages come to the same end in any
/// order. A stage is reached once and never left, a thing is ready once, and of two verdicts the better one stands: what
/// is complete stays so, whatever else is said.
///
/// ```
/// use kie_types::{Progress, Stage, TaskState};
///
/// let mut progress = Progress::new();
/// let change = progress.observe(&TaskState::Complete, Vec::new()).unwrap();
/// assert_eq!(change.reached, Some(Stage::Complete));
/// // The callback about an earlier stage comes late, and a second copy of the last one.
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

/// What a message added to what was known.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Change {
    /// The furthest stage reached by now.
    pub stage: Option<Stage>,
    /// That stage, if this message was the first to tell of it. [`Stage::Complete`] comes once.
    pub reached: Option<Stage>,
    /// Why the task failed, if this message was the first to tell.
    pub failure: Option<Failure>,
    /// The things that this message was the first to show finished.
    pub ready: Vec<Item>,
}

impl Default for Progress {
    fn default() -> Self {
        Self::new()
    }
}

impl Progress {
    /// Nothing is known yet.
    pub fn new() -> Self {
        Self { stage: None, state: TaskState::Running(None), ready: BTreeSet::new() }
    }

    /// The furthest stage reached by now. A task that failed keeps the one that it had reached.
    pub fn stage(&self) -> Option<Stage> {
        self.stage
    }

    /// How the task stands, all told.
    pub fn state(&self) -> &TaskState {
        &self.state
    }

    /// Takes in a message; `None` if it says nothing new.
    pub fn observe(&mut self, state: &TaskState, items: Vec<Item>) -> Option<Change> {
        let reached = state.stage().filter(|stage| Some(*stage) > self.stage);
        self.stage = self.stage.max(reached);
        let ready: Vec<Item> = items.into_iter().filter(|item| self.is_news(item)).collect();
        let failure = match state {
            TaskState::Failed(failure) if rank(&self.state) < rank(state) => Some(failure.clone()),
            _ => None,
        };
        if weigh(state, &self.state).is_gt() {
            self.state = state.clone();
        }
        let is_news = reached.is_some() || failure.is_some() || !ready.is_empty();
        is_news.then_some(Change { stage: self.stage, reached, failure, ready })
    }

    /// A finished thing is known by its id and by its link, for rows have been seen without the one, and links move; or
    /// by its words, where it is nothing else.
    fn is_news(&mut self, item: &Item) -> bool {
        if !item.is_there() {
            return false;
        }
        let words = item.text.as_deref().or(item.title.as_deref()).filter(|_| item.url.is_none());
        let marks = [item.id.as_deref(), item.url.as_deref(), words];
        let known = marks.iter().flatten().any(|mark| self.ready.contains(*mark));
        self.ready.extend(marks.into_iter().flatten().map(str::to_owned));
        !known
    }
}

/// Which of two states stands. The order is total, so that it does not matter which was said first.
fn weigh(one: &TaskState, other: &TaskState) -> Ordering {
    let words = |state: &TaskState| match state {
        TaskState::Failed(Failure { status, code, message }) => Some((*code, status.clone(), message.clone())),
        _ => None,
    };
    rank(one).cmp(&rank(other)).then(one.stage().cmp(&other.stage())).then_with(|| words(one).cmp(&words(other)))
}

/// What is there can be used, so it outweighs the word that the task failed; and a failure says more than that nobody
/// was told.
fn rank(state: &TaskState) -> u8 {
    match state {
        TaskState::Running(_) => 0,
        TaskState::Undelivered => 1,
        TaskState::Failed(_) => 2,
        TaskState::Complete => 3,
    }
}
