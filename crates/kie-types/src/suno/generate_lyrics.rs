//! Types for making lyrics. They are documented on the pages `generate-lyrics`, `get-lyrics-details` and
//! `generate-lyrics-callbacks`.

use super::lookup::lookup;
use crate::{
    answer::{
        Refusal, RefusalKind,
        envelope::{self, ReadError},
    },
    decode::answer,
    market::{MarketForm, MarketRecord},
    operation::{
        CallbackField, CallbackPayload, Effect, Endpoint, Examples, Failure, InlineFile, Item, Job, MarketAnswer,
        Method, Output, Record, Started, TaskEndpoint, TaskState, request,
    },
    price::{Credits, Price},
    request::{Invalid, Rules, limits},
    value::{JsonText, TaskId, open_enum},
};

request! {
    /// Writes lyrics about a theme, without music.
    ///
    /// A task writes two or three variants of the lyrics, with section tags such as `[Verse]`.
    ///
    /// Some codes of refusals have another meaning for this operation than for other operations. Codes 405 and 430 mean
    /// that there were too many calls. Code 413 means that the theme is too long. Code 429 usually means that the
    /// account has no credits. If the message is about the rate limit, code 429 means that there were too many calls.
    ///
    /// Documentation: <https://docs.kie.ai/suno-api/generate-lyrics>
    ///
    /// In Rust, with a `client` of the crate `kie-suno`:
    ///
    /// ```
    /// # mod simulator { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/simulator.rs")); }
    /// # simulator::run(async |client| {
    /// use kie_suno::requests::GenerateLyrics;
    ///
    /// let task = client.start(GenerateLyrics::new("two lighthouses across a foggy bay")).await?;
    /// for variant in task.wait().await? {
    ///     println!("{:?}\n{:?}", variant.title, variant.text);
    /// }
    /// # Ok(())
    /// # });
    /// ```
    #[derive(Eq)]
    #[serde(rename_all = "camelCase")]
    pub struct GenerateLyrics {
        /// Theme, mood or story of the lyrics, at most [`PROMPT`] characters.
        #[serde(default)]
        pub prompt: String,
        /// Address (URL) to which the service sends the callback at the end of the task. The `kie-suno` client fills in
        /// a missing address.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub call_back_url: Option<String>,
    }
}

/// Maximum number of characters of `prompt`. KIE's documentation page says that the limit is 200 characters, but calls
/// it a word limit. The page of the similar service sunoapi.org says 200 words.
pub const PROMPT: usize = 200;

impl GenerateLyrics {
    /// Creates a request for lyrics about this theme.
    pub fn new(prompt: impl Into<String>) -> Self {
        Self { prompt: prompt.into(), call_back_url: None }
    }
}

impl Endpoint for GenerateLyrics {
    const NAME: &'static str = "generate-lyrics";
    const DOCS: &'static str = "https://docs.kie.ai/suno-api/generate-lyrics";
    const METHOD: Method = Method::Post;
    const PATH: &'static str = "/api/v1/lyrics";
    const EFFECT: Effect = Effect::Creates;
    const PRICE: Option<Price> = Some(Price::listed(0.4));
    // Since August 2026, the schema on the documentation page does not require this field, but the text below the
    // schema still requires it. So the client always sends the field.
    const CALL_BACK: Option<CallbackField<Self>> =
        Some(CallbackField::new("callBackUrl", |request| &mut request.call_back_url));
    const MARKET: Option<&'static MarketForm> = Some(&MarketForm::submit("ai-music-api/generate-lyrics"));
    type Response = Started<Lyrics>;

    fn validate(&self) -> Result<(), Invalid> {
        let mut rules = Rules::new(Self::NAME);
        rules.required("prompt", &self.prompt);
        rules.at_most("prompt", Some(&self.prompt), PROMPT);
        rules.call_back_url("callBackUrl", self.call_back_url.as_deref());
        rules.finish()
    }

    limits! {
        "prompt": Characters PROMPT,
        and Limit::all(["prompt"], Bound::Required, []),
    }

    fn read(http_status: u16, body: &[u8]) -> Result<Self::Response, ReadError> {
        refused_as(envelope::open(http_status, body), |refusal| match refusal.code() {
            405 => Some(RefusalKind::RateLimited),
            429 if refusal.has_envelope() && !mentions_rate_limit(refusal.message()) => {
                Some(RefusalKind::InsufficientCredits)
            }
            _ => None,
        })
    }

    /// Reads the response on the market route, whose codes have their usual meanings.
    fn read_market(http_status: u16, body: &[u8]) -> Result<MarketAnswer<Self::Response>, ReadError> {
        envelope::open(http_status, body).map(MarketAnswer::Result)
    }
}

impl Examples for GenerateLyrics {
    fn examples() -> Vec<Self> {
        let minimal = || Self::new("Two lighthouses fall in love across a foggy bay");
        vec![minimal(), minimal().call_back_url("https://hooks.example.net/kie")]
    }
}

impl TaskEndpoint for GenerateLyrics {
    type Job = Lyrics;
}

/// If the service refused the request, replaces the kind of the refusal with the kind that the function `kind` returns.
/// If `kind` returns `None`, the refusal does not change.
fn refused_as<T>(opened: Result<T, ReadError>, kind: fn(&Refusal) -> Option<RefusalKind>) -> Result<T, ReadError> {
    opened.map_err(|error| match error {
        ReadError::Refused(refusal) => ReadError::Refused(match kind(&refusal) {
            Some(kind) => refusal.of_kind(kind),
            None => refusal,
        }),
        other => other,
    })
}

/// Returns `true` if the message is about the rate limit. On the documentation page of `generate-lyrics`, code 429 can
/// mean that the account has no credits, or that there were too many calls. Only the message shows which of the two is
/// meant.
fn mentions_rate_limit(message: &str) -> bool {
    let message = message.to_lowercase();
    ["rate limit", "too many", "frequen", "频率"].iter().any(|words| message.contains(words))
}

/// Job that writes lyrics.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Lyrics;

impl Job for Lyrics {
    const NAME: &'static str = "lyrics";
    type Lookup = GetLyricsDetails;
    type Record = LyricsRecord;
    type Callback = LyricsCallback;
    type Output = Vec<LyricsVariant>;

    fn lookup(id: TaskId<Self>) -> GetLyricsDetails {
        GetLyricsDetails::new(id)
    }

    fn of_market(record: &MarketRecord) -> LyricsRecord {
        let response = LyricsResponse { data: record.result().rows(), ..LyricsResponse::default() };
        let (failed, error_message) = match record.is_sensitive() {
            true => (LyricsStatus::SensitiveWordError, record.fail_msg.clone()),
            false => (LyricsStatus::GenerateLyricsFailed, record.error_message()),
        };
        LyricsRecord {
            task_id: record.task_id.as_deref().map(TaskId::from),
            response: Some(response).filter(|response| !response.data.is_empty()),
            status: Some(record.status(LyricsStatus::Pending, LyricsStatus::Success, failed)),
            error_code: record.error_code(),
            error_message,
            credits_consumed: record.credits_consumed,
            ..LyricsRecord::default()
        }
    }
}

lookup! {
    /// Looks up a task that writes lyrics.
    ///
    /// In the response to this lookup, code 400 means that the task failed. There are three possible reasons: the
    /// content filter refused the theme, the theme names an artist, or there are no lyrics for the theme.
    pub struct GetLyricsDetails of Lyrics => LyricsRecord {
        page: "get-lyrics-details", "https://docs.kie.ai/suno-api/get-lyrics-details",
        path: "/api/v1/lyrics/record-info",
        field: "taskId",
        example: "7b1d90e2a4c54f0f8e6ac0d3395b12fe",
    }

    fn read(http_status, body) {
        refused_as(envelope::open(http_status, body), |refusal| {
            (refusal.code() == 400 && refusal.has_envelope()).then_some(RefusalKind::TaskFailed)
        })
    }
}

answer! {
    /// Record of a lyrics task: the response to [`get-lyrics-details`](GetLyricsDetails), with the current state of the
    /// task. The record has no timestamps.
    pub struct LyricsRecord {
        /// Id of the task.
        pub task_id: Option<TaskId<Lyrics>> = "taskId" | "task_id",
        /// Request that started the task: a string that contains JSON.
        pub param: Option<JsonText> = "param",
        /// Variants of the lyrics. Missing until the lyrics are written.
        pub response: Option<LyricsResponse> = "response",
        /// Status of the task.
        pub status: Option<LyricsStatus> = "status",
        /// Kind of task: `LYRICS`.
        pub kind: Option<String> = "type",
        /// Failure code, as a number.
        pub error_code: Option<i64> = "errorCode" | "error_code",
        /// Failure reason, as text.
        pub error_message: Option<String> = "errorMessage" | "error_message",
        /// Credits that the task cost. Only records of the market route have this field.
        pub credits_consumed: Option<Credits> = "creditsConsumed" | "credits_consumed",
    }
}

answer! {
    /// Variants of the lyrics, as part of a lyrics record.
    pub struct LyricsResponse {
        /// Id of the task. The record itself has the same id.
        pub task_id: Option<TaskId<Lyrics>> = "taskId" | "task_id",
        /// Variants of the lyrics, two or three.
        pub data: Vec<LyricsVariant> = "data",
    }
}

answer! {
    /// One variant of the lyrics. Lookups spell the keys of a variant in camelCase, and callbacks spell them in
    /// snake_case.
    pub struct LyricsVariant {
        /// Lyrics, with section tags such as `[Verse]`.
        pub text: Option<String> = "text",
        /// Title of the lyrics.
        pub title: Option<String> = "title",
        /// Status of this variant of the lyrics.
        pub status: Option<LyricsVariantStatus> = "status",
        /// Failure reason of this variant, as text.
        pub error_message: Option<String> = "errorMessage" | "error_message",
    }
}

open_enum! {
    /// Status of one variant of the lyrics.
    pub enum LyricsVariantStatus {
        /// This variant of the lyrics is written.
        Complete = "complete",
        /// This variant of the lyrics could not be written.
        Failed = "failed",
    }
}

open_enum! {
    /// Status of a lyrics task.
    pub enum LyricsStatus {
        /// The task is in progress.
        Pending = "PENDING",
        /// The task is finished.
        Success = "SUCCESS",
        /// The task could not be created.
        CreateTaskFailed = "CREATE_TASK_FAILED",
        /// The lyrics could not be written.
        GenerateLyricsFailed = "GENERATE_LYRICS_FAILED",
        /// The service could not deliver the callback of the task. The lyrics may be available.
        CallbackException = "CALLBACK_EXCEPTION",
        /// The content filter refused the request.
        SensitiveWordError = "SENSITIVE_WORD_ERROR",
    }
}

impl LyricsRecord {
    /// Returns the variants of the lyrics. The list is empty if the record has none.
    pub fn variants(&self) -> &[LyricsVariant] {
        self.response.as_ref().map_or(&[], |response| &response.data)
    }
}

impl Record for LyricsRecord {
    type Output = Vec<LyricsVariant>;

    fn task_id(&self) -> Option<&str> {
        self.task_id.as_ref().map(TaskId::as_str)
    }

    fn state(&self) -> TaskState {
        match &self.status {
            Some(LyricsStatus::Success) => TaskState::Complete,
            Some(LyricsStatus::CallbackException) if is_written(self.variants()) => TaskState::Complete,
            Some(LyricsStatus::CallbackException) => TaskState::Undelivered,
            Some(
                status @ (LyricsStatus::CreateTaskFailed
                | LyricsStatus::GenerateLyricsFailed
                | LyricsStatus::SensitiveWordError),
            ) => TaskState::Failed(Failure::new(Some(status.as_str()), self.error_code, self.error_message.as_deref())),
            _ => TaskState::Running(None),
        }
    }

    fn output(&self) -> Option<Vec<LyricsVariant>> {
        self.response.as_ref().map(|response| response.data.clone())
    }

    fn credits_consumed(&self) -> Option<Credits> {
        self.credits_consumed
    }
}

fn is_written(variants: &[LyricsVariant]) -> bool {
    variants.iter().any(|variant| variant.text.is_some())
}

answer! {
    /// Payload of the callback about a lyrics task: the field `data` of the callback's body. There is one callback per
    /// task.
    pub struct LyricsCallback {
        /// Always `complete`, even if the task failed. The similar service sunoapi.org sends `error` if the task
        /// failed.
        pub callback_type: Option<String> = "callbackType" | "callback_type",
        /// Id of the task.
        pub task_id: Option<TaskId<Lyrics>> = "task_id" | "taskId",
        /// Variants of the lyrics. Empty if the task failed.
        pub variants: Vec<LyricsVariant> = "data",
    }
}

impl CallbackPayload for LyricsCallback {
    type Output = Vec<LyricsVariant>;

    fn task_id(&self) -> Option<&str> {
        self.task_id.as_ref().map(TaskId::as_str)
    }

    /// Returns the state of the task. The state depends on the code and on the lyrics. Of the words in `callbackType`,
    /// only `error` tells something: `complete` is sent for success and for failure.
    fn state(&self, code: i64, message: &str) -> TaskState {
        match code {
            200 | 0 if is_written(&self.variants) => TaskState::Complete,
            200 | 0 if self.callback_type.as_deref() != Some("error") => TaskState::Running(None),
            _ => TaskState::Failed(Failure::new(None, Some(code), Some(message))),
        }
    }

    fn output(&self) -> Option<Vec<LyricsVariant>> {
        (!self.variants.is_empty()).then(|| self.variants.clone())
    }
}

impl Output for Vec<LyricsVariant> {
    type Piece = LyricsVariant;

    fn pieces(&self) -> Vec<LyricsVariant> {
        self.clone()
    }

    /// Returns one item for each variant of the lyrics. The item has a text file with the lyrics, unless the variant
    /// has no text.
    fn items(&self) -> Vec<Item> {
        let item = |variant: &LyricsVariant| Item {
            title: variant.title.clone(),
            text: variant.text.clone(),
            error: variant.error_message.clone(),
            inline: variant.text.as_ref().map(|text| InlineFile::new("txt", text.as_bytes())),
            ..Item::default()
        };
        self.iter().map(item).collect()
    }
}
