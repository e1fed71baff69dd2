//! Types for making cloned voices. They are documented on the pages `suno-voice-generate`, `suno-voice-record-info` and
//! `suno-voice-generate-callback`.
//!
//! The service makes the voice from a recording of a phrase. A phrase is a short text that the owner of the voice
//! sings.

use serde::{Deserialize, Serialize};

use super::suno_voice_validate::{VoiceIds, VoiceValidation};
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
    value::{PersonaId, TaskId, open_enum},
};

request! {
    /// Makes a cloned voice from a recording of a phrase: the second of two steps to clone a singing voice. A phrase is
    /// a short text that the owner of the voice sings. The first step, [`suno-voice-validate`](crate::SunoVoiceValidate),
    /// makes the phrase.
    ///
    /// You can send one request for each phrase: the service refuses a second request for the same phrase with code
    /// 422. The service accepts the request before it checks the recording. To see if the recording was accepted, look
    /// up the task after 20 to 40 seconds.
    ///
    /// Documentation: <https://docs.kie.ai/suno-api/suno-voice-generate>
    ///
    /// In Rust, with a `client` of the crate `kie-suno`:
    ///
    /// ```
    /// # mod simulator { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/simulator.rs")); }
    /// # simulator::run(async |client| {
    /// use kie_suno::requests::SunoVoiceGenerate;
    ///
    /// // The id of the task that made the phrase, and a link to the recording of the phrase.
    /// let phrase = "d3f70a1c55b84c7e9b1a2f6609e4cd18";
    /// let recording = "https://cdn.example.net/voices/phrase.mp3";
    /// let request = SunoVoiceGenerate::new(phrase, recording).voice_name("Marta alto");
    /// let task = client.start(request).await?;
    /// let voice = task.wait().await?;
    /// println!("{}", voice.voice_id); // for `persona_id`, with `PersonaModel::Voice`
    /// # Ok(())
    /// # });
    /// ```
    #[derive(Eq)]
    #[serde(rename_all = "camelCase")]
    pub struct SunoVoiceGenerate {
        /// Id of the validation task, which made the phrase.
        #[serde(default)]
        pub task_id: TaskId<VoiceValidation>,
        /// Address (URL) of the recording of the phrase. The service must be able to fetch the recording. In the
        /// recording, the phrase must be sung, not spoken.
        #[serde(default)]
        pub verify_url: String,
        /// Name of the cloned voice.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub voice_name: Option<String>,
        /// Description of the cloned voice.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub description: Option<String>,
        /// Style in which the cloned voice sings.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub style: Option<String>,
        /// Skill of the singer. If this field is missing, the service uses `beginner`.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub singer_skill_level: Option<SingerSkillLevel>,
        /// Address (URL) to which the service sends the callback at the end of the task. The service does not require
        /// this field.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub call_back_url: Option<String>,
    }
}

open_enum! {
    /// Skill of a singer.
    pub enum SingerSkillLevel {
        /// A beginner.
        Beginner = "beginner",
        /// A person who has sung before.
        Intermediate = "intermediate",
        /// A person who sings well.
        Advanced = "advanced",
        /// A person whose profession is singing.
        Professional = "professional",
    }
}

impl SunoVoiceGenerate {
    /// Creates a request for a cloned voice. `task_id` is the id of the validation task, which made the phrase.
    /// `verify_url` is the URL of the recording of the phrase.
    pub fn new(task_id: impl Into<TaskId<VoiceValidation>>, verify_url: impl Into<String>) -> Self {
        Self {
            task_id: task_id.into(),
            verify_url: verify_url.into(),
            voice_name: None,
            description: None,
            style: None,
            singer_skill_level: None,
            call_back_url: None,
        }
    }
}

impl Endpoint for SunoVoiceGenerate {
    const NAME: &'static str = "suno-voice-generate";
    const DOCS: &'static str = "https://docs.kie.ai/suno-api/suno-voice-generate";
    const METHOD: Method = Method::Post;
    const PATH: &'static str = "/api/v1/voice/generate";
    const EFFECT: Effect = Effect::Creates;
    const PRICE: Option<Price> = Some(Price::listed(0.0));
    const CALL_BACK: Option<CallbackField<Self>> =
        Some(CallbackField::optional("callBackUrl", |request| &mut request.call_back_url));
    const MARKET: Option<&'static MarketForm> = Some(&MarketForm::submit("ai-music-api/create-voice"));
    type Response = Started<Voice>;

    fn validate(&self) -> Result<(), Invalid> {
        let mut rules = Rules::new(Self::NAME);
        rules.required("taskId", self.task_id.as_str());
        rules.required("verifyUrl", &self.verify_url);
        if !self.verify_url.trim().is_empty() {
            rules.address("verifyUrl", Some(&self.verify_url));
        }
        if let Some(level) = &self.singer_skill_level {
            let accepted = SingerSkillLevel::ALL.iter().map(SingerSkillLevel::as_str);
            rules.accepted("singerSkillLevel", level.as_str(), accepted);
        }
        rules.call_back_url("callBackUrl", self.call_back_url.as_deref());
        rules.finish()
    }

    limits! {
        and Limit::all(["taskId", "verifyUrl"], Bound::Required, []),
        and Limit::all(["verifyUrl"], Bound::Address, []),
        and [Limit::new("singerSkillLevel", Bound::OneOf(SingerSkillLevel::WORDS.to_vec()))],
    }
}

impl Examples for SunoVoiceGenerate {
    fn examples() -> Vec<Self> {
        let minimal = || Self::new("d3f70a1c55b84c7e9b1a2f6609e4cd18", "https://cdn.example.net/voices/phrase.mp3");
        vec![
            minimal(),
            minimal()
                .voice_name("Marta alto")
                .description("warm, close to the microphone")
                .style("chamber pop")
                .singer_skill_level(SingerSkillLevel::Intermediate)
                .call_back_url("https://hooks.example.net/kie"),
        ]
    }
}

impl TaskEndpoint for SunoVoiceGenerate {
    type Job = Voice;
}

/// Job that makes a cloned voice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Voice;

impl Job for Voice {
    const NAME: &'static str = "voice";
    type Lookup = SunoVoiceRecordInfo;
    type Record = VoiceRecord;
    type Callback = VoiceCallback;
    type Output = ClonedVoice;

    fn lookup(id: TaskId<Self>) -> SunoVoiceRecordInfo {
        SunoVoiceRecordInfo::new(id)
    }

    fn of_market(record: &MarketRecord) -> VoiceRecord {
        let result = record.result();
        // The list of addresses can hold an id in place of an address: the id of a task, or of the voice.
        let id = result.ids().first().copied();
        let is_task = |id: &&str| id.len() == 32 && id.bytes().all(|byte| byte.is_ascii_hexdigit());
        let found: Option<VoiceIds> = result.object(&["voiceId", "voice_id", "personaId", "persona_id"]);
        let voice_id = found.and_then(|found| found.persona_id.or(found.voice_id));
        VoiceRecord {
            task_id: record.task_id.as_deref().map(TaskId::from),
            voice_id: voice_id.or_else(|| id.filter(|id| !is_task(id)).map(PersonaId::new)),
            validation_task_id: id.filter(is_task).map(TaskId::from),
            status: Some(record.status(VoiceStatus::GeneratingVoice, VoiceStatus::Success, VoiceStatus::Fail)),
            error_code: record.error_code(),
            error_message: record.error_message(),
            credits_consumed: record.credits_consumed,
            ..VoiceRecord::default()
        }
    }
}

lookup! {
    /// Looks up a task that makes a cloned voice.
    ///
    /// In the documentation, this lookup uses the id of the voice task, which the service returned for
    /// [`suno-voice-generate`](SunoVoiceGenerate). Two existing clients use the id of the validation task instead, and they also get
    /// responses. If the service does not know one of these two ids, try the other id.
    pub struct SunoVoiceRecordInfo of Voice => VoiceRecord {
        page: "suno-voice-record-info", "https://docs.kie.ai/suno-api/suno-voice-record-info",
        path: "/api/v1/voice/record-info",
        field: "taskId",
        example: "5b0e7a94c2d14f3d8a6f31c7e9d2b406",
    }
}

answer! {
    /// Record of a voice task: the response to [`suno-voice-record-info`](SunoVoiceRecordInfo), with the current state
    /// of the task. The record has no timestamps.
    pub struct VoiceRecord {
        /// Id of the task.
        pub task_id: Option<TaskId<Voice>> = "taskId" | "task_id",
        /// Id of the cloned voice. In practice, the service never sent this id for some tasks, and accepted the id of
        /// such a task as `personaId`.
        ///
        /// In Rust, [`ClonedVoice::voice_id`] is then that id.
        pub voice_id: Option<PersonaId> = "voiceId" | "voice_id",
        /// Id of a task that the result has in place of an address. Only records of the market route have this field.
        /// According to one client, it is the id of the validation task, and a later record of that task has the id of the
        /// voice.
        ///
        /// In Rust, a wait for the voice does not look that task up.
        pub validation_task_id: Option<TaskId<VoiceValidation>> = "validationTaskId",
        /// Status of the task.
        pub status: Option<VoiceStatus> = "status",
        /// Failure code, as a number. 0 means that there is no failure code.
        pub error_code: Option<i64> = "errorCode" | "error_code",
        /// Failure reason, as text.
        pub error_message: Option<String> = "errorMessage" | "error_message",
        /// Credits that the task cost. Only records of the market route have this field.
        pub credits_consumed: Option<Credits> = "creditsConsumed" | "credits_consumed",
    }
}

open_enum! {
    /// Status of a voice task.
    pub enum VoiceStatus {
        /// The task is queued.
        WaitProcessing = "wait_processing",
        /// The service is comparing the recording with the phrase.
        ProcessingValidate = "processing_validate",
        /// The service did not accept the recording.
        ProcessingValidateFail = "processing_validate_fail",
        /// The comparison of the recording with the phrase is not finished. It may not have started yet.
        WaitValidating = "wait_validating",
        /// The service is making the voice. This status is not documented, but occurs in responses.
        GeneratingVoice = "generating_voice",
        /// The voice is finished.
        Success = "success",
        /// The task failed.
        Fail = "fail",
    }
}

fn state(status: Option<&VoiceStatus>, code: Option<i64>, message: Option<&str>) -> TaskState {
    match status {
        Some(VoiceStatus::Success) => TaskState::Complete,
        Some(status @ (VoiceStatus::ProcessingValidateFail | VoiceStatus::Fail)) => {
            TaskState::Failed(Failure::new(Some(status.as_str()), code, message))
        }
        _ => TaskState::Running(None),
    }
}

/// Returns the voice with its id, if the id is known. If the voice is finished and its id is not known, returns the
/// voice with the id of a task instead. Returns `None` if the voice is not finished and has no id.
fn voice(voice_id: Option<&PersonaId>, task_id: Option<&str>, finished: bool) -> Option<ClonedVoice> {
    let stand_in = || task_id.filter(|_| finished).map(PersonaId::new);
    voice_id.cloned().or_else(stand_in).map(|voice_id| ClonedVoice { voice_id })
}

impl Record for VoiceRecord {
    type Output = ClonedVoice;

    fn task_id(&self) -> Option<&str> {
        self.task_id.as_ref().map(TaskId::as_str)
    }

    fn state(&self) -> TaskState {
        state(self.status.as_ref(), self.error_code, self.error_message.as_deref())
    }

    fn output(&self) -> Option<ClonedVoice> {
        let task_id = self.validation_task_id.as_ref().map(TaskId::as_str).or_else(|| Record::task_id(self));
        voice(self.voice_id.as_ref(), task_id, self.state() == TaskState::Complete)
    }

    fn credits_consumed(&self) -> Option<Credits> {
        self.credits_consumed
    }
}

answer! {
    /// Payload of the callback about a voice task: the field `data` of the callback's body. There is one callback per
    /// task.
    pub struct VoiceCallback {
        /// Id of the task.
        pub task_id: Option<TaskId<Voice>> = "taskId" | "task_id",
        /// Id of the cloned voice. Null or empty if the task failed.
        pub voice_id: Option<PersonaId> = "voiceId" | "voice_id",
        /// Status of the task.
        pub status: Option<VoiceStatus> = "status",
        /// Failure code, as a number. 0 means that there is no failure code.
        pub error_code: Option<i64> = "errorCode" | "error_code",
        /// Failure reason, as text.
        pub error_message: Option<String> = "errorMessage" | "error_message",
    }
}

impl CallbackPayload for VoiceCallback {
    type Output = ClonedVoice;

    fn task_id(&self) -> Option<&str> {
        self.task_id.as_ref().map(TaskId::as_str)
    }

    fn state(&self, code: i64, message: &str) -> TaskState {
        let message = self.error_message.as_deref().or(Some(message));
        let code = if code == 0 && self.voice_id.is_none() { self.error_code.unwrap_or_default() } else { code };
        if !matches!(code, 200 | 0) {
            let status = self.status.as_ref().map(VoiceStatus::as_str);
            return TaskState::Failed(Failure::new(status, Some(code), message));
        }
        match &self.status {
            None if self.voice_id.is_some() => TaskState::Complete,
            status => state(status.as_ref(), self.error_code, message),
        }
    }

    fn output(&self) -> Option<ClonedVoice> {
        voice(self.voice_id.as_ref(), CallbackPayload::task_id(self), self.status == Some(VoiceStatus::Success))
    }
}

/// Cloned voice that can sing in new music. A cloned voice has an id, but no audio file.
///
/// In practice, the service never sent `voiceId` for some tasks. For such a task, [`voice_id`](Self::voice_id) is the
/// id of the task. In practice, the service accepted the id of such a task as `personaId`. On the market route, it is
/// the id of the task in [`validation_task_id`](VoiceRecord::validation_task_id) if the record has that id in place of the
/// voice. It is not known if the service accepts this id as `personaId`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct ClonedVoice {
    /// Id of the cloned voice, for use as the `personaId` of songs. It can be the id of a task: see above.
    pub voice_id: PersonaId,
}

impl Output for ClonedVoice {
    type Piece = Self;

    fn pieces(&self) -> Vec<Self> {
        vec![self.clone()]
    }

    fn items(&self) -> Vec<Item> {
        let id = self.voice_id.as_str();
        // The service makes no file for a cloned voice. So the item is a text file with the id of the voice. A request
        // for a song with this voice needs the id.
        vec![Item { id: Some(id.to_owned()), inline: Some(InlineFile::new("txt", id)), ..Item::default() }]
    }
}
