//! `boost-music-style`: makes a richer style text from a short style text. The response itself has the result, so there
//! is no task. On the market route, there may be a task.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::{
    answer::{
        Refusal, RefusalKind, Unreadable,
        envelope::{self, ReadError},
    },
    decode::answer,
    market::{MarketForm, MarketRecord},
    operation::{Effect, Endpoint, Examples, MarketAnswer, Method},
    price::{Credits, Price},
    request::{Invalid, Rules, limits},
    value::Timestamp,
};

/// Expands a short style into a longer text, for use as the `style` of a song.
///
/// On the classic route, the service starts no task for this request: the response itself has the longer text. On the
/// market route, it may start a task.
///
/// In Rust, the type of this task is [`ResultOf`](crate::ResultOf).
///
/// Documentation: <https://docs.kie.ai/suno-api/boost-music-style>
///
/// In Rust, with a `client` of the crate `kie-suno`:
///
/// ```
/// # mod simulator { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/simulator.rs")); }
/// # simulator::run(async |client| {
/// use kie_suno::requests::BoostMusicStyle;
///
/// let boosted = client.call(BoostMusicStyle::new("dusty soul, brass stabs")).await?;
/// let style = boosted.result.ok_or("the response has no style")?;
/// println!("{style}");
/// # Ok(())
/// # });
/// ```
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(
    feature = "schemars",
    derive(schemars::JsonSchema),
    schemars(transform = crate::operation::schema::request::<Self>)
)]
#[non_exhaustive]
pub struct BoostMusicStyle {
    /// Style in a few words, such as `Pop, Mysterious`. The documentation does not limit the number of characters.
    #[serde(default)]
    pub content: String,
}

impl BoostMusicStyle {
    /// Creates a request that expands this style.
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
    const PRICE: Option<Price> = Some(Price::listed(0.4));
    const MARKET: Option<&'static MarketForm> = Some(&MarketForm::submit("ai-music-api/boost-music-style"));
    type Response = BoostedStyle;

    fn validate(&self) -> Result<(), Invalid> {
        let mut rules = Rules::new(Self::NAME);
        rules.required("content", &self.content);
        rules.finish()
    }

    limits! {
        and Limit::all(["content"], Bound::Required, []),
    }

    /// Reads a response as a success if the response has a style. `successFlag` is not used, because its values are not
    /// reliable.
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

    fn read_market(http_status: u16, body: &[u8]) -> Result<MarketAnswer<BoostedStyle>, ReadError> {
        MarketAnswer::result_or_task::<Self>(http_status, body, |style| style.result.is_some(), |_| false)
    }

    fn of_market(record: &MarketRecord) -> Option<BoostedStyle> {
        record.result().object(&["result"]).filter(|style: &BoostedStyle| style.result.is_some())
    }
}

impl Examples for BoostMusicStyle {
    fn examples() -> Vec<Self> {
        vec![Self::new("dusty soul, brass stabs")]
    }
}

answer! {
    /// Expanded style, with the cost of the call.
    pub struct BoostedStyle {
        /// Id of the call. No lookup accepts this id.
        pub task_id: Option<String> = "taskId" | "task_id",
        /// Style from the request, as plain text.
        pub param: Option<String> = "param",
        /// Expanded style. Every successful response has this field.
        pub result: Option<String> = "result",
        /// Cost of the call, in credits.
        pub credits_consumed: Option<Credits> = "creditsConsumed" | "credits_consumed",
        /// Number of credits that the account has after the call.
        pub credits_remaining: Option<Credits> = "creditsRemaining" | "credits_remaining",
        /// Success or failure of the call, as text. On the documentation page, the value is `0`, `1` or `2`. In
        /// practice, the service also sent the word `成功` (success).
        pub success_flag: Option<String> = "successFlag" | "success_flag",
        /// Failure code, as a number.
        pub error_code: Option<i64> = "errorCode" | "error_code",
        /// Failure reason, as text.
        pub error_message: Option<String> = "errorMessage" | "errorMsg" | "error_message",
        /// Time at which the style was made. The documentation page shows a date as text. In practice, the service
        /// sends a number: milliseconds since 1970.
        pub create_time: Option<Timestamp> = "createTime" | "create_time",
    }
}
