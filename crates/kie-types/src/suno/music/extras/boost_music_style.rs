//! `boost-music-style`: a richer style text from a short one. The response itself has the result.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::{
    answer::{
        Refusal, RefusalKind, Unreadable,
        envelope::{self, ReadError},
    },
    common::get_account_credits::Credits,
    decode::answer,
    operation::{Effect, Endpoint, Examples, Method},
    request::{Invalid, Rules},
    value::Timestamp,
};

/// Expands a short style into a longer text, for the `style` of a song.
///
/// No task is started: the response itself has the text.
///
/// Documentation: <https://docs.kie.ai/suno-api/boost-music-style>
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(
    feature = "schemars",
    derive(schemars::JsonSchema),
    schemars(transform = crate::operation::schema::request::<Self>)
)]
#[non_exhaustive]
pub struct BoostMusicStyle {
    /// Style in a few words, such as `Pop, Mysterious`. The documentation states no limit.
    #[serde(default)]
    pub content: String,
}

impl BoostMusicStyle {
    /// Expands this style.
    pub fn new(content: impl Into<String>) -> Self {
        Self { content: content.into() }
    }
}

impl fmt::Debug for BoostMusicStyle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        crate::text::redacted::debug("BoostMusicStyle", self, f)
    }
}

impl Endpoint for BoostMusicStyle {
    const NAME: &'static str = "boost-music-style";
    const DOCS: &'static str = "https://docs.kie.ai/suno-api/boost-music-style";
    const METHOD: Method = Method::Post;
    const PATH: &'static str = "/api/v1/style/generate";
    const EFFECT: Effect = Effect::Creates;
    type Response = BoostedStyle;

    fn validate(&self) -> Result<(), Invalid> {
        let mut rules = Rules::new(Self::NAME);
        rules.required("content", &self.content);
        rules.finish()
    }

    /// Reads a response as a success if it has a style. The values of `successFlag` are not reliable.
    fn read(http_status: u16, body: &[u8]) -> Result<BoostedStyle, ReadError> {
        let style: BoostedStyle = envelope::open(http_status, body)?;
        let failed = style.error_code.is_some() || style.error_message.is_some();
        match style.result {
            Some(_) => Ok(style),
            None if failed => {
                let message = style.error_message.unwrap_or_default();
                let code = style.error_code.unwrap_or(200);
                let refusal = Refusal::new(http_status, Some(code), message, body);
                Err(ReadError::Refused(refusal.of_kind(RefusalKind::TaskFailed)))
            }
            None => Err(ReadError::Unreadable(Unreadable::new(
                http_status,
                body,
                "the response has no style: `result` is missing",
            ))),
        }
    }
}

impl Examples for BoostMusicStyle {
    fn examples() -> Vec<Self> {
        vec![Self::new("dusty soul, brass stabs")]
    }
}

answer! {
    /// Expanded style, with its cost.
    pub struct BoostedStyle {
        /// Id of the call. No lookup accepts it.
        pub task_id: Option<String> = "taskId" | "task_id",
        /// Style from the request: the text itself, not JSON.
        pub param: Option<String> = "param",
        /// Expanded style. Every successful response has it.
        pub result: Option<String> = "result",
        /// Cost of the call, in credits.
        pub credits_consumed: Option<Credits> = "creditsConsumed" | "credits_consumed",
        /// Remaining credits of the account.
        pub credits_remaining: Option<Credits> = "creditsRemaining" | "credits_remaining",
        /// Result of the call. The documentation page has `0`, `1` or `2`; the live service sends the word `成功`
        /// (success).
        pub success_flag: Option<String> = "successFlag" | "success_flag",
        /// Failure code, as a number.
        pub error_code: Option<i64> = "errorCode" | "error_code",
        /// Failure reason, as text.
        pub error_message: Option<String> = "errorMessage" | "errorMsg" | "error_message",
        /// Time at which the style was made. The documentation page has a text; the live service sends milliseconds.
        pub create_time: Option<Timestamp> = "createTime" | "create_time",
    }
}
