//! Records of the market route.

use super::{echo::without_echo, result::MarketResult};
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
    /// Record of a task of the market route. It has the same form for all kinds of task. Each kind of task
    /// [converts](crate::Job::of_market) it to its own record, so programs rarely need this type.
    ///
    /// The record repeats the request (`param`). This crate does not read the repetition: it was seen with wrong
    /// escapes, so that the whole record was not valid JSON.
    ///
    /// Documentation: <https://docs.kie.ai/market/common/get-task-detail>
    pub struct MarketRecord {
        /// Id of the task.
        pub task_id: Option<String> = "taskId" | "task_id",
        /// Slug of the operation, such as `ai-music-api/generate`.
        pub model: Option<String> = "model" | "operationType",
        /// State of the task.
        pub state: Option<MarketState> = "state",
        /// Success or failure as a number, beside `state`: 0 for a task that runs, 1 for success, 3 for a failure. Not
        /// documented.
        pub success_flag: Option<i64> = "successFlag" | "success_flag",
        /// Results: JSON as text. Empty before the end of the task.
        pub result_json: Option<JsonText> = "resultJson" | "result_json",
        /// Copy of the results. Not documented.
        pub response: Option<JsonText> = "response",
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
        /// Credits that the task cost. A failed task costs 0 credits.
        pub credits_consumed: Option<Credits> = "creditsConsumed" | "consumeCredits" | "credits_consumed",
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

/// Codes of a response that says that the task itself failed.
const FAILED: [i64; 3] = [408, 501, 505];

impl MarketRecord {
    /// Reads the response to a lookup. Returns `None` if the service does not know the task: the service answers such a
    /// lookup with code 422, and its documentation says 404.
    ///
    /// # Errors
    ///
    /// [`ReadError`] if the service refused the request, or if the response cannot be read.
    pub fn read(http_status: u16, body: &[u8]) -> Result<Option<Self>, ReadError> {
        let read = |body: &[u8]| envelope::open::<Option<Self>>(http_status, body);
        let read = match (read(body), without_echo(body)) {
            (Err(ReadError::Unreadable(unreadable)), Some(repaired)) => read(&repaired).map_err(|error| match error {
                ReadError::Unreadable(_) => ReadError::Unreadable(unreadable),
                refused @ ReadError::Refused(_) => refused,
            }),
            (read, _) => read,
        };
        match read {
            Err(ReadError::Refused(refusal))
                if refusal.has_envelope() && is_unknown(refusal.code(), refusal.message()) =>
            {
                Ok(None)
            }
            Err(ReadError::Refused(refusal)) if refusal.has_envelope() && FAILED.contains(&refusal.code()) => {
                Ok(Some(Self {
                    state: Some(MarketState::Fail),
                    fail_code: Some(refusal.code().to_string()),
                    fail_msg: Some(refusal.message().to_owned()),
                    ..Self::default()
                }))
            }
            read => read,
        }
    }

    /// Returns the results of the task. `resultJson` is used first, and then its copy `response`.
    pub fn result(&self) -> MarketResult {
        MarketResult::new([self.result_json.as_ref(), self.response.as_ref()])
    }

    /// Returns the status word for the state of the task. An unknown state counts as running.
    pub fn status<T>(&self, running: T, success: T, failed: T) -> T {
        match (&self.state, self.success_flag) {
            (Some(MarketState::Success), _) | (None, Some(1)) => success,
            (Some(MarketState::Fail), _) | (None, Some(2 | 3)) => failed,
            _ => running,
        }
    }

    /// Returns the failure code, if it is a number.
    pub fn error_code(&self) -> Option<i64> {
        self.fail_code.as_ref()?.trim().parse().ok()
    }

    /// Returns the failure reason: the message, or a failure code that is a word.
    pub fn error_message(&self) -> Option<String> {
        let word = || self.fail_code.clone().filter(|_| self.error_code().is_none());
        self.fail_msg.clone().or_else(word)
    }

    /// Returns `true` if the service's content filter refused the request, which is told by a word.
    pub(crate) fn is_sensitive(&self) -> bool {
        [&self.fail_code, &self.fail_msg].into_iter().flatten().any(|word| word.trim() == "SENSITIVE_WORD_ERROR")
    }

    /// Returns the error for a finished task whose result has no known shape. The error has the text of the result, so
    /// that a result that was paid for is not lost.
    pub(crate) fn unknown_result(&self, http_status: u16) -> ReadError {
        let text = self.result_json.as_ref().or(self.response.as_ref()).map_or("", JsonText::as_str);
        let reason = "the task is finished, but its result has a form that this version does not know";
        ReadError::Unreadable(Unreadable::new(http_status, text.as_bytes(), reason).finally())
    }
}

fn is_unknown(code: i64, message: &str) -> bool {
    code == 404 || (code == 422 && message.contains("recordInfo is null"))
}
