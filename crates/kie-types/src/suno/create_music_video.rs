//! Music Video Generation: `create-music-video`, `get-music-video-details`, `create-music-video-callbacks`.

use serde::{Deserialize, Serialize};

use super::{lookup::lookup, music::Music};
use crate::{
    decode::answer,
    operation::{
        CallBackField, CallbackPayload, Effect, Endpoint, Examples, Failure, Item, Job, Method, Output, Record,
        Started, TaskEndpoint, TaskState,
    },
    request::{Invalid, Rules, limits, setters},
    value::{AudioId, Link, TaskId, Timestamp, link::Any, open_enum},
};

/// Makes a video with visual effects of one finished track.
///
/// The ids are checked at once: unknown ones are refused with code 422.
///
/// Documentation: <https://docs.kie.ai/suno-api/create-music-video>
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(
    feature = "schemars",
    derive(schemars::JsonSchema),
    schemars(transform = crate::operation::schema::request::<Self>)
)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct CreateMusicVideo {
    /// The music task that made the track.
    #[serde(default)]
    pub task_id: TaskId<Music>,
    /// The track.
    #[serde(default)]
    pub audio_id: AudioId,
    /// Where the service reports the end. The client fills it in if it is missing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub call_back_url: Option<String>,
    /// The artist shown on the cover, at most [`AUTHOR`] characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub author: Option<String>,
    /// The watermark at the bottom, at most [`DOMAIN_NAME`] characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub domain_name: Option<String>,
}

/// The most characters of `author`.
pub const AUTHOR: usize = 50;
/// The most characters of `domainName`.
pub const DOMAIN_NAME: usize = 50;

impl CreateMusicVideo {
    /// A video of this track of this task.
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

setters! {
    CreateMusicVideo {
        call_back_url: String,
        author: String,
        domain_name: String,
    }
}

impl Endpoint for CreateMusicVideo {
    const NAME: &'static str = "create-music-video";
    const DOCS: &'static str = "https://docs.kie.ai/suno-api/create-music-video";
    const METHOD: Method = Method::Post;
    const PATH: &'static str = "/api/v1/mp4/generate";
    const EFFECT: Effect = Effect::Creates;
    const CALL_BACK: Option<CallBackField<Self>> =
        Some(CallBackField::new("callBackUrl", |request| &mut request.call_back_url));
    type Response = Started<MusicVideo>;

    fn validate(&self) -> Result<(), Invalid> {
        let mut rules = Rules::new(Self::NAME);
        rules.required("taskId", self.task_id.as_str());
        rules.required("audioId", self.audio_id.as_str());
        rules.at_most("author", self.author.as_deref(), AUTHOR);
        rules.at_most("domainName", self.domain_name.as_deref(), DOMAIN_NAME);
        rules.address("callBackUrl", self.call_back_url.as_deref());
        rules.finish()
    }

    limits! {
        "author": Characters AUTHOR,
        "domainName": Characters DOMAIN_NAME,
    }
}

impl Examples for CreateMusicVideo {
    fn examples() -> Vec<Self> {
        let of = || Self::new("0f6c2b7d9e184a3ab5d1c07f62e8a914", "5d2e7a10-93cb-4f6e-8a41-b7c0d9e6f312");
        vec![
            of(),
            of().call_back_url("https://hooks.example.net/kie")
                .author("Nachtfalter")
                .domain_name("nachtfalter.example"),
        ]
    }
}

impl TaskEndpoint for CreateMusicVideo {
    type Job = MusicVideo;
}

/// Making a video of a track.
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
    /// What the service says of a video task right now.
    pub struct MusicVideoRecord {
        /// The task.
        pub task_id: Option<TaskId<MusicVideo>> = "taskId" | "task_id",
        /// The track in the video.
        pub music_id: Option<AudioId> = "musicId" | "music_id",
        /// The callback address of the submit.
        pub callback_url: Option<Link<Any>> = "callbackUrl" | "callback_url" | "callBackUrl",
        /// Which track of its task it is, from 0.
        pub music_index: Option<i64> = "musicIndex" | "music_index",
        /// When the video was finished.
        pub complete_time: Option<Timestamp> = "completeTime" | "complete_time",
        /// The video, once it is finished.
        pub response: Option<Video> = "response",
        /// How the task stands.
        pub success_flag: Option<MusicVideoStatus> = "successFlag" | "success_flag",
        /// When the task was made.
        pub create_time: Option<Timestamp> = "createTime" | "create_time",
        /// Why it failed, by number.
        pub error_code: Option<i64> = "errorCode" | "error_code",
        /// Why it failed, in words.
        pub error_message: Option<String> = "errorMessage" | "error_message",
    }
}

answer! {
    /// A finished video. It is kept for 14 days.
    pub struct Video {
        /// The link to the file, MP4.
        pub video_url: Option<Link> = "videoUrl" | "video_url",
    }
}

open_enum! {
    /// The status of a video task, called `successFlag`.
    pub enum MusicVideoStatus {
        /// Under way.
        Pending = "PENDING",
        /// Finished.
        Success = "SUCCESS",
        /// The task could not be made.
        CreateTaskFailed = "CREATE_TASK_FAILED",
        /// The video could not be made.
        GenerateMp4Failed = "GENERATE_MP4_FAILED",
        /// The service could not deliver its callback; documented by the sister service. The video may be there.
        CallbackException = "CALLBACK_EXCEPTION",
    }
}

impl Record for MusicVideoRecord {
    type Output = Video;

    fn task_id(&self) -> Option<&str> {
        self.task_id.as_ref().map(TaskId::as_str)
    }

    fn state(&self) -> TaskState {
        let there = self.response.as_ref().is_some_and(|video| video.video_url.is_some());
        match &self.success_flag {
            Some(MusicVideoStatus::Success) => TaskState::Complete,
            Some(MusicVideoStatus::CallbackException) if there => TaskState::Complete,
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
}

answer! {
    /// What the service pushes about a video task: the `data` of its one callback.
    pub struct MusicVideoCallback {
        /// The task.
        pub task_id: Option<TaskId<MusicVideo>> = "task_id" | "taskId",
        /// The link to the file; missing on failure.
        pub video_url: Option<Link> = "video_url" | "videoUrl",
    }
}

impl CallbackPayload for MusicVideoCallback {
    type Output = Video;

    fn task_id(&self) -> Option<&str> {
        self.task_id.as_ref().map(TaskId::as_str)
    }

    /// One part of the documentation calls 0 the code of success; with a link it counts as that.
    fn state(&self, code: i64, message: &str) -> TaskState {
        match (code, &self.video_url) {
            (200 | 0, Some(_)) => TaskState::Complete,
            (200, None) => TaskState::Running(None),
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
