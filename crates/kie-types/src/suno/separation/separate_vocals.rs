//! Types for separating tracks into vocals and stems. They are documented on the pages `separate-vocals`,
//! `get-vocal-separation-details` and `separate-vocals-callbacks`.
//!
//! A stem is an audio file with only one voice or one group of instruments of a track.

use super::{
    stem_name::StemName,
    stems::{OriginData, STEM_KEYS, Stems},
};
use crate::{
    decode::answer,
    market::{MarketForm, MarketRecord},
    operation::{
        CallbackField, CallbackPayload, Effect, Endpoint, Examples, Failure, Job, Method, Record, Started,
        TaskEndpoint, TaskState, request,
    },
    price::{Credits, Price},
    request::{Invalid, Mode, Rules, limits},
    suno::{lookup::lookup, music::Music},
    value::{AudioId, Link, TaskId, Timestamp, link::Any, open_enum},
};

request! {
    /// Separates a track into stems: into voice and accompaniment, into up to twelve stems, or into one stem and the
    /// rest. A stem is an audio file with only one voice or one group of instruments.
    ///
    /// The source is a track of a music task, or a recording of your own. The service checks `task_id` and `audio_id`
    /// before it accepts the request, and refuses unknown ids with code 422. A second separation of the same track
    /// costs credits again.
    ///
    /// Documentation: <https://docs.kie.ai/suno-api/separate-vocals>
    ///
    /// In Rust, with a `client` of the crate `kie-suno`:
    ///
    /// ```
    /// # mod simulator { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/simulator.rs")); }
    /// # simulator::run(async |client| {
    /// use kie_suno::requests::{SeparateVocals, SeparationType};
    ///
    /// // The ids of a finished music task and of one of its tracks.
    /// let song = "0f6c2b7d9e184a3ab5d1c07f62e8a914";
    /// let track = "5d2e7a10-93cb-4f6e-8a41-b7c0d9e6f312";
    /// let request = SeparateVocals::of_track(song, track).kind(SeparationType::SplitStem);
    /// let task = client.start(request).await?;
    /// for (_, name, link) in task.wait().await?.named() {
    ///     println!("{name}: {link}");
    /// }
    /// # Ok(())
    /// # });
    /// ```
    #[derive(Eq)]
    #[serde(rename_all = "camelCase")]
    pub struct SeparateVocals {
        /// Id of the music task of the track to separate. Not allowed with `audio_url`.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[no_setter]
        pub task_id: Option<TaskId<Music>>,
        /// Id of the track to separate. Not allowed with `audio_url`.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[no_setter]
        pub audio_id: Option<AudioId>,
        /// Address (URL) of the recording to separate, of at most 20 MB. Use this field in place of `task_id` and
        /// `audio_id`. The service must be able to fetch the recording.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[no_setter]
        pub audio_url: Option<String>,
        /// Kind of separation. If the field is missing, the service uses `separate_vocal`.
        #[serde(rename = "type", default, skip_serializing_if = "Option::is_none")]
        pub kind: Option<SeparationType>,
        /// Name of the stem to extract. Required with the kind
        /// [`split_stem_advanced`](SeparationType::SplitStemAdvanced), and not allowed with the other kinds.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub stem_name: Option<StemName>,
        /// Address (URL) to which the service sends the callback at the end of the task. The `kie-suno` client fills in
        /// a missing address.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub call_back_url: Option<String>,
    }
}

open_enum! {
    /// Kind of separation: the stems that a separation makes. Some kinds cost many more credits than others.
    pub enum SeparationType {
        /// Two stems: the voice and the accompaniment.
        SeparateVocal = "separate_vocal",
        /// Up to twelve stems.
        SplitStem = "split_stem",
        /// Two files: the stem with the requested name, and the rest of the track without this stem.
        SplitStemAdvanced = "split_stem_advanced",
    }
}

/// Prices in credits, by the kind of separation.
const SEPARATE_VOCAL: f64 = 10.0;
const SPLIT_STEM: f64 = 50.0;
const SPLIT_STEM_ADVANCED: f64 = 20.0;

const TRACK: Mode = Mode::left_out("track", "audioUrl");
const RECORDING: Mode = Mode::given("recording", "audioUrl");
/// Kind of separation that needs `stemName`.
const WITH_STEM_NAME: Mode = Mode::word("type", "split_stem_advanced");
/// Kinds of separation for which `stemName` is not allowed: a missing `type`, `separate_vocal` and `split_stem`.
const WITHOUT_STEM_NAME: [Mode; 3] =
    [Mode::left_out("default", "type"), Mode::word("type", "separate_vocal"), Mode::word("type", "split_stem")];

impl SeparateVocals {
    /// Creates a request that separates a track of a music task into voice and accompaniment. To get other stems, set
    /// [`kind`](Self::kind).
    pub fn of_track(task_id: impl Into<TaskId<Music>>, audio_id: impl Into<AudioId>) -> Self {
        Self { task_id: Some(task_id.into()), audio_id: Some(audio_id.into()), ..Self::empty() }
    }

    /// Creates a request that separates a recording of your own into voice and accompaniment. To get other stems, set
    /// [`kind`](Self::kind).
    pub fn of_recording(audio_url: impl Into<String>) -> Self {
        Self { audio_url: Some(audio_url.into()), ..Self::empty() }
    }

    fn empty() -> Self {
        Self { task_id: None, audio_id: None, audio_url: None, kind: None, stem_name: None, call_back_url: None }
    }
}

impl Endpoint for SeparateVocals {
    const NAME: &'static str = "separate-vocals";
    const DOCS: &'static str = "https://docs.kie.ai/suno-api/separate-vocals";
    const METHOD: Method = Method::Post;
    const PATH: &'static str = "/api/v1/vocal-removal/generate";
    const EFFECT: Effect = Effect::Creates;
    const PRICE: Option<Price> = Some(Price::listed(SEPARATE_VOCAL).up_to(Credits::new(SPLIT_STEM)));
    const CALL_BACK: Option<CallbackField<Self>> =
        Some(CallbackField::new("callBackUrl", |request| &mut request.call_back_url));
    const MARKET: Option<&'static MarketForm> = Some(&MarketForm::submit("ai-music-api/separate-vocals"));
    type Response = Started<VocalSeparation>;

    /// Checks the rules from the text of the documentation page, because the service follows this text. The schema on
    /// the page contradicts the text: it requires `stemName` for every type. It also requires the ids together with
    /// `audioUrl`, although it forbids this combination in another place.
    fn validate(&self) -> Result<(), Invalid> {
        let mut rules = Rules::new(Self::NAME);
        let task_id = self.task_id.as_ref().map(TaskId::as_str);
        let audio_id = self.audio_id.as_ref().map(AudioId::as_str);
        if self.audio_url.is_some() {
            rules.address("audioUrl", self.audio_url.as_deref());
            rules.forbidden_when("audioUrl is given", "taskId", task_id.is_some());
            rules.forbidden_when("audioUrl is given", "audioId", audio_id.is_some());
        } else {
            rules.required_when("audioUrl is not given", "taskId", task_id);
            rules.required_when("audioUrl is not given", "audioId", audio_id);
        }
        if let Some(kind) = &self.kind {
            rules.accepted("type", kind.as_str(), SeparationType::ALL.iter().map(SeparationType::as_str));
        }
        let stem_name = self.stem_name.as_ref().map(StemName::as_str);
        match &self.kind {
            Some(SeparationType::SplitStemAdvanced) => {
                rules.required_when("type is split_stem_advanced", "stemName", stem_name);
            }
            Some(SeparationType::SeparateVocal | SeparationType::SplitStem) | None => {
                rules.forbidden_when("type is not split_stem_advanced", "stemName", stem_name.is_some());
            }
            Some(_) => {}
        }
        rules.known("stemName", stem_name.unwrap_or_default(), &StemName::WORDS);
        rules.call_back_url("callBackUrl", self.call_back_url.as_deref());
        rules.finish()
    }

    fn price(&self) -> Option<Credits> {
        match &self.kind {
            None | Some(SeparationType::SeparateVocal) => Some(Credits::new(SEPARATE_VOCAL)),
            Some(SeparationType::SplitStem) => Some(Credits::new(SPLIT_STEM)),
            Some(SeparationType::SplitStemAdvanced) => Some(Credits::new(SPLIT_STEM_ADVANCED)),
            Some(_) => None,
        }
    }

    limits! {
        and [Limit::new("type", Bound::OneOf(SeparationType::WORDS.to_vec()))],
        and [Limit::new("stemName", Bound::Known(StemName::WORDS.to_vec()))],
        and Limit::all(["audioUrl"], Bound::Address, []),
        and Limit::all(["taskId", "audioId"], Bound::Required, [TRACK]),
        and Limit::all(["taskId", "audioId"], Bound::LeftOut, [RECORDING]),
        and Limit::all(["stemName"], Bound::Required, [WITH_STEM_NAME]),
        and WITHOUT_STEM_NAME.map(|mode| Limit::new("stemName", Bound::LeftOut).in_mode(mode)),
    }
}

impl Examples for SeparateVocals {
    fn examples() -> Vec<Self> {
        let of_track = || Self::of_track("0f6c2b7d9e184a3ab5d1c07f62e8a914", "5d2e7a10-93cb-4f6e-8a41-b7c0d9e6f312");
        let hook = "https://hooks.example.net/kie";
        let advanced = SeparationType::SplitStemAdvanced;
        vec![
            of_track(),
            of_track().kind(SeparationType::SplitStem).call_back_url(hook),
            Self::of_recording("https://cdn.example.net/demo/take3.mp3")
                .kind(advanced.clone())
                .stem_name(StemName::HiHat)
                .call_back_url(hook),
            of_track().kind(advanced).stem_name(StemName::LeadVocal).call_back_url(hook),
        ]
    }
}

impl TaskEndpoint for SeparateVocals {
    type Job = VocalSeparation;
}

/// Job that separates a track.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct VocalSeparation;

impl Job for VocalSeparation {
    const NAME: &'static str = "vocal-separation";
    type Lookup = GetVocalSeparationDetails;
    type Record = VocalSeparationRecord;
    type Callback = VocalSeparationCallback;
    type Output = Stems;

    fn lookup(id: TaskId<Self>) -> GetVocalSeparationDetails {
        GetVocalSeparationDetails::new(id)
    }

    fn of_market(record: &MarketRecord) -> VocalSeparationRecord {
        let result = record.result();
        let of_urls = || {
            let entry = |url: &str| OriginData { audio_url: Some(url.into()), ..OriginData::default() };
            let stems = Stems { origin_data: result.urls().into_iter().map(entry).collect(), ..Stems::default() };
            Some(stems).filter(Stems::has_files)
        };
        let failed = VocalSeparationStatus::GenerateAudioFailed;
        VocalSeparationRecord {
            task_id: record.task_id.as_deref().map(TaskId::from),
            response: result.object(&STEM_KEYS).filter(Stems::has_files).or_else(of_urls),
            success_flag: Some(record.status(VocalSeparationStatus::Pending, VocalSeparationStatus::Success, failed)),
            create_time: record.create_time.clone(),
            complete_time: record.complete_time.clone(),
            error_code: record.error_code(),
            error_message: record.error_message(),
            credits_consumed: record.credits_consumed,
            ..VocalSeparationRecord::default()
        }
    }
}

lookup! {
    /// Looks up a task that separates a track.
    pub struct GetVocalSeparationDetails of VocalSeparation => VocalSeparationRecord {
        page: "get-vocal-separation-details", "https://docs.kie.ai/suno-api/get-vocal-separation-details",
        path: "/api/v1/vocal-removal/record-info",
        field: "taskId",
        example: "e41b77c0a6d94c0ab3f2285d9107ce66",
    }
}

answer! {
    /// Record of a separation task: the response to [`get-vocal-separation-details`](GetVocalSeparationDetails), with
    /// the current state of the task.
    pub struct VocalSeparationRecord {
        /// Id of the task.
        pub task_id: Option<TaskId<VocalSeparation>> = "taskId" | "task_id",
        /// Id of the track that the task separates.
        pub music_id: Option<AudioId> = "musicId" | "music_id",
        /// Id of the track that the task separates, like `music_id`. KIE does not document this field. The newer
        /// documentation page of the similar service sunoapi.org has it in place of `music_index`.
        pub audio_id: Option<AudioId> = "audioId" | "audio_id",
        /// Callback address from the request that started the task.
        pub callback_url: Option<Link<Any>> = "callbackUrl" | "callback_url" | "callBackUrl",
        /// Index of the track in the list of tracks of its music task. The first track has the index 0.
        pub music_index: Option<i64> = "musicIndex" | "music_index",
        /// Time at which the stems were finished.
        pub complete_time: Option<Timestamp> = "completeTime" | "complete_time",
        /// Stems. Missing until the stems are finished.
        pub response: Option<Stems> = "response",
        /// Status of the task.
        pub success_flag: Option<VocalSeparationStatus> = "successFlag" | "success_flag",
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

open_enum! {
    /// Status of a separation task, from the field `successFlag` of its record.
    pub enum VocalSeparationStatus {
        /// The task is in progress.
        Pending = "PENDING",
        /// The task is finished.
        Success = "SUCCESS",
        /// The task could not be created.
        CreateTaskFailed = "CREATE_TASK_FAILED",
        /// The stems could not be made.
        GenerateAudioFailed = "GENERATE_AUDIO_FAILED",
        /// The service could not deliver the callback of the task. The stems may be available.
        CallbackException = "CALLBACK_EXCEPTION",
    }
}

impl Record for VocalSeparationRecord {
    type Output = Stems;

    fn task_id(&self) -> Option<&str> {
        self.task_id.as_ref().map(TaskId::as_str)
    }

    fn state(&self) -> TaskState {
        match &self.success_flag {
            Some(VocalSeparationStatus::Success) => TaskState::Complete,
            Some(VocalSeparationStatus::CallbackException) if self.response.as_ref().is_some_and(Stems::has_files) => {
                TaskState::Complete
            }
            Some(VocalSeparationStatus::CallbackException) => TaskState::Undelivered,
            Some(status @ (VocalSeparationStatus::CreateTaskFailed | VocalSeparationStatus::GenerateAudioFailed)) => {
                TaskState::Failed(Failure::new(Some(status.as_str()), self.error_code, self.error_message.as_deref()))
            }
            _ => TaskState::Running(None),
        }
    }

    fn output(&self) -> Option<Stems> {
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
    /// Payload of the callback about a separation task: the field `data` of the callback's body. There is one callback
    /// per task.
    ///
    /// The payload has several forms. According to one report, a callback with code 200 can also lack all known
    /// fields. So use the callback only as a signal that the task is finished, and read the stems from the
    /// [record](VocalSeparationRecord) of the task.
    pub struct VocalSeparationCallback {
        /// Id of the task.
        pub task_id: Option<TaskId<VocalSeparation>> = "task_id" | "taskId",
        /// Stems as an object. In JSON, the key of the object is `vocal_separation_info` on the documentation page, or
        /// `vocal_removal_info` if the kind of separation is [`split_stem_advanced`](SeparationType::SplitStemAdvanced).
        pub info: Option<Stems> =
            "vocal_separation_info" | "vocal_removal_info" | "vocalSeparationInfo" | "vocalRemovalInfo",
        /// Link to the accompaniment, if the payload has this link outside [`vocal_separation_info`](Self::info). One
        /// existing client reads the link from this place.
        pub instrumental_url: Option<Link> = "instrumental_url" | "instrumentalUrl",
        /// Link to the voice, if the payload has this link outside [`vocal_separation_info`](Self::info).
        pub vocal_url: Option<Link> = "vocal_url" | "vocalUrl",
        /// Stems as a list, if the payload has this list outside [`vocal_separation_info`](Self::info).
        pub origin_data: Vec<OriginData> = "origin_data" | "originData",
    }
}

impl VocalSeparationCallback {
    /// Returns the stems from [`info`](Self::info). If `info` has no links to stems, returns the stems from the other
    /// fields of this payload. Returns `None` if the payload has no links to stems.
    pub fn stems(&self) -> Option<Stems> {
        let outside_info = Stems {
            instrumental_url: self.instrumental_url.clone(),
            vocal_url: self.vocal_url.clone(),
            origin_data: self.origin_data.clone(),
            ..Stems::default()
        };
        [self.info.clone(), Some(outside_info)].into_iter().flatten().find(Stems::has_files)
    }
}

impl CallbackPayload for VocalSeparationCallback {
    type Output = Stems;

    fn task_id(&self) -> Option<&str> {
        self.task_id.as_ref().map(TaskId::as_str)
    }

    fn state(&self, code: i64, message: &str) -> TaskState {
        match (code, self.stems()) {
            (200 | 0, Some(_)) => TaskState::Complete,
            (200 | 0, None) => TaskState::Running(None),
            _ => TaskState::Failed(Failure::new(None, Some(code), Some(message))),
        }
    }

    fn output(&self) -> Option<Stems> {
        self.stems()
    }
}
