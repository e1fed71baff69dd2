//! `suno-voice-generate`, `suno-voice-record-info`, `suno-voice-generate-callback`: the voice itself.

use serde::{Deserialize, Serialize};

use super::{failure::failure, suno_voice_validate::VoiceValidation};
use crate::{
    decode::answer,
    operation::{
        CallBackField, CallbackPayload, Effect, Endpoint, Examples, InlineFile, Item, Job, Method, Output, Record,
        Started, TaskEndpoint, TaskState,
    },
    request::{Invalid, Rules, limits, setters},
    suno::lookup::lookup,
    value::{PersonaId, TaskId, open_enum},
};

/// Makes a voice from a recording of the phrase.
///
/// Each phrase has one try: a second one is refused with code 422. That the recording was accepted shows only in the
/// record, after 20 to 40 seconds.
///
/// Documentation: <https://docs.kie.ai/suno-api/suno-voice-generate>
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(
    feature = "schemars",
    derive(schemars::JsonSchema),
    schemars(transform = crate::operation::schema::request::<Self>)
)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct SunoVoiceGenerate {
    /// The task that made the phrase.
    #[serde(default)]
    pub task_id: TaskId<VoiceValidation>,
    /// The recording of the phrase, better sung than spoken, at an address that the service can reach.
    #[serde(default)]
    pub verify_url: String,
    /// What the voice is called.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub voice_name: Option<String>,
    /// What there is to say about it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// The style it sings in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub style: Option<String>,
    /// How well the person sings; the service takes a beginner if nothing is said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub singer_skill_level: Option<SingerSkillLevel>,
    /// Where the service reports the end. The service does not insist on it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub call_back_url: Option<String>,
}

open_enum! {
    /// How well a person sings.
    pub enum SingerSkillLevel {
        /// A beginner.
        Beginner = "beginner",
        /// Somebody who has sung before.
        Intermediate = "intermediate",
        /// Somebody who sings well.
        Advanced = "advanced",
        /// Somebody who sings for a living.
        Professional = "professional",
    }
}

impl SunoVoiceGenerate {
    /// A voice from this recording of the phrase that this task made.
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

setters! {
    SunoVoiceGenerate {
        voice_name: String,
        description: String,
        style: String,
        singer_skill_level: SingerSkillLevel,
        call_back_url: String,
    }
}

impl Endpoint for SunoVoiceGenerate {
    const NAME: &'static str = "suno-voice-generate";
    const DOCS: &'static str = "https://docs.kie.ai/suno-api/suno-voice-generate";
    const METHOD: Method = Method::Post;
    const PATH: &'static str = "/api/v1/voice/generate";
    const EFFECT: Effect = Effect::Creates;
    const CALL_BACK: Option<CallBackField<Self>> =
        Some(CallBackField::new("callBackUrl", |request| &mut request.call_back_url));
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
        rules.address("callBackUrl", self.call_back_url.as_deref());
        rules.finish()
    }

    limits! {
        and [Limit::new("singerSkillLevel", Bound::OneOf(SingerSkillLevel::WORDS.to_vec()))],
    }
}

impl Examples for SunoVoiceGenerate {
    fn examples() -> Vec<Self> {
        let of = || Self::new("d3f70a1c55b84c7e9b1a2f6609e4cd18", "https://cdn.example.net/voices/phrase.mp3");
        vec![
            of(),
            of().voice_name("Marta alto")
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

/// Making a voice.
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
}

lookup! {
    /// Looks up a task that makes a voice.
    ///
    /// The documentation asks with the id that the submit answered. Two clients were seen to ask with the id of the phrase's
    /// task instead, and were answered too; if the one stays unknown, try the other.
    pub struct SunoVoiceRecordInfo of Voice => VoiceRecord {
        page: "suno-voice-record-info", "https://docs.kie.ai/suno-api/suno-voice-record-info",
        path: "/api/v1/voice/record-info",
        field: "taskId",
        example: "5b0e7a94c2d14f3d8a6f31c7e9d2b406",
    }
}

answer! {
    /// What the service says of a voice task right now. It has no times.
    pub struct VoiceRecord {
        /// The task.
        pub task_id: Option<TaskId<Voice>> = "taskId" | "task_id",
        /// The voice; live it was at times never filled, see [`ClonedVoice`].
        pub voice_id: Option<PersonaId> = "voiceId" | "voice_id",
        /// How the task stands.
        pub status: Option<VoiceStatus> = "status",
        /// Why it failed, by number; 0 stands for none.
        pub error_code: Option<i64> = "errorCode" | "error_code",
        /// Why it failed, in words.
        pub error_message: Option<String> = "errorMessage" | "error_message",
    }
}

open_enum! {
    /// The status of a voice task.
    pub enum VoiceStatus {
        /// Queued.
        WaitProcessing = "wait_processing",
        /// The recording is being compared with the phrase.
        ProcessingValidate = "processing_validate",
        /// The recording was not accepted.
        ProcessingValidateFail = "processing_validate_fail",
        /// The comparison has not begun, or not ended.
        WaitValidating = "wait_validating",
        /// The voice is being made; seen, but not documented.
        GeneratingVoice = "generating_voice",
        /// The voice is there.
        Success = "success",
        /// The task failed.
        Fail = "fail",
    }
}

fn state(status: Option<&VoiceStatus>, code: Option<i64>, message: Option<&str>) -> TaskState {
    match status {
        Some(VoiceStatus::Success) => TaskState::Complete,
        Some(status @ (VoiceStatus::ProcessingValidateFail | VoiceStatus::Fail)) => {
            TaskState::Failed(failure(Some(status.as_str()), code, message))
        }
        _ => TaskState::Running(None),
    }
}

/// The voice, by its own id or else, once it is finished, by that of its task.
fn voice(voice_id: Option<&PersonaId>, task_id: Option<&TaskId<Voice>>, finished: bool) -> Option<ClonedVoice> {
    let stand_in = || task_id.filter(|_| finished).map(|id| PersonaId::new(id.as_str()));
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
        voice(self.voice_id.as_ref(), self.task_id.as_ref(), self.state() == TaskState::Complete)
    }
}

answer! {
    /// What the service pushes about a voice task: the `data` of its one callback.
    pub struct VoiceCallback {
        /// The task.
        pub task_id: Option<TaskId<Voice>> = "taskId" | "task_id",
        /// The voice; null or empty on failure.
        pub voice_id: Option<PersonaId> = "voiceId" | "voice_id",
        /// How the task stands.
        pub status: Option<VoiceStatus> = "status",
        /// Why it failed, by number; 0 stands for none.
        pub error_code: Option<i64> = "errorCode" | "error_code",
        /// Why it failed, in words.
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
        // A callback whose code is missing or 0 is not a failure when it brings what the task was for.
        if code != 200 && !(code == 0 && self.voice_id.is_some()) {
            let status = self.status.as_ref().map(VoiceStatus::as_str);
            return TaskState::Failed(failure(status, Some(code), message));
        }
        match &self.status {
            None if self.voice_id.is_some() => TaskState::Complete,
            status => state(status.as_ref(), self.error_code, message),
        }
    }

    fn output(&self) -> Option<ClonedVoice> {
        voice(self.voice_id.as_ref(), self.task_id.as_ref(), self.status == Some(VoiceStatus::Success))
    }
}

/// A voice, ready to sing. It has no file.
///
/// Live, `voiceId` was at times never filled, and the task's id took its place when music was made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct ClonedVoice {
    /// What stands as `personaId` when music is made with it.
    pub voice_id: PersonaId,
}

impl Output for ClonedVoice {
    type Piece = Self;

    fn pieces(&self) -> Vec<Self> {
        vec![self.clone()]
    }

    fn items(&self) -> Vec<Item> {
        let id = self.voice_id.as_str();
        // The id is all that there is of a voice, and what is needed to sing with it.
        vec![Item { id: Some(id.to_owned()), inline: Some(InlineFile::new("txt", id)), ..Item::default() }]
    }
}
