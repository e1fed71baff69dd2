//! Types for music videos of tracks. They are documented on the pages `create-music-video`, `get-music-video-details`
//! and `create-music-video-callbacks`.

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
    /// Makes a video with visual effects from one finished track.
    ///
    /// The service checks the ids of the task and of the track before it accepts the request, and refuses unknown ids
    /// with code 422.
    ///
    /// Documentation: <https://docs.kie.ai/suno-api/create-music-video>
    ///
    /// In Rust, with a `client` of the crate `kie-suno`:
    ///
    /// ```
    /// # mod simulator { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/simulator.rs")); }
    /// # simulator::run(async |client| {
    /// use kie_suno::requests::CreateMusicVideo;
    ///
    /// // The ids of a finished music task and of one of its tracks.
    /// let song = "0f6c2b7d9e184a3ab5d1c07f62e8a914";
    /// let track = "5d2e7a10-93cb-4f6e-8a41-b7c0d9e6f312";
    /// let task = client.start(CreateMusicVideo::new(song, track).author("Nachtfalter")).await?;
    /// let video = task.wait().await?.video_url.ok_or("the task has no file")?;
    /// println!("{video}");
    /// # Ok(())
    /// # });
    /// ```
    #[derive(Eq)]
    #[serde(rename_all = "camelCase")]
    pub struct CreateMusicVideo {
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
        /// Name of the artist that the cover of the video shows, at most [`AUTHOR`] characters.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub author: Option<String>,
        /// Watermark at the bottom of the video, such as the domain name of a website, at most [`DOMAIN_NAME`]
        /// characters.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub domain_name: Option<String>,
    }
}

/// Maximum number of characters of `author`.
pub const AUTHOR: usize = 50;
/// Maximum number of characters of `domainName`.
pub const DOMAIN_NAME: usize = 50;

impl CreateMusicVideo {
    /// Creates a request for a video from a track of a music task.
    pub fn new(task_id: impl Into<TaskId<Music>>, audio_id: impl Into<AudioId>) -> Self {
        Self {
            task_id: task_id.into(),
            audio_id: audio_id.into(),
            call_back_url: None,
            author: None,
            domain_name: None,
        }
    }
}

impl Endpoint for CreateMusicVideo {
    const NAME: &'static str = "create-music-video";
    const DOCS: &'static str = "https://docs.kie.ai/suno-api/create-music-video";
    const METHOD: Method = Method::Post;
    const PATH: &'static str = "/api/v1/mp4/generate";
    const EFFECT: Effect = Effect::Creates;
    const PRICE: Option<Price> = Some(Price::listed(2.0));
    const CALL_BACK: Option<CallbackField<Self>> =
        Some(CallbackField::new("callBackUrl", |request| &mut request.call_back_url));
    const MARKET: Option<&'static MarketForm> = Some(&MarketForm::submit("ai-music-api/create-music-video"));
    type Response = Started<MusicVideo>;

    fn validate(&self) -> Result<(), Invalid> {
        let mut rules = Rules::new(Self::NAME);
        rules.required("taskId", self.task_id.as_str());
        rules.required("audioId", self.audio_id.as_str());
        rules.at_most("author", self.author.as_deref(), AUTHOR);
        rules.at_most("domainName", self.domain_name.as_deref(), DOMAIN_NAME);
        rules.call_back_url("callBackUrl", self.call_back_url.as_deref());
        rules.finish()
    }

    limits! {
        "author": Characters AUTHOR,
        "domainName": Characters DOMAIN_NAME,
        and Limit::all(["taskId", "audioId"], Bound::Required, []),
    }
}

impl Examples for CreateMusicVideo {
    fn examples() -> Vec<Self> {
        let minimal = || Self::new("0f6c2b7d9e184a3ab5d1c07f62e8a914", "5d2e7a10-93cb-4f6e-8a41-b7c0d9e6f312");
        vec![
            minimal(),
            minimal()
                .call_back_url("https://hooks.example.net/kie")
                .author("Nachtfalter")
                .domain_name("nachtfalter.example"),
        ]
    }
}

impl TaskEndpoint for CreateMusicVideo {
    type Job = MusicVideo;
}

/// Job that makes a video from a track.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct MusicVideo;

impl Job for MusicVideo {
    const NAME: &'static str = "music-video";
    type Lookup = GetMusicVideoDetails;
    type Record = MusicVideoRecord;
    type Callback = MusicVideoCallback;
    type Output = Video;

    fn lookup(id: TaskId<Self>) -> GetMusicVideoDetails {
        GetMusicVideoDetails::new(id)
    }

    fn of_market(record: &MarketRecord) -> MusicVideoRecord {
        let result = record.result();
        let first = || result.urls().first().map(|url| Video { video_url: Some((*url).into()) });
        let failed = MusicVideoStatus::GenerateMp4Failed;
        MusicVideoRecord {
            task_id: record.task_id.as_deref().map(TaskId::from),
            response: result.object(&["videoUrl", "video_url"]).or_else(first),
            success_flag: Some(record.status(MusicVideoStatus::Pending, MusicVideoStatus::Success, failed)),
            create_time: record.create_time.clone(),
            complete_time: record.complete_time.clone(),
            error_code: record.error_code(),
            error_message: record.error_message(),
            credits_consumed: record.credits_consumed,
            ..MusicVideoRecord::default()
        }
    }
}

lookup! {
    /// Looks up a task that makes a video.
    pub struct GetMusicVideoDetails of MusicVideo => MusicVideoRecord {
        page: "get-music-video-details", "https://docs.kie.ai/suno-api/get-music-video-details",
        path: "/api/v1/mp4/record-info",
        field: "taskId",
        example: "9c7f0e15d3ab4e1fa0b2c6d84e73f519",
    }
}

answer! {
    /// Record of a video task: the response to [`get-music-video-details`](GetMusicVideoDetails), with the current
    /// state of the task.
    pub struct MusicVideoRecord {
        /// Id of the task.
        pub task_id: Option<TaskId<MusicVideo>> = "taskId" | "task_id",
        /// Id of the track in the video.
        pub music_id: Option<AudioId> = "musicId" | "music_id",
        /// Callback address from the request that started the task.
        pub callback_url: Option<Link<Any>> = "callbackUrl" | "callback_url" | "callBackUrl",
        /// Index of the track in the list of tracks of its music task. The first track has the index 0.
        pub music_index: Option<i64> = "musicIndex" | "music_index",
        /// Time at which the video was finished.
        pub complete_time: Option<Timestamp> = "completeTime" | "complete_time",
        /// Video. Missing until the video is finished.
        pub response: Option<Video> = "response",
        /// Status of the task.
        pub success_flag: Option<MusicVideoStatus> = "successFlag" | "success_flag",
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
    /// Finished video. KIE documents that it keeps the file for 14 days.
    pub struct Video {
        /// Link to the MP4 file.
        pub video_url: Option<Link> = "videoUrl" | "video_url",
    }
}

open_enum! {
    /// Status of a video task, from the field `successFlag` of its record.
    pub enum MusicVideoStatus {
        /// The task is in progress.
        Pending = "PENDING",
        /// The task is finished.
        Success = "SUCCESS",
        /// The task could not be created.
        CreateTaskFailed = "CREATE_TASK_FAILED",
        /// The video could not be made.
        GenerateMp4Failed = "GENERATE_MP4_FAILED",
        /// The service could not deliver the callback of the task. The video may be available. KIE does not document
        /// this status, but the similar service sunoapi.org does.
        CallbackException = "CALLBACK_EXCEPTION",
    }
}

impl Record for MusicVideoRecord {
    type Output = Video;

    fn task_id(&self) -> Option<&str> {
        self.task_id.as_ref().map(TaskId::as_str)
    }

    fn state(&self) -> TaskState {
        let has_file = self.response.as_ref().is_some_and(|video| video.video_url.is_some());
        match &self.success_flag {
            Some(MusicVideoStatus::Success) => TaskState::Complete,
            Some(MusicVideoStatus::CallbackException) if has_file => TaskState::Complete,
            Some(MusicVideoStatus::CallbackException) => TaskState::Undelivered,
            Some(status @ (MusicVideoStatus::CreateTaskFailed | MusicVideoStatus::GenerateMp4Failed)) => {
                TaskState::Failed(Failure::new(Some(status.as_str()), self.error_code, self.error_message.as_deref()))
            }
            _ => TaskState::Running(None),
        }
    }

    fn output(&self) -> Option<Video> {
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
    /// Payload of the callback about a video task: the field `data` of the callback's body. There is one callback per
    /// task.
    pub struct MusicVideoCallback {
        /// Id of the task.
        pub task_id: Option<TaskId<MusicVideo>> = "task_id" | "taskId",
        /// Link to the MP4 file. Missing if the task failed.
        pub video_url: Option<Link> = "video_url" | "videoUrl",
    }
}

impl CallbackPayload for MusicVideoCallback {
    type Output = Video;

    fn task_id(&self) -> Option<&str> {
        self.task_id.as_ref().map(TaskId::as_str)
    }

    /// Returns the state of the task. One part of the documentation says that code 0 means success. A callback with code
    /// 0 is read as a callback without a code: it is a success if it has a link to the video.
    fn state(&self, code: i64, message: &str) -> TaskState {
        match (code, &self.video_url) {
            (200 | 0, Some(_)) => TaskState::Complete,
            (200 | 0, None) => TaskState::Running(None),
            _ => TaskState::Failed(Failure::new(None, Some(code), Some(message))),
        }
    }

    fn output(&self) -> Option<Video> {
        self.video_url.clone().map(|url| Video { video_url: Some(url) })
    }
}

impl Output for Video {
    type Piece = Self;

    fn pieces(&self) -> Vec<Self> {
        vec![self.clone()]
    }

    fn items(&self) -> Vec<Item> {
        vec![Item { url: self.video_url.clone(), ..Item::default() }.link("videoUrl", self.video_url.as_ref())]
    }
}
