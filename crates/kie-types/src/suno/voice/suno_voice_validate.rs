//! Types for making the phrases that the owner of a voice sings. They are documented on the pages
//! `suno-voice-validate`, `suno-voice-validate-info` and `suno-voice-validate-callback`.
//!
//! A phrase is a short text. The request for a phrase contains a sample of the voice. The singing proves that the voice
//! in the sample is the owner's voice.

use serde::{Deserialize, Serialize};

use crate::{
    decode::answer,
    market::{MarketForm, MarketRecord},
    operation::{
        CallbackField, CallbackPayload, Effect, Endpoint, Examples, Failure, InlineFile, Item, Job, Method, Output,
        Record, Started, TaskEndpoint, TaskState, request,
    },
    price::{Credits, Price},
    request::{Invalid, Rules, limits},
    suno::lookup::lookup,
    value::{PersonaId, Seconds, TaskId, open_enum},
};

request! {
    /// Requests a phrase to sing: the first of two steps to clone a singing voice. A phrase is a short text. The owner
    /// of the voice sings the phrase, to prove that the voice in the sample is the owner's voice. The second step is
    /// [`suno-voice-generate`](crate::SunoVoiceGenerate).
    ///
    /// The phrase is ready after 15 to 20 seconds. In practice, a phrase expired less than 3 minutes later. If the
    /// service cannot use the sample, for example a `.webm` file, the task fails after 15 to 20 seconds, or never ends.
    /// WAV and MP3 files that were uploaded to KIE's own upload service work.
    ///
    /// Documentation: <https://docs.kie.ai/suno-api/suno-voice-validate>
    ///
    /// In Rust, with a `client` of the crate `kie-suno`:
    ///
    /// ```
    /// # mod simulator { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/simulator.rs")); }
    /// # simulator::run(async |client| {
    /// use kie_suno::requests::{SunoVoiceValidate, VoiceLanguage};
    ///
    /// // `client.upload("sample.mp3")` uploads a local file and returns such a link.
    /// let sample = "https://cdn.example.net/voices/sample.mp3";
    /// // The voice is heard from second 4 to second 19.
    /// let request = SunoVoiceValidate::new(sample, 4, 19).language(VoiceLanguage::German);
    /// let task = client.start(request).await?;
    /// let phrase = task.wait().await?;
    /// println!("please sing: {}", phrase.text);
    /// # Ok(())
    /// # });
    /// ```
    #[serde(rename_all = "camelCase")]
    pub struct SunoVoiceValidate {
        /// Address (URL) of the sample of the voice. The service must be able to fetch the sample.
        #[serde(default)]
        pub voice_url: String,
        /// Time at which the voice starts in the sample, in whole seconds. Required.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[no_setter]
        pub vocal_start_s: Option<Seconds>,
        /// Time at which the voice ends in the sample, in whole seconds. This time is later than `vocal_start_s`.
        /// Required.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[no_setter]
        pub vocal_end_s: Option<Seconds>,
        /// Language of the phrase.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub language: Option<VoiceLanguage>,
        /// Address (URL) to which the service sends the callback with the phrase. The service does not require this
        /// field.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub call_back_url: Option<String>,
    }
}

open_enum! {
    /// Language of a phrase.
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
    /// Creates a request for a phrase, for the voice in the sample at `voice_url`. The voice starts at `vocal_start_s`
    /// and ends at `vocal_end_s`, both in seconds.
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

impl Endpoint for SunoVoiceValidate {
    const NAME: &'static str = "suno-voice-validate";
    const DOCS: &'static str = "https://docs.kie.ai/suno-api/suno-voice-validate";
    const METHOD: Method = Method::Post;
    const PATH: &'static str = "/api/v1/voice/validate";
    const EFFECT: Effect = Effect::Creates;
    const PRICE: Option<Price> = Some(Price::listed(0.0));
    const CALL_BACK: Option<CallbackField<Self>> =
        Some(CallbackField::optional("callBackUrl", |request| &mut request.call_back_url));
    const MARKET: Option<&'static MarketForm> = Some(&MarketForm::submit("ai-music-api/validation-phrase"));
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
        rules.call_back_url("callBackUrl", self.call_back_url.as_deref());
        rules.finish()
    }

    limits! {
        and Limit::all(["voiceUrl", "vocalStartS", "vocalEndS"], Bound::Required, []),
        and Limit::all(["voiceUrl"], Bound::Address, []),
        and Limit::all(["vocalStartS", "vocalEndS"], Bound::Step(1.0), []),
        // The voice must end after it starts. Start and end are whole seconds, so the end is at least 1 second after
        // the start.
        and [Limit::new("vocalEndS", Bound::AtLeast(1.0)).counted_from("vocalStartS")],
        and [Limit::new("language", Bound::OneOf(VoiceLanguage::WORDS.to_vec()))],
    }
}

impl Examples for SunoVoiceValidate {
    fn examples() -> Vec<Self> {
        let minimal = || Self::new("https://cdn.example.net/voices/sample.mp3", 4, 19);
        vec![minimal(), minimal().language(VoiceLanguage::German).call_back_url("https://hooks.example.net/kie")]
    }
}

impl TaskEndpoint for SunoVoiceValidate {
    type Job = VoiceValidation;
}

/// Validation job: makes a phrase, a short text. The owner of the voice sings the phrase to prove that the voice is
/// theirs.
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

    fn of_market(record: &MarketRecord) -> VoiceValidationRecord {
        let result = record.result();
        let phrase: Option<PhraseText> = result.object(&["verify_phrase_text", "validateInfo", "validate_info"]);
        let voice: Option<VoiceIds> = result.object(&["voiceId", "voice_id", "personaId", "persona_id"]);
        let voice_id = voice.and_then(|voice| voice.persona_id.or(voice.voice_id));
        let done = match voice_id {
            Some(_) => VoiceValidationStatus::Success,
            None => VoiceValidationStatus::WaitValidating,
        };
        let failed = VoiceValidationStatus::ProcessingValidateFail;
        VoiceValidationRecord {
            task_id: record.task_id.as_deref().map(TaskId::from),
            validate_info: phrase.and_then(|phrase| phrase.text),
            voice_id,
            status: Some(record.status(VoiceValidationStatus::ProcessingValidate, done, failed)),
            error_code: record.error_code(),
            error_message: record.error_message(),
            credits_consumed: record.credits_consumed,
            ..VoiceValidationRecord::default()
        }
    }
}

lookup! {
    /// Looks up a validation task, which makes a phrase to sing. A phrase is a short text.
    pub struct SunoVoiceValidateInfo of VoiceValidation => VoiceValidationRecord {
        page: "suno-voice-validate-info", "https://docs.kie.ai/suno-api/suno-voice-validate-info",
        path: "/api/v1/voice/validate-info",
        field: "taskId",
        example: "d3f70a1c55b84c7e9b1a2f6609e4cd18",
    }
}

answer! {
    /// Record of a validation task: the response to [`suno-voice-validate-info`](SunoVoiceValidateInfo), with the
    /// current state of the task. The record has no timestamps.
    ///
    /// Store the phrase when you receive it: the response to a later lookup may not have the phrase.
    pub struct VoiceValidationRecord {
        /// Id of the task.
        pub task_id: Option<TaskId<VoiceValidation>> = "taskId" | "task_id",
        /// Text of the phrase. Missing until the phrase is ready.
        pub validate_info: Option<String> = "validateInfo" | "validate_info",
        /// Id of the cloned voice that the service made with the phrase. Only records of the market route have this
        /// field.
        pub voice_id: Option<PersonaId> = "voiceId" | "voice_id",
        /// Status of the task.
        pub status: Option<VoiceValidationStatus> = "status",
        /// Failure code, as a number. 0 means that there is no failure code.
        pub error_code: Option<i64> = "errorCode" | "error_code",
        /// Failure reason, as text.
        pub error_message: Option<String> = "errorMessage" | "error_message",
        /// Credits that the task cost. Only records of the market route have this field.
        pub credits_consumed: Option<Credits> = "creditsConsumed" | "credits_consumed",
    }
}

answer! {
    /// Ids of the cloned voice in a result of the market route.
    pub(super) struct VoiceIds {
        pub(super) voice_id: Option<PersonaId> = "voiceId" | "voice_id",
        pub(super) persona_id: Option<PersonaId> = "personaId" | "persona_id",
    }
}

answer! {
    /// Phrase in the result of a validation task of the market route.
    struct PhraseText {
        text: Option<String> = "verify_phrase_text" | "validateInfo" | "validate_info",
    }
}

open_enum! {
    /// Status of a validation task.
    pub enum VoiceValidationStatus {
        /// The task is queued.
        WaitProcessing = "wait_processing",
        /// The service is making the phrase.
        ProcessingValidate = "processing_validate",
        /// The phrase could not be made, or has expired.
        ProcessingValidateFail = "processing_validate_fail",
        /// The phrase is ready to be sung.
        WaitValidating = "wait_validating",
        /// The service made a cloned voice with the phrase.
        Success = "success",
        /// The task failed.
        Fail = "fail",
    }
}

/// Returns the state of a validation task. `phrase` is `true` if the task has a phrase, the text to sing. A task with
/// the status `wait_validating`, but without a phrase, is still running: a later response may contain the phrase.
fn state(status: Option<&VoiceValidationStatus>, phrase: bool, code: Option<i64>, message: Option<&str>) -> TaskState {
    match status {
        Some(VoiceValidationStatus::WaitValidating) if phrase => TaskState::Complete,
        Some(VoiceValidationStatus::Success) => TaskState::Complete,
        Some(status @ (VoiceValidationStatus::ProcessingValidateFail | VoiceValidationStatus::Fail)) => {
            TaskState::Failed(Failure::new(Some(status.as_str()), code, message))
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

    fn credits_consumed(&self) -> Option<Credits> {
        self.credits_consumed
    }
}

answer! {
    /// Payload of the callback about a validation task: the field `data` of the callback's body. There is one callback
    /// per task.
    pub struct VoiceValidationCallback {
        /// Id of the task.
        pub task_id: Option<TaskId<VoiceValidation>> = "taskId" | "task_id",
        /// Text of the phrase. Null or empty if the task failed.
        pub validate_info: Option<String> = "validateInfo" | "validate_info",
        /// Status of the task.
        pub status: Option<VoiceValidationStatus> = "status",
        /// Failure code, as a number. 0 means that there is no failure code.
        pub error_code: Option<i64> = "errorCode" | "error_code",
        /// Failure reason, as text.
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
        let code = if code == 0 && !phrase { self.error_code.unwrap_or_default() } else { code };
        if !matches!(code, 200 | 0) {
            let status = self.status.as_ref().map(VoiceValidationStatus::as_str);
            return TaskState::Failed(Failure::new(status, Some(code), message));
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

/// Phrase: a short text that the owner of a voice sings word for word.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Phrase {
    /// Text of the phrase.
    pub text: String,
}

impl Phrase {
    /// Creates a phrase with this text.
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
