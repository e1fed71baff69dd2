//! Types for converting tracks to WAV files. They are documented on the pages `convert-to-wav`, `get-wav-details` and
//! `convert-to-wav-callbacks`.

use super::{lookup::lookup, music::Music};
use crate::{
    decode::answer,
    market::{MarketForm, MarketRecord},
    operation::{
        CallbackField, CallbackPayload, Effect, Endpoint, Examples, Failure, Item, Job, Method, Output, Record,
        Started, TaskEndpoint, TaskState, request,
    },
    price::{Credits, Price},
    request::{Invalid, Rules, limits},
    value::{AudioId, Link, TaskId, Timestamp, link::Any, open_enum},
};

request! {
    /// Converts one finished track to a WAV file.
    ///
    /// The service checks the ids of the task and of the track before it accepts the request, and refuses unknown ids
    /// with code 422. The service converts each track only once: while the WAV file of the track exists, the service
    /// refuses another request for this track with code 409. The file is in the record of the first task. The
    /// documentation does not say if the refusal contains the id of the first task.
    ///
    /// Documentation: <https://docs.kie.ai/suno-api/convert-to-wav>
    ///
    /// In Rust, with a `client` of the crate `kie-suno`:
    ///
    /// ```
    /// # mod simulator { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/simulator.rs")); }
    /// # simulator::run(async |client| {
    /// use kie_suno::requests::ConvertToWav;
    ///
    /// // The ids of a finished music task and of one of its tracks.
    /// let song = "0f6c2b7d9e184a3ab5d1c07f62e8a914";
    /// let track = "5d2e7a10-93cb-4f6e-8a41-b7c0d9e6f312";
    /// let task = client.start(ConvertToWav::new(song, track)).await?;
    /// let wav = task.wait().await?.audio_wav_url.ok_or("the task has no file")?;
    /// println!("{wav}");
    /// # Ok(())
    /// # });
    /// ```
    #[derive(Eq)]
    #[serde(rename_all = "camelCase")]
    pub struct ConvertToWav {
        /// Id of the music task that made the track.
        #[serde(default)]
        pub task_id: TaskId<Music>,
        /// Id of the track.
        #[serde(default)]
        pub audio_id: AudioId,
        /// Address (URL) to which the service sends the callback at the end of the task. The `kie-suno` client fills in
        /// a missing address.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub call_back_url: Option<String>,
    }
}

impl ConvertToWav {
    /// Creates a request that converts a track of a music task to a WAV file.
    pub fn new(task_id: impl Into<TaskId<Music>>, audio_id: impl Into<AudioId>) -> Self {
        Self { task_id: task_id.into(), audio_id: audio_id.into(), call_back_url: None }
    }
}

impl Endpoint for ConvertToWav {
    const NAME: &'static str = "convert-to-wav";
    const DOCS: &'static str = "https://docs.kie.ai/suno-api/convert-to-wav";
    const METHOD: Method = Method::Post;
    const PATH: &'static str = "/api/v1/wav/generate";
    const EFFECT: Effect = Effect::Creates;
    const PRICE: Option<Price> = Some(Price::listed(0.4));
    const CALL_BACK: Option<CallbackField<Self>> =
        Some(CallbackField::new("callBackUrl", |request| &mut request.call_back_url));
    const MARKET: Option<&'static MarketForm> = Some(&MarketForm::submit("ai-music-api/convert-to-wav-format"));
    type Response = Started<WavConversion>;

    fn validate(&self) -> Result<(), Invalid> {
        let mut rules = Rules::new(Self::NAME);
        rules.required("taskId", self.task_id.as_str());
        rules.required("audioId", self.audio_id.as_str());
        rules.call_back_url("callBackUrl", self.call_back_url.as_deref());
        rules.finish()
    }

    limits! {
        and Limit::all(["taskId", "audioId"], Bound::Required, []),
    }
}

impl Examples for ConvertToWav {
    fn examples() -> Vec<Self> {
        let minimal = || Self::new("0f6c2b7d9e184a3ab5d1c07f62e8a914", "5d2e7a10-93cb-4f6e-8a41-b7c0d9e6f312");
        vec![minimal(), minimal().call_back_url("https://hooks.example.net/kie")]
    }
}

impl TaskEndpoint for ConvertToWav {
    type Job = WavConversion;
}

/// Job that converts a track to a WAV file.
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

    fn of_market(record: &MarketRecord) -> WavRecord {
        let result = record.result();
        let first = || result.urls().first().map(|url| Wav { audio_wav_url: Some((*url).into()) });
        WavRecord {
            task_id: record.task_id.as_deref().map(TaskId::from),
            response: result.object(&["audioWavUrl", "audio_wav_url"]).or_else(first),
            success_flag: Some(record.status(WavStatus::Pending, WavStatus::Success, WavStatus::GenerateWavFailed)),
            create_time: record.create_time.clone(),
            complete_time: record.complete_time.clone(),
            error_code: record.error_code(),
            error_message: record.error_message(),
            credits_consumed: record.credits_consumed,
            ..WavRecord::default()
        }
    }
}

lookup! {
    /// Looks up a task that converts a track to a WAV file.
    pub struct GetWavDetails of WavConversion => WavRecord {
        page: "get-wav-details", "https://docs.kie.ai/suno-api/get-wav-details",
        path: "/api/v1/wav/record-info",
        field: "taskId",
        example: "c9a40b61d2ee4b7f9a3f51e8d06b7742",
    }
}

answer! {
    /// Record of a WAV task: the response to [`get-wav-details`](GetWavDetails), with the current state of the task.
    pub struct WavRecord {
        /// Id of the task.
        pub task_id: Option<TaskId<WavConversion>> = "taskId" | "task_id",
        /// Id of the track that is converted.
        pub music_id: Option<AudioId> = "musicId" | "music_id",
        /// Callback address from the request that started the task.
        pub callback_url: Option<Link<Any>> = "callbackUrl" | "callback_url" | "callBackUrl",
        /// Index of the track in the list of tracks of its music task. The first track has the index 0. Missing in
        /// records of the similar service sunoapi.org.
        pub music_index: Option<i64> = "musicIndex" | "music_index",
        /// Time at which the WAV file was finished.
        pub complete_time: Option<Timestamp> = "completeTime" | "complete_time",
        /// WAV file. Missing until the file is finished.
        pub response: Option<Wav> = "response",
        /// Status of the task.
        pub success_flag: Option<WavStatus> = "successFlag" | "success_flag",
        /// Time at which the task was created.
        pub create_time: Option<Timestamp> = "createTime" | "create_time",
        /// Failure code, as a number.
        pub error_code: Option<i64> = "errorCode" | "error_code",
        /// Failure reason, as text.
        pub error_message: Option<String> = "errorMessage" | "error_message",
        /// Credits that the task cost. Only records of the market route have this field.
        pub credits_consumed: Option<Credits> = "creditsConsumed" | "credits_consumed",
    }
}

answer! {
    /// Finished WAV file. KIE documents that it keeps the file for 14 days.
    pub struct Wav {
        /// Link to the WAV file.
        pub audio_wav_url: Option<Link> = "audioWavUrl" | "audio_wav_url",
    }
}

open_enum! {
    /// Status of a WAV task, from the field `successFlag` of its record.
    pub enum WavStatus {
        /// The task is in progress.
        Pending = "PENDING",
        /// The task is finished.
        Success = "SUCCESS",
        /// The task could not be created.
        CreateTaskFailed = "CREATE_TASK_FAILED",
        /// The WAV file could not be made.
        GenerateWavFailed = "GENERATE_WAV_FAILED",
        /// The service could not deliver the callback of the task. The WAV file may be available.
        CallbackException = "CALLBACK_EXCEPTION",
    }
}

impl Record for WavRecord {
    type Output = Wav;

    fn task_id(&self) -> Option<&str> {
        self.task_id.as_ref().map(TaskId::as_str)
    }

    fn state(&self) -> TaskState {
        let has_file = self.response.as_ref().is_some_and(|wav| wav.audio_wav_url.is_some());
        match &self.success_flag {
            Some(WavStatus::Success) => TaskState::Complete,
            Some(WavStatus::CallbackException) if has_file => TaskState::Complete,
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

    fn credits_consumed(&self) -> Option<Credits> {
        self.credits_consumed
    }
}

answer! {
    /// Payload of the callback about a WAV task: the field `data` of the callback's body. There is one callback per
    /// task. In JSON, the payload has the keys `audioWavUrl`, in camelCase, and `task_id`, in snake_case.
    pub struct WavCallback {
        /// Link to the WAV file. Missing if the task failed.
        pub audio_wav_url: Option<Link> = "audioWavUrl" | "audio_wav_url",
        /// Id of the task.
        pub task_id: Option<TaskId<WavConversion>> = "task_id" | "taskId",
    }
    unread {
        /// Stage of the task: `complete`. KIE does not document this field, but the author of a client expects it.
        String = "callbackType",
    }
}

impl CallbackPayload for WavCallback {
    type Output = Wav;

    fn task_id(&self) -> Option<&str> {
        self.task_id.as_ref().map(TaskId::as_str)
    }

    fn state(&self, code: i64, message: &str) -> TaskState {
        match (code, &self.audio_wav_url) {
            (200 | 0, Some(_)) => TaskState::Complete,
            (200 | 0, None) => TaskState::Running(None),
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
