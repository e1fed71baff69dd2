//! Timeline of a task. It returns the state of the task at each age. The age is the time since the task was created.

use std::time::Duration;

use kie_types::Stage;

use crate::script::{Speed, TaskScript};

/// The ages at which a task reaches its stages, and the script that may change its outcome. The age is the time since
/// the task was created.
#[derive(Debug, Clone)]
pub(crate) struct Timeline {
    stages: Vec<(Stage, Duration)>,
    script: Option<TaskScript>,
    /// Time for which the task has the unknown status word of [`TaskScript::UnknownStatus`]. Zero for other scripts.
    word_time: Duration,
}

/// State of a task.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum State<'a> {
    Hidden,
    Word(&'a str),
    Pending,
    Reached(Stage),
    Failed { status: &'a str, code: i64, message: &'a str, after: Option<Stage> },
    Undelivered { with_tracks: bool },
}

impl Timeline {
    /// Creates a timeline. Each pair of `stages` is a stage, and the age of the task at which it reaches the stage, in
    /// milliseconds. With [`TaskScript::UnknownStatus`], the task reaches each stage later, by the time for which the
    /// unknown word is shown.
    pub(crate) fn new(stages: &[(Stage, u64)], script: Option<TaskScript>, speed: Speed) -> Self {
        let word_time = match script {
            Some(TaskScript::UnknownStatus(_)) => Duration::from_millis(speed.pick(10_000, 200, 200)),
            _ => Duration::ZERO,
        };
        let stages = stages.iter().map(|(stage, millis)| (*stage, Duration::from_millis(*millis) + word_time));
        Self { stages: stages.collect(), script, word_time }
    }

    /// Returns the state of the task at this age, the time since the task was created.
    pub(crate) fn at(&self, age: Duration) -> State<'_> {
        match &self.script {
            Some(TaskScript::HiddenFor(time)) if age < *time => State::Hidden,
            Some(TaskScript::UnknownStatus(word)) if age < self.word_time => State::Word(word),
            Some(TaskScript::Fails { status, code, message, after }) if age >= self.failure_age(*after) => {
                State::Failed { status, code: *code, message, after: *after }
            }
            Some(TaskScript::Undelivered { with_tracks }) if age >= self.end() => {
                State::Undelivered { with_tracks: *with_tracks }
            }
            _ => {
                let reached = self.stages.iter().rev().find(|(_, at)| age >= *at);
                reached.map_or(State::Pending, |(stage, _)| State::Reached(*stage))
            }
        }
    }

    /// Returns the callbacks of the task. Each pair has the age at which the callback is due, and the state that the
    /// callback reports.
    pub(crate) fn callbacks(&self) -> Vec<(Duration, State<'_>)> {
        match &self.script {
            Some(TaskScript::Fails { status, code, message, after }) => {
                let failed = State::Failed { status, code: *code, message, after: *after };
                let reached = self.stages.iter().filter(|(stage, _)| Some(*stage) <= *after);
                let reached = reached.map(|(stage, at)| (*at, State::Reached(*stage)));
                reached.chain([(self.failure_age(*after), failed)]).collect()
            }
            _ => self.stages.iter().map(|(stage, at)| (*at, State::Reached(*stage))).collect(),
        }
    }

    /// Returns the ages at which the state of the task may change, in ascending order. The first is 0, and the last is
    /// the age at which the task is complete or fails, or a later one at which lookups find the task.
    pub(crate) fn changes(&self) -> Vec<Duration> {
        let (end, mut ages) = (self.outcome(), vec![Duration::ZERO, self.word_time, self.outcome()]);
        ages.extend(self.stages.iter().map(|(_, at)| *at).filter(|at| *at < end));
        if let Some(TaskScript::HiddenFor(time)) = self.script {
            ages.push(time);
        }
        ages.sort_unstable();
        ages.dedup();
        ages
    }

    /// Returns `false` if the script of the task prevents the sending of callbacks.
    pub(crate) fn delivers(&self) -> bool {
        !matches!(self.script, Some(TaskScript::Undelivered { .. }))
    }

    /// Returns the age at which the task is complete, or would be complete without a failure.
    pub(crate) fn end(&self) -> Duration {
        self.stages.last().map(|(_, at)| *at).unwrap_or_default()
    }

    /// Returns the age at which the task is complete or fails.
    pub(crate) fn outcome(&self) -> Duration {
        match &self.script {
            Some(TaskScript::Fails { after, .. }) => self.failure_age(*after),
            _ => self.end(),
        }
    }

    /// Returns the code with which the task fails at some time, or `None` if it does not fail.
    pub(crate) fn failure_code(&self) -> Option<i64> {
        match self.script {
            Some(TaskScript::Fails { code, .. }) => Some(code),
            _ => None,
        }
    }

    /// Returns the age at which a task fails, if `after` is the last stage that the task reaches before the failure.
    fn failure_age(&self, after: Option<Stage>) -> Duration {
        let next = self.stages.iter().find(|(stage, _)| after < Some(*stage));
        next.map_or(self.end(), |(_, at)| *at)
    }

    /// Returns the age before which the file host does not have the final files.
    pub(crate) fn served_age(&self) -> Duration {
        match self.script {
            Some(TaskScript::ServedAfter(time)) => time,
            _ => Duration::ZERO,
        }
    }
}

impl State<'_> {
    /// Returns the status word for this state in the response to a lookup of a music task.
    pub(crate) fn word(&self) -> &str {
        match self {
            Self::Hidden | Self::Pending => "PENDING",
            Self::Word(word) => word,
            Self::Reached(Stage::Text) => "TEXT_SUCCESS",
            Self::Reached(Stage::First) => "FIRST_SUCCESS",
            Self::Reached(_) => "SUCCESS",
            Self::Failed { status, .. } => status,
            Self::Undelivered { .. } => "CALLBACK_EXCEPTION",
        }
    }

    /// Returns the last stage whose results are shown, or `None` if no results are shown.
    pub(crate) fn shown(&self) -> Option<Stage> {
        match self {
            Self::Reached(stage) => Some(*stage),
            Self::Undelivered { with_tracks: true } => Some(Stage::Complete),
            Self::Failed { after, .. } => *after,
            _ => None,
        }
    }

    /// Returns the code and the message of a failure, or `None` for both if the task has not failed.
    pub(crate) fn failure(&self) -> (Option<i64>, Option<&str>) {
        match self {
            Self::Failed { code, message, .. } => (Some(*code), Some(message)),
            _ => (None, None),
        }
    }
}
