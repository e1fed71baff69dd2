//! Something new about a task.

use kie_types::{Item, Job, Output, Record, Stage};

/// Something new about a task.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Event<J: Job> {
    /// The furthest stage reached by now.
    pub stage: Option<Stage>,
    /// The things that are finished since the last event: tracks of [`Music`](crate::records::Music), variants of
    /// [`Lyrics`](crate::records::Lyrics).
    pub ready: Vec<Piece<J>>,
    /// The same things in one shape for all kinds of job, each with its file.
    pub items: Vec<Item>,
    /// What the service says of the task.
    pub record: J::Record,
}

/// One of the things that a job makes.
type Piece<J> = <<J as Job>::Output as Output>::Piece;

impl<J: Job> Event<J> {
    /// An event for tests of the code that handles it: the stage reached, and what the record shows at that stage.
    ///
    /// ```
    /// use kie_suno::{Event, Stage, records::Music};
    ///
    /// let event = Event::<Music>::new(Some(Stage::Text), Default::default());
    /// assert_eq!(event.stage, Some(Stage::Text));
    /// ```
    pub fn new(stage: Option<Stage>, record: J::Record) -> Self {
        let mut items = record.output().map(|output| output.items()).unwrap_or_default();
        items.retain(Item::is_there);
        Self::of(stage, items, record)
    }

    /// An event at which these of the record's things have become ready.
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
