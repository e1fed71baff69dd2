//! What one poll of a task means, for everything that acts on it.

use std::time::Duration;

use super::{
    item::Item,
    state::{Failure, Stage, TaskState},
};

/// How long an undelivered task may still grow after a poll first showed it so. 5 minutes.
pub const UNDELIVERED_GRACE: Duration = Duration::from_secs(5 * 60);

/// How long a task may run, counted from its start. 15 minutes. An undelivered task of which only the start is known may still
/// grow until then.
pub const LONGEST_TASK: Duration = Duration::from_secs(15 * 60);

/// The word of a record whose callbacks could not be delivered.
const UNDELIVERED: &str = "CALLBACK_EXCEPTION";

/// What one poll of a task means. Waits, single looks, saves, receipts and reports all ask this, so that they agree on what is
/// finished and what may still come.
///
/// An [undelivered](TaskState::Undelivered) task is the case that needs a decision: the service gave up its callback, perhaps before
/// the task was finished. A wait and a receipt give it its time; a [`Report`](crate::Report) tells what can be used now, and so
/// asks without time left.
///
/// ```
/// use kie_types::{Item, PollOutcome, TaskState};
///
/// let mut track = Item::default();
/// track.url = Some("https://files.example/waltz.mp3".into());
/// let tracks = [track];
///
/// assert_eq!(PollOutcome::of(TaskState::Undelivered, &tracks, true), PollOutcome::Growing);
/// assert_eq!(PollOutcome::of(TaskState::Undelivered, &tracks, false), PollOutcome::Complete);
/// assert!(matches!(PollOutcome::of(TaskState::Undelivered, &[], false), PollOutcome::GivenUp(_)));
/// ```
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum PollOutcome {
    /// The task goes on, with the last stage it has reached.
    Running(Option<Stage>),
    /// The task was not delivered, and may still grow: more may appear in its record.
    Growing,
    /// The task is finished, and what it made is there: all of it, or all that there will be.
    Complete,
    /// The service calls the task finished, and its record shows nothing that it made.
    Empty,
    /// The task was not delivered, and shows no result although its time is over. A result that appears later is still one, so
    /// this is the end of a wait and not of the task.
    GivenUp(Failure),
    /// The task ended without a result.
    Failed(Failure),
}

impl PollOutcome {
    /// The meaning of a record with this state, which shows these items. `may_grow` tells whether an undelivered task still has
    /// time: see [`UNDELIVERED_GRACE`] and [`LONGEST_TASK`].
    pub fn of(state: TaskState, items: &[Item], may_grow: bool) -> Self {
        match state {
            TaskState::Running(stage) => Self::Running(stage),
            TaskState::Complete if items.is_empty() => Self::Empty,
            TaskState::Complete => Self::Complete,
            TaskState::Undelivered if may_grow => Self::Growing,
            TaskState::Undelivered if items.iter().any(Item::is_there) => Self::Complete,
            TaskState::Undelivered => {
                let message = "the service could not deliver its callback, and shows no result";
                Self::GivenUp(Failure::new(Some(UNDELIVERED), None, Some(message)))
            }
            TaskState::Failed(failure) => Self::Failed(failure),
        }
    }
}

/// The state that a [`Progress`](super::progress::Progress) observes.
impl From<PollOutcome> for TaskState {
    fn from(standing: PollOutcome) -> Self {
        match standing {
            PollOutcome::Running(stage) => Self::Running(stage),
            PollOutcome::Growing => Self::Undelivered,
            PollOutcome::Complete | PollOutcome::Empty => Self::Complete,
            PollOutcome::GivenUp(failure) | PollOutcome::Failed(failure) => Self::Failed(failure),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn items(is_there: bool) -> Vec<Item> {
        vec![Item { url: is_there.then(|| "https://files.example/waltz.mp3".into()), ..Item::default() }]
    }

    #[test]
    fn only_what_is_undelivered_depends_on_the_time_left() {
        let failure = Failure::new(Some("GENERATE_AUDIO_FAILED"), Some(500), None);
        for may_grow in [true, false] {
            for (state, standing) in [
                (TaskState::Running(None), PollOutcome::Running(None)),
                (TaskState::Running(Some(Stage::First)), PollOutcome::Running(Some(Stage::First))),
                (TaskState::Complete, PollOutcome::Complete),
                (TaskState::Failed(failure.clone()), PollOutcome::Failed(failure.clone())),
            ] {
                assert_eq!(PollOutcome::of(state, &items(false), may_grow), standing);
            }
            assert_eq!(PollOutcome::of(TaskState::Complete, &[], may_grow), PollOutcome::Empty);
        }
    }

    #[test]
    fn what_is_undelivered_grows_and_then_ends_with_what_is_there() {
        for is_there in [true, false] {
            assert_eq!(PollOutcome::of(TaskState::Undelivered, &items(is_there), true), PollOutcome::Growing);
        }
        assert_eq!(PollOutcome::of(TaskState::Undelivered, &items(true), false), PollOutcome::Complete);
        let PollOutcome::GivenUp(failure) = PollOutcome::of(TaskState::Undelivered, &items(false), false) else {
            unreachable!("nothing is there")
        };
        assert_eq!(failure.status.as_deref(), Some("CALLBACK_EXCEPTION"));
    }
}
