//! Records of the market route.

use super::result::MarketResult;
use crate::{
    answer::{
        Unreadable,
        envelope::{self, ReadError},
    },
    decode::answer,
    price::Credits,
    value::{JsonText, Timestamp, open_enum},
};

answer! {
    /// Record of a task of the market route. It has the same form for all kinds of task.
    ///
    /// In Rust, each kind of task [converts](crate::Job::of_market) it to its own record, so programs rarely need this
    /// type. `param`, a copy of the request, is not in this type: it was seen with wrong escapes, so that the whole
    /// record was not valid JSON.
    ///
    /// Documentation: <https://docs.kie.ai/market/common/get-task-detail>
    pub struct MarketRecord {
        /// Id of the task.
        pub task_id: Option<String> = "taskId" | "task_id",
        /// Slug of the operation, such as `ai-music-api/generate`.
        pub model: Option<String> = "model" | "operationType",
        /// State of the task.
        pub state: Option<MarketState> = "state",
        /// Success or failure, beside `state`: the number 0 for a task that runs, 1 for success, 3 for a failure. Not
        /// documented. Records of the classic route have a status word in this field.
        pub success_flag: Option<String> as crate::value::NumberOrText = "successFlag" | "success_flag",
        /// Status word, such as `SUCCESS`. Not documented.
        pub status_word: Option<String> = "status",
        /// Suno's own name of the model, such as `chirp-hawk`. Not documented.
        pub kind: Option<String> = "type",
        /// Results: JSON as text. Empty before the end of the task.
        pub result_json: Option<JsonText> as crate::value::JsonOrText = "resultJson" | "result_json",
        /// Copy of the results. Not documented.
        pub response: Option<JsonText> as crate::value::JsonOrText = "response",
        /// Failure code as text, such as `400` or `SENSITIVE_WORD_ERROR`.
        pub fail_code: Option<String> = "failCode" | "fail_code",
        /// Failure reason, as text.
        pub fail_msg: Option<String> = "failMsg" | "fail_msg",
        /// Seconds from the creation of the task to its end.
        pub cost_time: Option<f64> = "costTime" | "cost_time",
        /// Time at which the task was created.
        pub create_time: Option<Timestamp> = "createTime" | "create_time",
        /// Time at which the task ended.
        pub complete_time: Option<Timestamp> = "completeTime" | "complete_time",
        /// Time at which the task last changed. It can be equal to the time of the creation.
        pub update_time: Option<Timestamp> = "updateTime" | "update_time",
        /// Progress of the task, 0 to 100. No record of a Suno operation was seen with it.
        pub progress: Option<f64> = "progress",
        /// Credits that the task cost. A failed task costs 0 credits.
        pub credits_consumed: Option<Credits> = "creditsConsumed" | "consumeCredits" | "credits_consumed",
        /// Credits that the account had left after the task. Only older callbacks have this field.
        pub credits_remaining: Option<Credits> = "remainedCredits" | "credits_remaining",
    }
    unread {
        /// Request that started the task: a string that contains JSON. Some records have wrong escapes here, so that
        /// the whole record is not valid JSON.
        JsonText = "param" | "paramJson",
        /// Id of the track that the task continues. Not documented.
        String = "parentMusicId",
    }
}

open_enum! {
    /// State of a task of the market route.
    pub enum MarketState {
        /// The task waits for its turn.
        Waiting = "waiting",
        /// The task is queued.
        Queuing = "queuing",
        /// The task is in progress.
        Generating = "generating",
        /// The task is finished.
        Success = "success",
        /// The task failed.
        Fail = "fail",
    }
}

/// Codes of a response that says that the task itself failed. The code 505 is left out: it is documented as a feature that
/// is switched off, and only one client was seen to take it for a failed task. A task that may still have a result must
/// not count as failed.
const FAILED: [i64; 2] = [408, 501];

impl MarketRecord {
    /// Reads the response to a lookup. Returns `None` if the service does not know the task: the service answers such a
    /// lookup with code 422, and its documentation says 404.
    ///
    /// # Errors
    ///
    /// [`ReadError`] if the service refused the request, or if the response cannot be read.
    pub fn read(http_status: u16, body: &[u8]) -> Result<Option<Self>, ReadError> {
        match envelope::open::<Option<Self>>(http_status, body) {
            Err(ReadError::Refused(refusal))
                if refusal.has_envelope() && is_unknown(refusal.code(), refusal.message()) =>
            {
                Ok(None)
            }
            Err(ReadError::Refused(refusal)) if refusal.has_envelope() => {
                let record: Self = envelope::data(body).unwrap_or_default();
                // A record inside of a refusal tells the failure of its task, whatever the code is.
                if !FAILED.contains(&refusal.code()) && record.is_success() != Some(false) {
                    return Err(ReadError::Refused(refusal));
                }
                let mut record = record.or_failed(refusal.code(), refusal.message());
                record.task_id = record.task_id.or_else(|| refusal.task_id().map(str::to_owned));
                Ok(Some(record))
            }
            read => read,
        }
    }

    /// Returns the record of a failed task, with this code and message unless the record has its own. A record of a
    /// success is not changed.
    pub(crate) fn or_failed(mut self, code: i64, message: &str) -> Self {
        if self.is_success() != Some(true) {
            self.state = Some(MarketState::Fail);
            self.fail_code = self.fail_code.or_else(|| Some(code.to_string()));
            self.fail_msg = self.fail_msg.or_else(|| Some(message.to_owned()).filter(|text| !text.is_empty()));
        }
        self
    }

    /// Returns `true` if the object was meant to be a record: some callbacks have a record in place of their own form.
    pub(crate) fn is_record(&self) -> bool {
        let other = [self.result_json.is_some(), self.fail_code.is_some(), self.model.is_some()];
        self.state.is_some() && other.contains(&true)
    }

    /// Returns the results of the task. `resultJson` is used first, and then its copy `response`.
    pub fn result(&self) -> MarketResult {
        MarketResult::new([self.result_json.as_ref(), self.response.as_ref()])
    }

    /// Returns the status word for the state of the task. An unknown state counts as running, unless a field beside it
    /// tells the end of the task.
    pub fn status<T>(&self, running: T, success: T, failed: T) -> T {
        match self.is_success() {
            Some(true) => success,
            Some(false) => failed,
            None => running,
        }
    }

    /// Returns `true` if the task is finished, `false` if it failed, and `None` if it runs.
    pub(crate) fn is_success(&self) -> Option<bool> {
        match &self.state {
            Some(MarketState::Success) => Some(true),
            Some(MarketState::Fail) => Some(false),
            Some(MarketState::Waiting | MarketState::Queuing | MarketState::Generating) => None,
            _ => [&self.success_flag, &self.status_word].into_iter().flatten().find_map(|word| verdict(word)),
        }
    }

    /// Returns the failure code, if it is a number.
    pub fn error_code(&self) -> Option<i64> {
        self.fail_code.as_ref()?.trim().parse().ok()
    }

    /// Returns the failure reason: the message, after the failure code if the code is a word.
    pub fn error_message(&self) -> Option<String> {
        let word = self.fail_code.as_ref().filter(|_| self.error_code().is_none());
        match (word, &self.fail_msg) {
            (Some(word), Some(message)) if !message.contains(word.as_str()) => Some(format!("{word}: {message}")),
            (word, message) => message.as_ref().or(word).cloned(),
        }
    }

    /// Returns `true` if the service's content filter refused the request, which is told by a word.
    pub(crate) fn is_sensitive(&self) -> bool {
        [&self.fail_code, &self.fail_msg].into_iter().flatten().any(|word| word.trim() == "SENSITIVE_WORD_ERROR")
    }

    /// Returns the error for a finished task whose result has no known shape. The body of the error is the record, or only
    /// its first 16 KiB if it is longer. A later lookup returns the whole record again.
    pub(crate) fn unknown_result(&self, http_status: u16) -> ReadError {
        let record = serde_json::to_vec(self).unwrap_or_default();
        let reason = "the task is finished, but its result has a form that this version does not know";
        ReadError::Unreadable(Unreadable::new(http_status, &record, reason).finally())
    }
}

/// Returns `true` for a word of success, and `false` for a word of failure. In the field `successFlag`, the number 2
/// has different meanings for different kinds of task, so it decides nothing.
fn verdict(word: &str) -> Option<bool> {
    match word.trim() {
        "1" | "true" | "SUCCESS" => Some(true),
        "3" | "FAIL" | "FAILED" | "SENSITIVE_WORD_ERROR" => Some(false),
        word => word.ends_with("_FAILED").then_some(false),
    }
}

fn is_unknown(code: i64, message: &str) -> bool {
    code == 404 || (code == 422 && message.contains("recordInfo is null"))
}
