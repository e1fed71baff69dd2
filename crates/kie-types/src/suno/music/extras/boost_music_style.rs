//! `boost-music-style`: a richer style text from a short one. Answered at once.

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

/// Writes out a style in more words, fit to be the `style` of a song.
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
    /// The style in a few words, such as `Pop, Mysterious`. No limit is stated.
    #[serde(default)]
    pub content: String,
}

impl BoostMusicStyle {
    /// This style in more words.
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

    /// A style is what makes an answer a success: `successFlag` has no vocabulary that can be relied on.
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
            None => Err(ReadError::Unreadable(Unreadable::new(http_status, body, "the answer holds no style"))),
        }
    }
}

impl Examples for BoostMusicStyle {
    fn examples() -> Vec<Self> {
        vec![Self::new("dusty soul, brass stabs")]
    }
}

answer! {
    /// A style in more words, with what it cost.
    pub struct BoostedStyle {
        /// The id of the call; nothing can be looked up with it.
        pub task_id: Option<String> = "taskId" | "task_id",
        /// The style that was given: the text itself, not JSON.
        pub param: Option<String> = "param",
        /// The style in more words. Every answer that is a success has it.
        pub result: Option<String> = "result",
        /// What it cost.
        pub credits_consumed: Option<Credits> = "creditsConsumed" | "credits_consumed",
        /// What is left.
        pub credits_remaining: Option<Credits> = "creditsRemaining" | "credits_remaining",
        /// How it went: `0`, `1` or `2` on the page, the word `成功` (success) live.
        pub success_flag: Option<String> = "successFlag" | "success_flag",
        /// Why it failed, by number.
        pub error_code: Option<i64> = "errorCode" | "error_code",
        /// Why it failed, in words.
        pub error_message: Option<String> = "errorMessage" | "errorMsg" | "error_message",
        /// When it was made: a text on the page, milliseconds live.
        pub create_time: Option<Timestamp> = "createTime" | "create_time",
    }
}
