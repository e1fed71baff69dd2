//! Types for cover images. They are documented on the pages `cover-suno`, `get-cover-suno-details` and
//! `cover-suno-callbacks`.

use crate::{
    answer::envelope::{self, ReadError},
    decode::answer,
    market::{MarketForm, MarketRecord},
    operation::{
        CallbackField, CallbackPayload, Effect, Endpoint, Examples, Failure, Item, Job, Method, Output, Record,
        Started, TaskEndpoint, TaskState, request,
    },
    price::{Credits, Price},
    request::{Invalid, Rules, limits},
    suno::{lookup::lookup, music::job::Music},
    value::{Link, TaskId, Timestamp, link::Any, open_enum},
};

request! {
    /// Draws cover images for the tracks of a finished music task: usually two images in different styles.
    ///
    /// The service draws one set of cover images for each music task. If you send a second request for the same music
    /// task, the service refuses it with the id of the first cover task. The service refuses the id of an unknown
    /// music task with code 422.
    ///
    /// In Rust, the refusal of a second request is read as a success.
    ///
    /// Documentation: <https://docs.kie.ai/suno-api/cover-suno>
    ///
    /// In Rust, with a `client` of the crate `kie-suno`:
    ///
    /// ```
    /// # mod simulator { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/simulator.rs")); }
    /// # simulator::run(async |client| {
    /// use kie_suno::requests::CoverSuno;
    ///
    /// // The id of a finished music task.
    /// let task = client.start(CoverSuno::new("4be1c0d29f7a4f7f8d0b6c1e2a3f4d5e")).await?;
    /// for image in task.wait().await?.images {
    ///     println!("{image}");
    /// }
    /// # Ok(())
    /// # });
    /// ```
    #[derive(Eq)]
    #[serde(rename_all = "camelCase")]
    pub struct CoverSuno {
        /// Id of the music task that made the tracks.
        #[serde(default)]
        pub task_id: TaskId<Music>,
        /// Address (URL) to which the service sends the callback at the end of the task. The `kie-suno` client fills in
        /// a missing address.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub call_back_url: Option<String>,
    }
}

impl CoverSuno {
    /// Creates a request for cover images for this music task.
    pub fn new(task_id: impl Into<TaskId<Music>>) -> Self {
        Self { task_id: task_id.into(), call_back_url: None }
    }
}

impl Endpoint for CoverSuno {
    const NAME: &'static str = "cover-suno";
    const DOCS: &'static str = "https://docs.kie.ai/suno-api/cover-suno";
    const METHOD: Method = Method::Post;
    const PATH: &'static str = "/api/v1/suno/cover/generate";
    const EFFECT: Effect = Effect::Creates;
    const PRICE: Option<Price> = Some(Price::listed(0.0));
    const CALL_BACK: Option<CallbackField<Self>> =
        Some(CallbackField::new("callBackUrl", |request| &mut request.call_back_url));
    const MARKET: Option<&'static MarketForm> = Some(&MarketForm::submit("ai-music-api/cover-generate"));
    type Response = Started<Cover>;

    fn validate(&self) -> Result<(), Invalid> {
        let mut rules = Rules::new(Self::NAME);
        rules.required("taskId", self.task_id.as_str());
        rules.call_back_url("callBackUrl", self.call_back_url.as_deref());
        rules.finish()
    }

    limits! {
        and Limit::all(["taskId"], Bound::Required, []),
    }

    /// Reads the existing task from the refusal of a second request for the same music task. The documentation page
    /// says that this refusal has code 400 and the id of the existing task. The page also lists code 409 for this
    /// refusal.
    fn read(http_status: u16, body: &[u8]) -> Result<Started<Cover>, ReadError> {
        match envelope::open(http_status, body) {
            Err(ReadError::Refused(refusal)) if matches!(refusal.code(), 400 | 409) => {
                let outside_data = || refusal.task_id().map(Started::new);
                envelope::data(body).or_else(outside_data).ok_or(ReadError::Refused(refusal))
            }
            result => result,
        }
    }
}

impl Examples for CoverSuno {
    fn examples() -> Vec<Self> {
        let minimal = || Self::new("4be1c0d29f7a4f7f8d0b6c1e2a3f4d5e");
        vec![minimal(), minimal().call_back_url("https://hooks.example.net/kie")]
    }
}

impl TaskEndpoint for CoverSuno {
    type Job = Cover;
}

/// Job that draws cover images.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Cover;

impl Job for Cover {
    const NAME: &'static str = "cover";
    type Lookup = GetCoverSunoDetails;
    type Record = CoverRecord;
    type Callback = CoverCallback;
    type Output = CoverImages;

    fn lookup(id: TaskId<Self>) -> GetCoverSunoDetails {
        GetCoverSunoDetails::new(id)
    }

    fn of_market(record: &MarketRecord) -> CoverRecord {
        let result = record.result();
        let images = CoverImages { images: result.urls().into_iter().map(Into::into).collect() };
        CoverRecord {
            task_id: record.task_id.as_deref().map(TaskId::from),
            response: result.object(&["images"]).or(Some(images).filter(|cover| !cover.images.is_empty())),
            success_flag: Some(record.status(CoverStatus::Generating, CoverStatus::Success, CoverStatus::Failed)),
            create_time: record.create_time.clone(),
            complete_time: record.complete_time.clone(),
            error_code: record.error_code(),
            error_message: record.error_message(),
            credits_consumed: record.credits_consumed,
            ..CoverRecord::default()
        }
    }
}

lookup! {
    /// Looks up a task that draws cover images.
    pub struct GetCoverSunoDetails of Cover => CoverRecord {
        page: "get-cover-suno-details", "https://docs.kie.ai/suno-api/get-cover-suno-details",
        path: "/api/v1/suno/cover/record-info",
        field: "taskId",
        example: "2c58d1a7e0f94b36a7d3b9c4e81f6025",
    }
}

answer! {
    /// Record of a cover task: the response to [`get-cover-suno-details`](GetCoverSunoDetails), with the current state
    /// of the task.
    pub struct CoverRecord {
        /// Id of the task.
        pub task_id: Option<TaskId<Cover>> = "taskId" | "task_id",
        /// Id of the music task whose tracks get the cover images.
        pub parent_task_id: Option<TaskId<Music>> = "parentTaskId" | "parent_task_id",
        /// Callback address from the request that started the task.
        pub callback_url: Option<Link<Any>> = "callbackUrl" | "callback_url" | "callBackUrl",
        /// Time at which the cover images were finished.
        pub complete_time: Option<Timestamp> = "completeTime" | "complete_time",
        /// Cover images. Missing until the images are finished.
        pub response: Option<CoverImages> = "response",
        /// Status of the task.
        pub success_flag: Option<CoverStatus> = "successFlag" | "success_flag",
        /// Time at which the task was created.
        pub create_time: Option<Timestamp> = "createTime" | "create_time",
        /// Failure code, as a number. The code is 200 if the task did not fail.
        pub error_code: Option<i64> = "errorCode" | "error_code",
        /// Failure reason, as text.
        pub error_message: Option<String> = "errorMessage" | "error_message",
        /// Credits that the task cost. Only records of the market route have this field.
        pub credits_consumed: Option<Credits> = "creditsConsumed" | "credits_consumed",
    }
}

answer! {
    /// Finished cover images. KIE documents that it keeps the images for 14 days.
    pub struct CoverImages {
        /// Links to the images, usually two PNG files.
        pub images: Vec<Link> = "images",
    }
}

open_enum! {
    /// Status of a cover task, from the field `successFlag` of its record. The service sends the status as a number. In
    /// the record of a cover task, 2 means that the task is in progress. In the record of a MIDI task, 2 means that the
    /// task could not be created.
    pub enum CoverStatus {
        /// The task is queued.
        Pending = "0",
        /// The task is finished.
        Success = "1",
        /// The task is in progress.
        Generating = "2",
        /// The cover images could not be drawn.
        Failed = "3",
    }
}

impl Record for CoverRecord {
    type Output = CoverImages;

    fn task_id(&self) -> Option<&str> {
        self.task_id.as_ref().map(TaskId::as_str)
    }

    fn state(&self) -> TaskState {
        // In the documentation, `successFlag` is a number. But a text on the documentation page mentions status words,
        // such as `SUCCESS`. So this code also understands such a word in `successFlag`.
        match self.success_flag.as_ref().map(CoverStatus::as_str) {
            Some("1" | "SUCCESS") => TaskState::Complete,
            Some(flag @ ("3" | "CREATE_TASK_FAILED" | "GENERATE_COVER_FAILED")) => {
                let word = Some(flag).filter(|flag| *flag != "3");
                TaskState::Failed(Failure::new(word, self.error_code, self.error_message.as_deref()))
            }
            _ => TaskState::Running(None),
        }
    }

    fn output(&self) -> Option<CoverImages> {
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
    /// Payload of the callback about a cover task: the field `data` of the callback's body. There is one callback per
    /// task.
    pub struct CoverCallback {
        /// Id of the task.
        pub task_id: Option<TaskId<Cover>> = "taskId" | "task_id",
        /// Links to the images. Empty if the task failed: the JSON value is then null.
        pub images: Vec<Link> = "images",
    }
}

impl CallbackPayload for CoverCallback {
    type Output = CoverImages;

    fn task_id(&self) -> Option<&str> {
        self.task_id.as_ref().map(TaskId::as_str)
    }

    fn state(&self, code: i64, message: &str) -> TaskState {
        match code {
            200 | 0 if !self.images.is_empty() => TaskState::Complete,
            200 | 0 => TaskState::Running(None),
            _ => TaskState::Failed(Failure::new(None, Some(code), Some(message))),
        }
    }

    fn output(&self) -> Option<CoverImages> {
        (!self.images.is_empty()).then(|| CoverImages { images: self.images.clone() })
    }
}

impl Output for CoverImages {
    type Piece = Link;

    fn pieces(&self) -> Vec<Link> {
        self.images.clone()
    }

    fn items(&self) -> Vec<Item> {
        let item = |url: &Link| Item { url: Some(url.clone()), ..Item::default() }.link("images", Some(url));
        self.images.iter().map(item).collect()
    }
}
