//! WAV Conversion: `convert-to-wav`, `get-wav-details`, `convert-to-wav-callbacks`.

use serde::{Deserialize, Serialize};

use super::{lookup::lookup, music::Music};
use crate::{
    decode::answer,
    operation::{
        CallBackField, CallbackPayload, Effect, Endpoint, Examples, Failure, Item, Job, Method, Output, Record,
        Started, TaskEndpoint, TaskState,
    },
    request::{Invalid, Rules, setters},
    value::{AudioId, Link, TaskId, Timestamp, link::Any, open_enum},
};

/// Makes a WAV file of one finished track.
///
/// The ids are checked at once: unknown ones are refused with code 422. A track is converted once: while its WAV
/// exists, another request is refused with code 409, and what is wanted is with the task before. Whether that answer
/// names it is not documented.
///
/// Documentation: <https://docs.kie.ai/suno-api/convert-to-wav>
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(
    feature = "schemars",
    derive(schemars::JsonSchema),
    schemars(transform = crate::operation::schema::request::<Self>)
)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct ConvertToWav {
    /// The music task that made the track.
    #[serde(default)]
    pub task_id: TaskId<Music>,
    /// The track.
    #[serde(default)]
    pub audio_id: AudioId,
    /// Where the service reports the end. The client fills it in if it is missing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub call_back_url: Option<String>,
}

impl ConvertToWav {
    /// A WAV file of this track of this task.
    pub fn new(task_id: impl Into<TaskId<Music>>, audio_id: impl Into<AudioId>) -> Self {
        Self { task_id: task_id.into(), audio_id: audio_id.into(), call_back_url: None }
    }
}

setters! {
    ConvertToWav {
        call_back_url: String,
    }
}

impl Endpoint for ConvertToWav {
    const NAME: &'static str = "convert-to-wav";
    const DOCS: &'static str = "https://docs.kie.ai/suno-api/convert-to-wav";
    const METHOD: Method = Method::Post;
    const PATH: &'static str = "/api/v1/wav/generate";
    const EFFECT: Effect = Effect::Creates;
    const CALL_BACK: Option<CallBackField<Self>> =
        Some(CallBackField::new("callBackUrl", |request| &mut request.call_back_url));
    type Response = Started<WavConversion>;

    fn validate(&self) -> Result<(), Invalid> {
        let mut rules = Rules::new(Self::NAME);
        rules.required("taskId", self.task_id.as_str());
        rules.required("audioId", self.audio_id.as_str());
        rules.address("callBackUrl", self.call_back_url.as_deref());
        rules.finish()
    }
}

impl Examples for ConvertToWav {
    fn examples() -> Vec<Self> {
        let of = || Self::new("0f6c2b7d9e184a3ab5d1c07f62e8a914", "5d2e7a10-93cb-4f6e-8a41-b7c0d9e6f312");
        vec![of(), of().call_back_url("https://hooks.example.net/kie")]
    }
}

impl TaskEndpoint for ConvertToWav {
    type Job = WavConversion;
}

/// Making a WAV file of a track.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct WavConversion;

impl Job for WavConversion {
    const NAME: &'static str = "wav";
    type Lookup = GetWavDetails;
    type Record = WavRecord;
    type Callback = WavCallback;
    type Output = Wav;

    fn lookup(id: TaskId<Self>) -> GetWavDetails {
        GetWavDetails::new(id)
    }
}

lookup! {
    /// Looks up a task that makes a WAV file.
    pub struct GetWavDetails of WavConversion => WavRecord {
        page: "get-wav-details", "https://docs.kie.ai/suno-api/get-wav-details",
        path: "/api/v1/wav/record-info",
        field: "taskId",
        example: "c9a40b61d2ee4b7f9a3f51e8d06b7742",
    }
}

answer! {
    /// What the service says of a WAV task right now.
    pub struct WavRecord {
        /// The task.
        pub task_id: Option<TaskId<WavConversion>> = "taskId" | "task_id",
        /// The track that is converted.
        pub music_id: Option<AudioId> = "musicId" | "music_id",
        /// The callback address of the submit.
        pub callback_url: Option<Link<Any>> = "callbackUrl" | "callback_url" | "callBackUrl",
        /// Which track of its task it is, from 0. The sister service leaves it out.
        pub music_index: Option<i64> = "musicIndex" | "music_index",
        /// When the file was finished.
        pub complete_time: Option<Timestamp> = "completeTime" | "complete_time",
        /// The file, once it is finished.
        pub response: Option<Wav> = "response",
        /// How the task stands.
        pub success_flag: Option<WavStatus> = "successFlag" | "success_flag",
        /// When the task was made.
        pub create_time: Option<Timestamp> = "createTime" | "create_time",
        /// Why it failed, by number.
        pub error_code: Option<i64> = "errorCode" | "error_code",
        /// Why it failed, in words.
        pub error_message: Option<String> = "errorMessage" | "error_message",
    }
}

answer! {
    /// A finished WAV file. It is kept for 14 days.
    pub struct Wav {
        /// The link to the file.
        pub audio_wav_url: Option<Link> = "audioWavUrl" | "audio_wav_url",
    }
}

open_enum! {
    /// The status of a WAV task, called `successFlag`.
    pub enum WavStatus {
        /// Under way.
        Pending = "PENDING",
        /// Finished.
        Success = "SUCCESS",
        /// The task could not be made.
        CreateTaskFailed = "CREATE_TASK_FAILED",
        /// The file could not be made.
        GenerateWavFailed = "GENERATE_WAV_FAILED",
        /// The service could not deliver its callback. The file may be there.
        CallbackException = "CALLBACK_EXCEPTION",
    }
}

impl Record for WavRecord {
    type Output = Wav;

    fn task_id(&self) -> Option<&str> {
        self.task_id.as_ref().map(TaskId::as_str)
    }

    fn state(&self) -> TaskState {
        let there = self.response.as_ref().is_some_and(|wav| wav.audio_wav_url.is_some());
        match &self.success_flag {
            Some(WavStatus::Success) => TaskState::Complete,
            Some(WavStatus::CallbackException) if there => TaskState::Complete,
            Some(WavStatus::CallbackException) => TaskState::Undelivered,
            Some(status @ (WavStatus::CreateTaskFailed | WavStatus::GenerateWavFailed)) => {
                TaskState::Failed(Failure::new(Some(status.as_str()), self.error_code, self.error_message.as_deref()))
            }
            _ => TaskState::Running(None),
        }
    }

    fn output(&self) -> Option<Wav> {
        self.response.clone()
    }

    fn created(&self) -> Option<&Timestamp> {
        self.create_time.as_ref()
    }
}

answer! {
    /// What the service pushes about a WAV task: the `data` of its one callback, which spells one name each way.
    pub struct WavCallback {
        /// The link to the file; missing on failure.
        pub audio_wav_url: Option<Link> = "audioWavUrl" | "audio_wav_url",
        /// The task.
        pub task_id: Option<TaskId<WavConversion>> = "task_id" | "taskId",
    }
}

impl CallbackPayload for WavCallback {
    type Output = Wav;

    fn task_id(&self) -> Option<&str> {
        self.task_id.as_ref().map(TaskId::as_str)
    }

    fn state(&self, code: i64, message: &str) -> TaskState {
        match (code, &self.audio_wav_url) {
            // A callback whose code is missing is not a failure when it brings what the task was for.
            (200 | 0, Some(_)) => TaskState::Complete,
            (200, None) => TaskState::Running(None),
            _ => TaskState::Failed(Failure::new(None, Some(code), Some(message))),
        }
    }

    fn output(&self) -> Option<Wav> {
        self.audio_wav_url.clone().map(|url| Wav { audio_wav_url: Some(url) })
    }
}

impl Output for Wav {
    type Piece = Self;

    fn pieces(&self) -> Vec<Self> {
        vec![self.clone()]
    }

    fn items(&self) -> Vec<Item> {
        vec![
            Item { url: self.audio_wav_url.clone(), ..Item::default() }
                .link("audioWavUrl", self.audio_wav_url.as_ref()),
        ]
    }
}
