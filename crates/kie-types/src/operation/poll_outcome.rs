//! Meaning of a poll of a task. A poll is one lookup of the task's record.

use std::time::Duration;

use super::{
    item::Item,
    state::{Failure, Stage, TaskState},
};

/// Time in which a task may still get results after its callback could not be delivered: 5 minutes. The time starts at
/// the first poll that showed the state [`Undelivered`](TaskState::Undelivered).
pub const UNDELIVERED_GRACE: Duration = Duration::from_secs(5 * 60);

/// Maximum run time of a task, counted from the start of the task: 15 minutes. Use this time for an undelivered task if
/// only the start of the task is known: the task may still get results until this time is over.
pub const LONGEST_TASK: Duration = Duration::from_secs(15 * 60);

/// Status word in a record if the service could not deliver the callback of the task.
const UNDELIVERED: &str = "CALLBACK_EXCEPTION";

/// Meaning of a poll of a task. A poll is one lookup of the task's record. All code that polls a task or reads a record
/// uses this type. So waiting clients, receipts and reports agree on the results that are final.
///
/// Only an [undelivered](TaskState::Undelivered) task needs a decision. The service gave up delivering the callback of
/// such a task, perhaps before the task was finished. A client that waits for such a task polls the task for some more
/// time, and the receipt of the task stays open. A [`Report`](crate::Report) gives no more time: it shows the results
/// that can be used now.
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
    /// The task is running. The value is the latest stage that the task has reached.
    Running(Option<Stage>),
    /// The callback of the task could not be delivered, and the task may still get results.
    Growing,
    /// The task has results, and no more results are expected. Either the task is finished, or its callback could not
    /// be delivered and the time for late results is over.
    Complete,
    /// The task is finished according to the service, but its record has no results.
    Empty,
    /// The callback of the task could not be delivered, the time for late results is over, and the record has no
    /// result. A result may still appear later. So a client stops waiting, but this outcome does not prove that the
    /// task failed.
    GivenUp(Failure),
    /// The task failed. Its record can still have results that were finished before the failure.
    Failed(Failure),
}

impl PollOutcome {
    /// Returns the meaning of a record with this state and these items. `may_grow` is `true` if an undelivered task may
    /// still get results: see [`UNDELIVERED_GRACE`] and [`LONGEST_TASK`].
    pub fn of(state: TaskState, items: &[Item], may_grow: bool) -> Self {
        match state {
            TaskState::Running(stage) => Self::Running(stage),
            TaskState::Complete if items.is_empty() => Self::Empty,
            TaskState::Complete => Self::Complete,
            TaskState::Undelivered if may_grow => Self::Growing,
            TaskState::Undelivered if items.iter().any(Item::is_available) => Self::Complete,
            TaskState::Undelivered => {
                let message = "the service could not deliver its callback, and shows no result";
                Self::GivenUp(Failure::new(Some(UNDELIVERED), None, Some(message)))
            }
            TaskState::Failed(failure) => Self::Failed(failure),
        }
    }
}

/// Converts the outcome to a state for [`Progress::observe`](super::progress::Progress::observe).
impl From<PollOutcome> for TaskState {
    fn from(outcome: PollOutcome) -> Self {
        match outcome {
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
    fn only_an_undelivered_task_depends_on_the_time_left() {
        let failure = Failure::new(Some("GENERATE_AUDIO_FAILED"), Some(500), None);
        for may_grow in [true, false] {
            for (state, outcome) in [
                (TaskState::Running(None), PollOutcome::Running(None)),
                (TaskState::Running(Some(Stage::First)), PollOutcome::Running(Some(Stage::First))),
                (TaskState::Complete, PollOutcome::Complete),
                (TaskState::Failed(failure.clone()), PollOutcome::Failed(failure.clone())),
            ] {
                assert_eq!(PollOutcome::of(state, &items(false), may_grow), outcome);
            }
            assert_eq!(PollOutcome::of(TaskState::Complete, &[], may_grow), PollOutcome::Empty);
        }
    }

    #[test]
    fn an_undelivered_task_grows_and_then_ends_with_its_results() {
        for is_there in [true, false] {
            assert_eq!(PollOutcome::of(TaskState::Undelivered, &items(is_there), true), PollOutcome::Growing);
        }
        assert_eq!(PollOutcome::of(TaskState::Undelivered, &items(true), false), PollOutcome::Complete);
        let PollOutcome::GivenUp(failure) = PollOutcome::of(TaskState::Undelivered, &items(false), false) else {
            unreachable!("it has no result")
        };
        assert_eq!(failure.status.as_deref(), Some("CALLBACK_EXCEPTION"));
    }
}
