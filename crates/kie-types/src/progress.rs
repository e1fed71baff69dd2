//! The state machine of a wait: what looks and callbacks say, put in order.

use crate::{
    item::Item,
    job::{Stage, State},
};

/// What is known of a task's course so far.
///
/// Every message about the task, whichever way it came, is [observed](Self::observe) once. Repeated, late and
/// reordered messages change nothing: a stage is reached once and never left, and a thing is ready once. That a task
/// failed is no change of its course; whoever observes reads that from the [`State`].
#[derive(Debug, Clone, Default)]
pub struct Progress {
    stage: Option<Stage>,
    ready: Vec<String>,
}

/// What a message added to what was known.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Change {
    /// The furthest stage reached by now.
    pub stage: Option<Stage>,
    /// The things that this message was the first to show finished.
    pub ready: Vec<Item>,
}

impl Progress {
    /// Nothing is known yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// The furthest stage reached by now.
    pub fn stage(&self) -> Option<Stage> {
        self.stage
    }

    /// Takes in a message; `None` if it says nothing new.
    pub fn observe(&mut self, state: &State, items: Vec<Item>) -> Option<Change> {
        let ready: Vec<Item> = items.into_iter().filter(|item| self.is_news(item)).collect();
        let further = state.stage() > self.stage;
        if further {
            self.stage = state.stage();
        }
        (further || !ready.is_empty()).then_some(Change { stage: self.stage, ready })
    }

    /// A finished thing is known by its id and by its link, for rows have been seen without the one, and links move; or
    /// by its words, where it is nothing else.
    fn is_news(&mut self, item: &Item) -> bool {
        if !item.is_there() {
            return false;
        }
        let words = item.text.as_deref().or(item.title.as_deref()).filter(|_| item.url.is_none());
        let marks = [item.id.as_deref(), item.url.as_deref(), words];
        let known = marks.iter().flatten().any(|mark| self.ready.iter().any(|ready| ready == mark));
        self.ready.extend(marks.into_iter().flatten().map(str::to_owned));
        !known
    }
}
