//! `recovery-audio`: requests new links for old tracks. KIE does not document the lookup and the callback of this
//! operation, but the similar service sunoapi.org does.

use serde::Serialize;

use crate::{
    answer::{
        RefusalKind,
        envelope::{self, ReadError},
    },
    decode::{FromAny, answer, repair},
    market::{MarketForm, MarketRecord},
    operation::{
        CallbackField, CallbackPayload, Effect, Endpoint, Examples, Failure, Item, Job, Method, Output, Record,
        Started, TaskEndpoint, TaskState, request,
    },
    price::Credits,
    request::{Invalid, Rules, limits},
    suno::{lookup::lookup, music::job::Music},
    value::{AudioId, Link, TaskId, open_enum},
};

request! {
    /// Makes new links for all tracks of a finished music task, after the old links have expired.
    ///
    /// All keys of this request are in snake_case, unlike the keys of most other operations. The service refuses the id
    /// of an unknown music task with code 500.
    ///
    /// Documentation: <https://docs.kie.ai/suno-api/recovery-audio>
    ///
    /// In Rust, with a `client` of the crate `kie-suno`:
    ///
    /// ```
    /// # mod simulator { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/simulator.rs")); }
    /// # simulator::run(async |client| {
    /// use kie_suno::requests::RecoveryAudio;
    ///
    /// // The id of a music task whose links have expired.
    /// let task = client.start(RecoveryAudio::new("4be1c0d29f7a4f7f8d0b6c1e2a3f4d5e")).await?;
    /// for track in task.wait().await? {
    ///     println!("{:?}", track.audio_url);
    /// }
    /// # Ok(())
    /// # });
    /// ```
    #[derive(Eq)]
    pub struct RecoveryAudio {
        /// Id of the music task that made the tracks. The similar service sunoapi.org calls this field `sunoTaskId`.
        #[serde(default)]
        pub task_id: TaskId<Music>,
        /// Address (URL) to which the service sends the callback at the end of the task. The service does not require
        /// an address, but the `kie-suno` client fills in a missing address.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub call_back_url: Option<String>,
    }
}

impl RecoveryAudio {
    /// Creates a request for new links to the tracks of this music task.
    pub fn new(task_id: impl Into<TaskId<Music>>) -> Self {
        Self { task_id: task_id.into(), call_back_url: None }
    }
}

impl Endpoint for RecoveryAudio {
    const NAME: &'static str = "recovery-audio";
    const DOCS: &'static str = "https://docs.kie.ai/suno-api/recovery-audio";
    const METHOD: Method = Method::Post;
    const PATH: &'static str = "/api/v1/suno/recovery";
    const EFFECT: Effect = Effect::Creates;
    const CALL_BACK: Option<CallbackField<Self>> =
        Some(CallbackField::optional("call_back_url", |request| &mut request.call_back_url));
    const MARKET: Option<&'static MarketForm> = Some(&MarketForm::submit("ai-music-api/suno-recovery-audio"));
    type Response = Started<Recovery>;

    fn validate(&self) -> Result<(), Invalid> {
        let mut rules = Rules::new(Self::NAME);
        rules.required("task_id", self.task_id.as_str());
        rules.call_back_url("call_back_url", self.call_back_url.as_deref());
        rules.finish()
    }

    limits! {
        and Limit::all(["task_id"], Bound::Required, []),
    }

    /// Reads the refusal of an unknown music task as "not found". This refusal has code 500, like a server error. Only
    /// the message shows that the music task is unknown.
    fn read(http_status: u16, body: &[u8]) -> Result<Started<Recovery>, ReadError> {
        envelope::open(http_status, body).map_err(|error| match error {
            ReadError::Refused(refusal) if refusal.code() == 500 && is_unknown(refusal.message()) => {
                ReadError::Refused(refusal.of_kind(RefusalKind::NotFound))
            }
            other => other,
        })
    }
}

impl Examples for RecoveryAudio {
    fn examples() -> Vec<Self> {
        let minimal = || Self::new("4be1c0d29f7a4f7f8d0b6c1e2a3f4d5e");
        vec![minimal(), minimal().call_back_url("https://hooks.example.net/kie")]
    }
}

impl TaskEndpoint for RecoveryAudio {
    type Job = Recovery;
}

/// Job that makes new links for old tracks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Recovery;

impl Job for Recovery {
    const NAME: &'static str = "recovery";
    type Lookup = GetRecoveryAudioDetails;
    type Record = RecoveryRecord;
    type Callback = RecoveryCallback;
    type Output = Vec<RecoveredTrack>;

    fn lookup(id: TaskId<Self>) -> GetRecoveryAudioDetails {
        GetRecoveryAudioDetails::new(id)
    }

    fn of_market(record: &MarketRecord) -> RecoveryRecord {
        let result = record.result();
        let mut rows: Vec<RecoveredTrack> = result.rows();
        if rows.is_empty() {
            let track = |url: &str| RecoveredTrack { audio_url: Some(url.into()), ..RecoveredTrack::default() };
            rows = result.urls().into_iter().map(track).collect();
        }
        // Some codes of a recovery record say that the task did not fail.
        let failed = record.error_code().filter(|code| !matches!(code, 0 | 200 | 201)).unwrap_or(500);
        RecoveryRecord {
            code: Some(record.status(201, 200, failed)),
            msg: record.error_message(),
            task_id: record.task_id.as_deref().map(TaskId::from),
            rows: Some(Rows(rows)).filter(|Rows(tracks)| !tracks.is_empty()),
            credits_consumed: record.credits_consumed,
        }
    }
}

lookup! {
    /// Looks up a task that makes new links for old tracks.
    ///
    /// KIE does not document this lookup. Its description here comes from the documentation of the similar service
    /// sunoapi.org, and from two captured responses.
    pub struct GetRecoveryAudioDetails of Recovery => RecoveryRecord {
        page: "get-recovery-audio-details", "https://docs.sunoapi.org/suno-api/get-recovery-audio-details",
        path: "/api/v1/suno/recovery/record-info",
        field: "task_id",
        example: "f0a94c6b3d1e4e7293b58c0d7a61e2f4",
    }

    // The body of the response is the record itself, not an envelope around a record. So its codes have their own
    // meanings: 201 means that the task is still running, and 500 means that no track got a new link or that the task
    // is unknown. Code 500 in a body is never a temporary server error here.
    fn read(http_status, body) {
        let Ok(mut record) = repair::read::<RecoveryRecord>(body) else { return envelope::open(http_status, body) };
        if record.task_id.is_none() {
            record.task_id = envelope::data(body).and_then(|inner: RecoveryRecord| inner.task_id);
        }
        match record.code {
            Some(500) if record.rows.is_none() && record.msg.as_deref().is_some_and(is_unknown) => Ok(None),
            Some(200) if record.rows.is_none() && record.task_id.is_none() => envelope::open(http_status, body),
            Some(200 | 201 | 500) => Ok(Some(record)),
            _ if record.rows.is_some() => Ok(Some(record)),
            _ => envelope::open(http_status, body),
        }
    }
}

/// Returns `true` if the message of the service says that the task does not exist.
fn is_unknown(message: &str) -> bool {
    message.to_ascii_lowercase().contains("does not exist")
}

answer! {
    /// Record of a recovery task: the response to [`get-recovery-audio-details`](GetRecoveryAudioDetails), with the
    /// current state of the task. The record is the whole body of the response, because the response has no envelope.
    pub struct RecoveryRecord {
        /// Code of the response: 201 while the task runs, 200 if at least one track has a new link, 500 if no track has
        /// a new link.
        pub code: Option<i64> = "code",
        /// Message of the service, which explains the code.
        pub msg: Option<String> = "msg",
        /// Id of the task.
        pub task_id: Option<TaskId<Recovery>> = "task_id" | "taskId",
        /// Tracks of the music task. In JSON, the list of tracks has one of these four keys.
        rows: Option<Rows> = "data" | "response" | "sunoData" | "suno_data",
        /// Credits that the task cost. Only records of the market route have this field.
        pub credits_consumed: Option<Credits> = "creditsConsumed" | "credits_consumed",
    }
}

answer! {
    /// One track of a recovery task. The tracks are in the same order as in the music task.
    pub struct RecoveredTrack {
        /// Id of the track. A new link does not change the id.
        pub id: Option<AudioId> = "id",
        /// New link to the file of the track. The file may be an M4A file. Missing if there is no new link: the JSON
        /// text is then empty.
        pub audio_url: Option<Link> = "audio_url" | "audioUrl",
        /// Title of the track. Missing if there is no new link: the JSON text is then empty.
        pub title: Option<String> = "title",
        /// Status of the recovery of this track.
        pub status: Option<RecoveryStatus> = "status",
        /// Reason why there is no new link: `no_audio_id_mappings`, `account_missing`, `get_tokens_failed`,
        /// `feed_failed`, `clip_error`, `clip_not_complete`, `mango_transfer_failed` and perhaps others.
        pub error: Option<String> = "error",
    }
}

open_enum! {
    /// Status of one track of a recovery task.
    pub enum RecoveryStatus {
        /// The track has a new link.
        Success = "success",
        /// The track has no new link.
        Failed = "failed",
    }
}

/// List of tracks. In JSON, the value is a list, or an object that contains a list. KIE does not document a successful
/// response, and existing clients read the list from several places. So the type accepts both forms.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(transparent)]
struct Rows(Vec<RecoveredTrack>);

#[cfg(feature = "schemars")]
impl schemars::JsonSchema for Rows {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Rows".into()
    }

    fn json_schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
        let list = generator.subschema_for::<Vec<RecoveredTrack>>();
        schemars::json_schema!({ "anyOf": [list, generator.subschema_for::<RecoveredTracks>()] })
    }
}

answer! {
    /// Object that contains the list of tracks.
    struct RecoveredTracks {
        /// Tracks of the music task. In JSON, the list of tracks has one of these four keys.
        rows: Option<Rows> = "data" | "response" | "sunoData" | "suno_data",
    }
    unread {
        /// Id of the task.
        TaskId<Recovery> = "task_id" | "taskId",
    }
}

impl FromAny for Rows {
    fn map<'de, A: serde::de::MapAccess<'de>>(map: A) -> Result<Option<Self>, A::Error> {
        Ok(RecoveredTracks::map(map)?.and_then(|nested| nested.rows))
    }
    fn seq<'de, A: serde::de::SeqAccess<'de>>(seq: A) -> Result<Option<Self>, A::Error> {
        Ok(Vec::seq(seq)?.map(Self))
    }
}

impl RecoveryRecord {
    /// Returns all tracks, including the tracks without a new link. The list is empty while the task runs.
    pub fn tracks(&self) -> &[RecoveredTrack] {
        self.rows.as_ref().map_or(&[], |Rows(tracks)| tracks)
    }
}

/// Returns the state of a recovery task. With code 201 the task is running. With code 200, code 0 or no code, the state
/// depends on the tracks. With any other code the task failed.
fn state(code: Option<i64>, message: Option<&str>, tracks: &[RecoveredTrack]) -> TaskState {
    match code {
        Some(201) => TaskState::Running(None),
        Some(200 | 0) | None if tracks.iter().any(|track| track.audio_url.is_some()) => TaskState::Complete,
        Some(200 | 0) | None if tracks.iter().all(|track| track.status != Some(RecoveryStatus::Failed)) => {
            TaskState::Running(None)
        }
        code => {
            let reason = tracks.iter().find_map(|track| track.error.as_deref());
            TaskState::Failed(Failure::new(reason, code, message))
        }
    }
}

impl Record for RecoveryRecord {
    type Output = Vec<RecoveredTrack>;

    fn task_id(&self) -> Option<&str> {
        self.task_id.as_ref().map(TaskId::as_str)
    }

    fn state(&self) -> TaskState {
        state(self.code, self.msg.as_deref(), self.tracks())
    }

    fn output(&self) -> Option<Vec<RecoveredTrack>> {
        self.rows.clone().map(|Rows(tracks)| tracks)
    }

    fn credits_consumed(&self) -> Option<Credits> {
        self.credits_consumed
    }
}

answer! {
    /// Payload of the callback about a recovery task: the tracks of the task. In the body of the callback, the id of
    /// the task is usually outside the payload.
    pub struct RecoveryCallback {
        /// Id of the task. Usually missing, because the service usually sends the id outside the payload.
        pub task_id: Option<TaskId<Recovery>> = "task_id" | "taskId",
        /// Tracks of the music task. In JSON, the list of tracks has one of these four keys.
        rows: Option<Rows> = "data" | "response" | "sunoData" | "suno_data",
    }
}

impl RecoveryCallback {
    /// Returns all tracks, including the tracks without a new link.
    pub fn tracks(&self) -> &[RecoveredTrack] {
        self.rows.as_ref().map_or(&[], |Rows(tracks)| tracks)
    }
}

impl CallbackPayload for RecoveryCallback {
    type Output = Vec<RecoveredTrack>;

    fn task_id(&self) -> Option<&str> {
        self.task_id.as_ref().map(TaskId::as_str)
    }

    fn state(&self, code: i64, message: &str) -> TaskState {
        state(Some(code), Some(message), self.tracks())
    }

    fn output(&self) -> Option<Vec<RecoveredTrack>> {
        self.rows.clone().map(|Rows(tracks)| tracks)
    }
}

impl Output for Vec<RecoveredTrack> {
    type Piece = RecoveredTrack;

    fn pieces(&self) -> Vec<RecoveredTrack> {
        self.clone()
    }

    fn items(&self) -> Vec<Item> {
        let item = |track: &RecoveredTrack| Item {
            id: track.id.as_ref().map(|id| id.as_str().to_owned()),
            title: track.title.clone(),
            url: track.audio_url.clone(),
            error: track.error.clone(),
            ..Item::default()
        };
        self.iter().map(|track| item(track).link("audioUrl", track.audio_url.as_ref())).collect()
    }
}
