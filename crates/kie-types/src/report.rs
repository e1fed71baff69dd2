//! The normalised report of a task, in one shape for all kinds of job.

use serde::{Deserialize, Serialize};

use crate::{
    error::Charged,
    id::TaskId,
    item::Item,
    job::{Job, Output, Record, Stage, State},
};

/// How a task stands, in one shape for every kind of job, for programs and people that read JSON.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Report {
    /// The task.
    pub task_id: Option<String>,
    /// How it stands.
    pub outcome: Outcome,
    /// The furthest stage it reached.
    pub stage: Option<Stage>,
    /// The service's number for a failure.
    pub code: Option<i64>,
    /// The service's words for a failure.
    pub message: Option<String>,
    /// Whether it was paid for.
    pub charged: Charged,
    /// What it made so far.
    pub items: Vec<Item>,
}

/// How a task stands, in one word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub enum Outcome {
    /// Under way.
    Running,
    /// Finished.
    Success,
    /// Ended without a result.
    Failed,
    /// The service does not know it.
    NotFound,
}

impl std::fmt::Debug for Report {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        crate::brief::debug("Report", self, f)
    }
}

impl Report {
    /// The report of a task, from its record; `None` stands for a task that the service does not know.
    pub fn new<J: Job>(id: &TaskId<J>, record: Option<&J::Record>) -> Self {
        let mut report = Self {
            task_id: Some(id.as_str().to_owned()),
            outcome: Outcome::NotFound,
            stage: None,
            code: None,
            message: None,
            charged: Charged::Unknown,
            items: Vec::new(),
        };
        let Some(record) = record else { return report };
        let state = record.state();
        report.stage = state.stage();
        report.items = record.output().map(|output| output.items()).unwrap_or_default();
        report.outcome = match state {
            State::Running(_) => Outcome::Running,
            State::Complete => Outcome::Success,
            State::Undelivered => {
                report.message = Some("the service could not deliver its callback, and shows no result".into());
                Outcome::Running
            }
            State::Failed(failure) => {
                report.charged = failure.charged();
                report.code = failure.code;
                report.message = failure.message.or(failure.status);
                Outcome::Failed
            }
        };
        report
    }
}
