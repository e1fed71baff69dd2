//! One change of a task.

use kie_types::{Item, Job, Output, Record, Stage};

/// One change of a task: a new stage, or new results.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Event<J: Job> {
    /// Latest stage that the task has reached. `None` if no poll has shown a stage yet.
    pub stage: Option<Stage>,
    /// Results that were finished since the last event: tracks of [`Music`](crate::records::Music), variants of
    /// [`Lyrics`](crate::records::Lyrics).
    pub ready: Vec<Piece<J>>,
    /// The results of `ready` as [`Item`]s, which have one shape for all kinds of job. An item has a link to its file,
    /// or the file itself.
    pub items: Vec<Item>,
    /// Record of the task, as the service returned it.
    pub record: J::Record,
}

/// One result of a job.
type Piece<J> = <<J as Job>::Output as Output>::Piece;

impl<J: Job> Event<J> {
    /// Creates an event for tests of code that handles events. All finished results of the record are in `ready`.
    ///
    /// ```
    /// use kie_suno::{Event, Stage, records::Music};
    ///
    /// let event = Event::<Music>::new(Some(Stage::Text), Default::default());
    /// assert_eq!(event.stage, Some(Stage::Text));
    /// ```
    pub fn new(stage: Option<Stage>, record: J::Record) -> Self {
        let mut items = record.output().map(|output| output.items()).unwrap_or_default();
        items.retain(Item::is_available);
        Self::of(stage, items, record)
    }

    /// Creates an event at which these items of the record have become ready.
    pub(super) fn of(stage: Option<Stage>, items: Vec<Item>, record: J::Record) -> Self {
        let ready = match record.output().filter(|_| !items.is_empty()) {
            Some(output) => {
                let mut all: Vec<_> = output.items().into_iter().zip(output.pieces()).collect();
                let piece = |item| all.iter().position(|(known, _)| known == item).map(|place| all.remove(place).1);
                items.iter().filter_map(piece).collect()
            }
            None => Vec::new(),
        };
        Self { stage, ready, items, record }
    }
}
