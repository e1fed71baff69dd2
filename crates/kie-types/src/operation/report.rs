//! Report of a task, in a form that is equal for all kinds of task.

use serde::{Deserialize, Serialize};

use super::{
    item::Item,
    job::{Job, Output, Record},
    poll_outcome::PollOutcome,
    state::{Stage, TaskState},
};
use crate::{
    answer::Charged,
    price::Credits,
    value::{TaskId, Timestamp},
};

/// Report of a task, in a form that is equal for all kinds of task. It is for programs and people that read JSON.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Report {
    /// Id of the task.
    pub task_id: Option<String>,
    /// Outcome of the task so far.
    pub outcome: Outcome,
    /// Furthest stage that the task has reached.
    pub stage: Option<Stage>,
    /// Code that the service sent for the failure of the task. `None` if it sent no code.
    pub code: Option<i64>,
    /// Message about the failure of the task: the service's message, or the status word if the service sent no message.
    /// If the callback could not be delivered and the task has no result, this crate writes the message. `None` in all
    /// other cases.
    pub message: Option<String>,
    /// Tells if a failed task was paid for. It is [unknown](Charged::Unknown) for a task that did not fail.
    pub charged: Charged,
    /// Results that exist so far.
    pub items: Vec<Item>,
    /// Time until which KIE keeps the results according to its documentation. Files were seen to disappear earlier.
    /// Missing if no result is available, if the record does not have [this time](Record::kept_until), or if the report
    /// was made from a callback.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kept_until: Option<Timestamp>,
    /// Credits that the task cost. Missing if the record does not [tell](Record::credits_consumed) the cost.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub credits: Option<Credits>,
}

/// Outcome of a task, in one word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub enum Outcome {
    /// The task is running. A task also counts as running if its callback could not be delivered and it has no result.
    Running,
    /// The task is finished. It can be finished without results. A task also counts as finished if its callback could
    /// not be delivered but it has results.
    Success,
    /// The task failed.
    Failed,
    /// The service does not know the task.
    NotFound,
}

impl Outcome {
    /// Returns the word for the outcome in JSON, such as `notFound`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Running => "running",
            Self::Success => "success",
            Self::Failed => "failed",
            Self::NotFound => "notFound",
        }
    }
}

impl std::fmt::Display for Outcome {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(self.as_str())
    }
}

impl std::fmt::Debug for Report {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        crate::text::redacted::debug("Report", self, f)
    }
}

impl Report {
    /// Creates the report of this task from its record. If `record` is `None`, the service does not know the task.
    pub fn new<J: Job>(id: &TaskId<J>, record: Option<&J::Record>) -> Self {
        Self { task_id: Some(id.as_str().to_owned()), ..Self::of_record::<J>(record) }
    }

    /// Creates the report of a task from its record alone. If `record` is `None`, the service does not know the task.
    pub fn of_record<J: Job>(record: Option<&J::Record>) -> Self {
        match record {
            Some(record) => {
                let mut report = Self::of(record.task_id(), record.state(), record.output());
                report.credits = record.credits_consumed();
                report.kept_until = record.kept_until().filter(|_| report.items.iter().any(Item::is_available));
                report
            }
            None => Self { outcome: Outcome::NotFound, ..Self::running() },
        }
    }

    /// Creates the report of a task from its state and results.
    pub(crate) fn of(task_id: Option<&str>, state: TaskState, output: Option<impl Output>) -> Self {
        let mut report = Self::running();
        report.task_id = task_id.map(str::to_owned);
        report.stage = state.stage();
        report.items = output.map(|output| output.items()).unwrap_or_default();
        // `false`: an undelivered task gets no more time. The report shows the results that can be used now.
        match PollOutcome::of(state, &report.items, false) {
            PollOutcome::Running(_) | PollOutcome::Growing => {}
            PollOutcome::Complete | PollOutcome::Empty => {
                report.outcome = Outcome::Success;
                report.stage = Some(Stage::Complete);
            }
            PollOutcome::GivenUp(failure) => report.message = failure.message,
            PollOutcome::Failed(failure) => {
                report.outcome = Outcome::Failed;
                report.charged = failure.charged();
                report.code = failure.code;
                report.message = failure.message.or(failure.status);
            }
        }
        report
    }

    /// Creates the report of a running task about which nothing else is known.
    fn running() -> Self {
        Self {
            task_id: None,
            outcome: Outcome::Running,
            stage: None,
            code: None,
            message: None,
            charged: Charged::Unknown,
            items: Vec::new(),
            kept_until: None,
            credits: None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_outcome_is_printed_as_it_is_serialized() {
        for outcome in [Outcome::Running, Outcome::Success, Outcome::Failed, Outcome::NotFound] {
            assert_eq!(serde_json::to_value(outcome).ok(), Some(outcome.to_string().into()));
        }
    }
}
