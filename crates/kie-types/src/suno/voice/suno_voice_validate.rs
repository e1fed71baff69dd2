//! `suno-voice-validate`, `suno-voice-validate-info`, `suno-voice-validate-callback`: the phrase to sing.

use serde::{Deserialize, Serialize};

use super::failure::failure;
use crate::{
    decode::answer,
    operation::{
        CallBackField, CallbackPayload, Effect, Endpoint, Examples, InlineFile, Item, Job, Method, Output, Record,
        Started, TaskEndpoint, TaskState,
    },
    request::{Invalid, Rules, limits, setters},
    suno::lookup::lookup,
    value::{Seconds, TaskId, open_enum},
};

/// Asks for a phrase that proves whose voice a sample holds: the first step to a voice of one's own.
///
/// The phrase is there after 15 to 20 seconds, and was seen to die less than 3 minutes later. A sample that the service
/// cannot use, such as a `.webm`, fails only then or never goes on; WAV and MP3 from the service's own upload host work.
///
/// Documentation: <https://docs.kie.ai/suno-api/suno-voice-validate>
#[derive(Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(
    feature = "schemars",
    derive(schemars::JsonSchema),
    schemars(transform = crate::operation::schema::request::<Self>)
)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct SunoVoiceValidate {
    /// The sample, at an address that the service can reach.
    #[serde(default)]
    pub voice_url: String,
    /// Where in the sample the voice begins, in whole seconds. Needed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub vocal_start_s: Option<Seconds>,
    /// Where in the sample the voice ends, in whole seconds, later than `vocal_start_s`. Needed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub vocal_end_s: Option<Seconds>,
    /// The language of the phrase.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub language: Option<VoiceLanguage>,
    /// Where the service reports the phrase. The service does not insist on it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub call_back_url: Option<String>,
}

open_enum! {
    /// The language of a phrase.
    pub enum VoiceLanguage {
        /// English.
        English = "en",
        /// Chinese.
        Chinese = "zh",
        /// Spanish.
        Spanish = "es",
        /// French.
        French = "fr",
        /// Portuguese.
        Portuguese = "pt",
        /// German.
        German = "de",
        /// Japanese.
        Japanese = "ja",
        /// Korean.
        Korean = "ko",
        /// Hindi.
        Hindi = "hi",
        /// Russian.
        Russian = "ru",
    }
}

impl SunoVoiceValidate {
    /// A phrase for the voice that this sample holds between these seconds.
    pub fn new(voice_url: impl Into<String>, vocal_start_s: u32, vocal_end_s: u32) -> Self {
        Self {
            voice_url: voice_url.into(),
            vocal_start_s: Some(vocal_start_s.into()),
            vocal_end_s: Some(vocal_end_s.into()),
            language: None,
            call_back_url: None,
        }
    }
}

setters! {
    SunoVoiceValidate {
        language: VoiceLanguage,
        call_back_url: String,
    }
}

impl Endpoint for SunoVoiceValidate {
    const NAME: &'static str = "suno-voice-validate";
    const DOCS: &'static str = "https://docs.kie.ai/suno-api/suno-voice-validate";
    const METHOD: Method = Method::Post;
    const PATH: &'static str = "/api/v1/voice/validate";
    const EFFECT: Effect = Effect::Creates;
    const CALL_BACK: Option<CallBackField<Self>> =
        Some(CallBackField::new("callBackUrl", |request| &mut request.call_back_url));
    type Response = Started<VoiceValidation>;

    fn validate(&self) -> Result<(), Invalid> {
        let mut rules = Rules::new(Self::NAME);
        rules.required("voiceUrl", &self.voice_url);
        if !self.voice_url.trim().is_empty() {
            rules.address("voiceUrl", Some(&self.voice_url));
        }
        let (start, end) = (self.vocal_start_s.map(Seconds::get), self.vocal_end_s.map(Seconds::get));
        for (field, second) in [("vocalStartS", start), ("vocalEndS", end)] {
            rules.required_number(field, second);
            rules.step(field, second, 1.0);
        }
        rules.more_than("vocalEndS", end, "vocalStartS", start);
        if let Some(language) = &self.language {
            rules.accepted("language", language.as_str(), VoiceLanguage::ALL.iter().map(VoiceLanguage::as_str));
        }
        rules.address("callBackUrl", self.call_back_url.as_deref());
        rules.finish()
    }

    limits! {
        and ["vocalStartS", "vocalEndS"].map(|field| Limit::new(field, Bound::Step(1.0))),
        // Whole seconds of which one is more than the other.
        and [Limit::new("vocalEndS", Bound::AtLeast(1.0)).counted_from("vocalStartS")],
        and [Limit::new("language", Bound::OneOf(VoiceLanguage::WORDS.to_vec()))],
    }
}

impl Examples for SunoVoiceValidate {
    fn examples() -> Vec<Self> {
        let of = || Self::new("https://cdn.example.net/voices/sample.mp3", 4, 19);
        vec![of(), of().language(VoiceLanguage::German).call_back_url("https://hooks.example.net/kie")]
    }
}

impl TaskEndpoint for SunoVoiceValidate {
    type Job = VoiceValidation;
}

/// Making the phrase that proves whose voice a sample holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct VoiceValidation;

impl Job for VoiceValidation {
    const NAME: &'static str = "voice-validation";
    type Lookup = SunoVoiceValidateInfo;
    type Record = VoiceValidationRecord;
    type Callback = VoiceValidationCallback;
    type Output = Phrase;

    fn lookup(id: TaskId<Self>) -> SunoVoiceValidateInfo {
        SunoVoiceValidateInfo::new(id)
    }
}

lookup! {
    /// Looks up a task that makes a phrase.
    pub struct SunoVoiceValidateInfo of VoiceValidation => VoiceValidationRecord {
        page: "suno-voice-validate-info", "https://docs.kie.ai/suno-api/suno-voice-validate-info",
        path: "/api/v1/voice/validate-info",
        field: "taskId",
        example: "d3f70a1c55b84c7e9b1a2f6609e4cd18",
    }
}

answer! {
    /// What the service says of a phrase task right now. It has no times.
    ///
    /// Keep the phrase when it is there: a later look may not show it again.
    pub struct VoiceValidationRecord {
        /// The task.
        pub task_id: Option<TaskId<VoiceValidation>> = "taskId" | "task_id",
        /// The phrase, once it is there.
        pub validate_info: Option<String> = "validateInfo" | "validate_info",
        /// How the task stands.
        pub status: Option<VoiceValidationStatus> = "status",
        /// Why it failed, by number; 0 stands for none.
        pub error_code: Option<i64> = "errorCode" | "error_code",
        /// Why it failed, in words.
        pub error_message: Option<String> = "errorMessage" | "error_message",
    }
}

open_enum! {
    /// The status of a phrase task.
    pub enum VoiceValidationStatus {
        /// Queued.
        WaitProcessing = "wait_processing",
        /// The phrase is being made.
        ProcessingValidate = "processing_validate",
        /// The phrase could not be made, or its time is over.
        ProcessingValidateFail = "processing_validate_fail",
        /// The phrase is there, and waits to be sung.
        WaitValidating = "wait_validating",
        /// A voice was made with the phrase.
        Success = "success",
        /// The task failed.
        Fail = "fail",
    }
}

/// The state that a status stands for. Waiting to be sung without a phrase is no end: it may still come.
fn state(status: Option<&VoiceValidationStatus>, phrase: bool, code: Option<i64>, message: Option<&str>) -> TaskState {
    match status {
        Some(VoiceValidationStatus::WaitValidating) if phrase => TaskState::Complete,
        Some(VoiceValidationStatus::Success) => TaskState::Complete,
        Some(status @ (VoiceValidationStatus::ProcessingValidateFail | VoiceValidationStatus::Fail)) => {
            TaskState::Failed(failure(Some(status.as_str()), code, message))
        }
        _ => TaskState::Running(None),
    }
}

impl Record for VoiceValidationRecord {
    type Output = Phrase;

    fn task_id(&self) -> Option<&str> {
        self.task_id.as_ref().map(TaskId::as_str)
    }

    fn state(&self) -> TaskState {
        state(self.status.as_ref(), self.validate_info.is_some(), self.error_code, self.error_message.as_deref())
    }

    fn output(&self) -> Option<Phrase> {
        self.validate_info.clone().map(Phrase::new)
    }
}

answer! {
    /// What the service pushes about a phrase task: the `data` of its one callback.
    pub struct VoiceValidationCallback {
        /// The task.
        pub task_id: Option<TaskId<VoiceValidation>> = "taskId" | "task_id",
        /// The phrase; null or empty on failure.
        pub validate_info: Option<String> = "validateInfo" | "validate_info",
        /// How the task stands.
        pub status: Option<VoiceValidationStatus> = "status",
        /// Why it failed, by number; 0 stands for none.
        pub error_code: Option<i64> = "errorCode" | "error_code",
        /// Why it failed, in words.
        pub error_message: Option<String> = "errorMessage" | "error_message",
    }
}

impl CallbackPayload for VoiceValidationCallback {
    type Output = Phrase;

    fn task_id(&self) -> Option<&str> {
        self.task_id.as_ref().map(TaskId::as_str)
    }

    fn state(&self, code: i64, message: &str) -> TaskState {
        let phrase = self.validate_info.is_some();
        let message = self.error_message.as_deref().or(Some(message));
        // A callback whose code is missing or 0 is not a failure when it brings what the task was for.
        if code != 200 && !(code == 0 && phrase) {
            let status = self.status.as_ref().map(VoiceValidationStatus::as_str);
            return TaskState::Failed(failure(status, Some(code), message));
        }
        match &self.status {
            None if phrase => TaskState::Complete,
            status => state(status.as_ref(), phrase, self.error_code, message),
        }
    }

    fn output(&self) -> Option<Phrase> {
        self.validate_info.clone().map(Phrase::new)
    }
}

/// The phrase that is to be sung, word for word.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Phrase {
    /// Its words.
    pub text: String,
}

impl Phrase {
    /// A phrase of these words.
    pub fn new(text: impl Into<String>) -> Self {
        Self { text: text.into() }
    }
}

impl Output for Phrase {
    type Piece = Self;

    fn pieces(&self) -> Vec<Self> {
        vec![self.clone()]
    }

    fn items(&self) -> Vec<Item> {
        let inline = Some(InlineFile::new("txt", self.text.as_str()));
        vec![Item { text: Some(self.text.clone()), inline, ..Item::default() }]
    }
}
