//! Lyrics Generation: `generate-lyrics`, `get-lyrics-details`, `generate-lyrics-callbacks`.

use serde::{Deserialize, Serialize};

use super::lookup::lookup;
use crate::{
    answer::{
        Refusal, RefusalKind,
        envelope::{self, ReadError},
    },
    decode::answer,
    operation::{
        CallBackField, CallbackPayload, Effect, Endpoint, Examples, Failure, InlineFile, Item, Job, Method, Output,
        Record, Started, TaskEndpoint, TaskState,
    },
    request::{Invalid, Rules, limits, setters},
    value::{JsonText, TaskId, open_enum},
};

/// Writes lyrics to a theme: two or three variants, with section tags such as `[Verse]`, and no music.
///
/// The page has a numbering of its own: 405 and 430 are too many calls, 413 is a theme that is too long, and 429 is
/// an account without credits, unless its text speaks of the rate.
///
/// Documentation: <https://docs.kie.ai/suno-api/generate-lyrics>
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(
    feature = "schemars",
    derive(schemars::JsonSchema),
    schemars(transform = crate::operation::schema::request::<Self>)
)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct GenerateLyrics {
    /// The theme, mood or story, at most [`PROMPT`] characters.
    #[serde(default)]
    pub prompt: String,
    /// Where the service reports the end. The client fills it in if it is missing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub call_back_url: Option<String>,
}

/// The most characters of `prompt`. The page calls it a word limit of 200 characters; the sister service says 200 words.
pub const PROMPT: usize = 200;

impl GenerateLyrics {
    /// Lyrics to this theme.
    pub fn new(prompt: impl Into<String>) -> Self {
        Self { prompt: prompt.into(), call_back_url: None }
    }
}

setters! {
    GenerateLyrics {
        call_back_url: String,
    }
}

impl Endpoint for GenerateLyrics {
    const NAME: &'static str = "generate-lyrics";
    const DOCS: &'static str = "https://docs.kie.ai/suno-api/generate-lyrics";
    const METHOD: Method = Method::Post;
    const PATH: &'static str = "/api/v1/lyrics";
    const EFFECT: Effect = Effect::Creates;
    // The schema of August 2026 no longer requires it, and the text below it still does: so it is always sent.
    const CALL_BACK: Option<CallBackField<Self>> =
        Some(CallBackField::new("callBackUrl", |request| &mut request.call_back_url));
    type Response = Started<Lyrics>;

    fn validate(&self) -> Result<(), Invalid> {
        let mut rules = Rules::new(Self::NAME);
        rules.required("prompt", &self.prompt);
        rules.at_most("prompt", Some(&self.prompt), PROMPT);
        rules.address("callBackUrl", self.call_back_url.as_deref());
        rules.finish()
    }

    limits! {
        "prompt": Characters PROMPT,
    }

    fn read(http_status: u16, body: &[u8]) -> Result<Self::Response, ReadError> {
        refused_as(envelope::open(http_status, body), |refusal| match refusal.code() {
            405 => Some(RefusalKind::RateLimited),
            429 if refusal.has_envelope() && !speaks_of_rate(refusal.message()) => {
                Some(RefusalKind::InsufficientCredits)
            }
            _ => None,
        })
    }
}

impl Examples for GenerateLyrics {
    fn examples() -> Vec<Self> {
        let of = || Self::new("Two lighthouses fall in love across a foggy bay");
        vec![of(), of().call_back_url("https://hooks.example.net/kie")]
    }
}

impl TaskEndpoint for GenerateLyrics {
    type Job = Lyrics;
}

/// The same answer, with the kind of its refusal where the page has its own.
fn refused_as<T>(opened: Result<T, ReadError>, kind: fn(&Refusal) -> Option<RefusalKind>) -> Result<T, ReadError> {
    opened.map_err(|error| match error {
        ReadError::Refused(refusal) => ReadError::Refused(match kind(&refusal) {
            Some(kind) => refusal.of_kind(kind),
            None => refusal,
        }),
        other => other,
    })
}

/// One page lists 429 twice: without credits, and over the rate. Only the text tells the second.
fn speaks_of_rate(message: &str) -> bool {
    let message = message.to_lowercase();
    ["rate limit", "too many", "frequen", "频率"].iter().any(|words| message.contains(words))
}

/// Writing lyrics.
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
}

lookup! {
    /// Looks up a task that writes lyrics.
    ///
    /// On this page code 400 is the end of the task: moderation, an artist's name in the theme, or no lyrics to it.
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
    /// What the service says of a lyrics task right now. It tells no times.
    pub struct LyricsRecord {
        /// The task.
        pub task_id: Option<TaskId<Lyrics>> = "taskId" | "task_id",
        /// The request, as JSON in a text.
        pub param: Option<JsonText> = "param",
        /// The variants, once they are written.
        pub response: Option<LyricsResponse> = "response",
        /// How the task stands.
        pub status: Option<LyricsStatus> = "status",
        /// The kind of task: `LYRICS`.
        pub kind: Option<String> = "type",
        /// Why it failed, by number.
        pub error_code: Option<i64> = "errorCode" | "error_code",
        /// Why it failed, in words.
        pub error_message: Option<String> = "errorMessage" | "error_message",
    }
}

answer! {
    /// The variants of a lyrics record.
    pub struct LyricsResponse {
        /// The task, once more.
        pub task_id: Option<TaskId<Lyrics>> = "taskId" | "task_id",
        /// The variants, two or three.
        pub data: Vec<LyricsVariant> = "data",
    }
}

answer! {
    /// One variant of the lyrics. Records spell its keys in camelCase and callbacks in snake_case.
    pub struct LyricsVariant {
        /// The lyrics, with section tags such as `[Verse]`.
        pub text: Option<String> = "text",
        /// The title.
        pub title: Option<String> = "title",
        /// Whether this variant came about.
        pub status: Option<LyricsVariantStatus> = "status",
        /// Why it did not, in words.
        pub error_message: Option<String> = "errorMessage" | "error_message",
    }
}

open_enum! {
    /// Whether one variant of the lyrics came about.
    pub enum LyricsVariantStatus {
        /// It is written.
        Complete = "complete",
        /// It is not.
        Failed = "failed",
    }
}

open_enum! {
    /// The status of a lyrics task.
    pub enum LyricsStatus {
        /// Under way.
        Pending = "PENDING",
        /// Finished.
        Success = "SUCCESS",
        /// The task could not be made.
        CreateTaskFailed = "CREATE_TASK_FAILED",
        /// The lyrics could not be written.
        GenerateLyricsFailed = "GENERATE_LYRICS_FAILED",
        /// The service could not deliver its callback. The lyrics may be there.
        CallbackException = "CALLBACK_EXCEPTION",
        /// The content filter refused.
        SensitiveWordError = "SENSITIVE_WORD_ERROR",
    }
}

impl LyricsRecord {
    /// The variants there are.
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
}

fn is_written(variants: &[LyricsVariant]) -> bool {
    variants.iter().any(|variant| variant.text.is_some())
}

answer! {
    /// What the service pushes about a lyrics task: the `data` of its one callback.
    pub struct LyricsCallback {
        /// Always `complete`, also on failure; the sister service says `error` then.
        pub callback_type: Option<String> = "callbackType" | "callback_type",
        /// The task.
        pub task_id: Option<TaskId<Lyrics>> = "task_id" | "taskId",
        /// The variants; missing on failure.
        pub variants: Vec<LyricsVariant> = "data",
    }
}

impl CallbackPayload for LyricsCallback {
    type Output = Vec<LyricsVariant>;

    fn task_id(&self) -> Option<&str> {
        self.task_id.as_ref().map(TaskId::as_str)
    }

    /// The word in `callbackType` is the same for both ends, so the code decides.
    fn state(&self, code: i64, message: &str) -> TaskState {
        match code {
            // A callback whose code is missing is not a failure when it brings what the task was for.
            200 | 0 if is_written(&self.variants) => TaskState::Complete,
            200 => TaskState::Running(None),
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

    /// Each variant, with a text file of its words.
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
