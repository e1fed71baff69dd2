//! Types for making MIDI notes from stems. They are documented on the pages `generate-midi`, `get-midi-details` and
//! `generate-midi-callbacks`.
//!
//! A stem is an audio file with only one voice or one group of instruments of a track.

use super::midi_file::midi_file;
use crate::{
    decode::answer,
    market::{MarketForm, MarketRecord},
    operation::{
        CallbackField, CallbackPayload, Effect, Endpoint, Examples, Failure, InlineFile, Item, Job, Method, Output,
        Record, Started, TaskEndpoint, TaskState, request,
    },
    price::{Credits, Price},
    request::{Invalid, Rules, limits},
    suno::{lookup::lookup, separate_vocals::VocalSeparation},
    value::{AudioId, Link, Seconds, TaskId, Timestamp, link::Any, open_enum},
};

request! {
    /// Transcribes the stems of a separation into MIDI notes.
    ///
    /// `task_id` is the id of a finished [separation](crate::SeparateVocals), not of a music task. The service checks
    /// this id before it accepts the request, and refuses an unknown id with code 422.
    ///
    /// On the market route, the notes come only in the callback.
    ///
    /// In Rust, the `kie-suno` client has these notes if the callback reaches its `Receiver`, and the receiver or the
    /// client has a ledger. The receiver keeps the notes in the ledger.
    ///
    /// Documentation: <https://docs.kie.ai/suno-api/generate-midi>
    ///
    /// In Rust, with a `client` of the crate `kie-suno`:
    ///
    /// ```
    /// # mod simulator { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/simulator.rs")); }
    /// # simulator::run(async |client| {
    /// use kie_suno::requests::GenerateMidi;
    ///
    /// // The id of a finished separation.
    /// let task = client.start(GenerateMidi::new("e41b77c0a6d94c0ab3f2285d9107ce66")).await?;
    /// let notes = task.wait().await?;
    /// assert!(notes.to_file().starts_with(b"MThd")); // a Standard MIDI File
    /// # Ok(())
    /// # });
    /// ```
    #[derive(Eq)]
    #[serde(rename_all = "camelCase")]
    pub struct GenerateMidi {
        /// Id of the separation task, which made the stems.
        #[serde(default)]
        pub task_id: TaskId<VocalSeparation>,
        /// Address (URL) to which the service sends the callback at the end of the task. The `kie-suno` client fills in
        /// a missing address.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub call_back_url: Option<String>,
        /// Id of the stem to transcribe. The [record](crate::VocalSeparationRecord) of the separation task has the ids
        /// of the stems. If this field is missing, the service transcribes every stem.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub audio_id: Option<AudioId>,
    }
}

impl GenerateMidi {
    /// Creates a request that transcribes every stem of this separation. To transcribe only one stem, set
    /// [`audio_id`](Self::audio_id).
    pub fn new(task_id: impl Into<TaskId<VocalSeparation>>) -> Self {
        Self { task_id: task_id.into(), call_back_url: None, audio_id: None }
    }
}

impl Endpoint for GenerateMidi {
    const NAME: &'static str = "generate-midi";
    const DOCS: &'static str = "https://docs.kie.ai/suno-api/generate-midi";
    const METHOD: Method = Method::Post;
    const PATH: &'static str = "/api/v1/midi/generate";
    const EFFECT: Effect = Effect::Creates;
    const PRICE: Option<Price> = Some(Price::listed(0.0));
    const CALL_BACK: Option<CallbackField<Self>> =
        Some(CallbackField::new("callBackUrl", |request| &mut request.call_back_url));
    const MARKET: Option<&'static MarketForm> = Some(&MarketForm::submit("ai-music-api/generate-midi-from-audio"));
    type Response = Started<Midi>;

    fn validate(&self) -> Result<(), Invalid> {
        let mut rules = Rules::new(Self::NAME);
        rules.required("taskId", self.task_id.as_str());
        rules.call_back_url("callBackUrl", self.call_back_url.as_deref());
        rules.finish()
    }

    limits! {
        and Limit::all(["taskId"], Bound::Required, []),
    }
}

impl Examples for GenerateMidi {
    fn examples() -> Vec<Self> {
        let minimal = || Self::new("e41b77c0a6d94c0ab3f2285d9107ce66");
        vec![
            minimal(),
            minimal().call_back_url("https://hooks.example.net/kie").audio_id("84f7d2aa-1e6b-43fb-b0d4-5a9bb6c3e722"),
        ]
    }
}

impl TaskEndpoint for GenerateMidi {
    type Job = Midi;
}

/// Job that transcribes stems into MIDI notes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Midi;

impl Job for Midi {
    const NAME: &'static str = "midi";
    type Lookup = GetMidiDetails;
    type Record = MidiRecord;
    type Callback = MidiCallback;
    type Output = MidiData;

    fn lookup(id: TaskId<Self>) -> GetMidiDetails {
        GetMidiDetails::new(id)
    }

    fn of_market(record: &MarketRecord) -> MidiRecord {
        MidiRecord {
            task_id: record.task_id.as_deref().map(TaskId::from),
            reference: record.result().reference().map(str::to_owned),
            midi_data: record.result().object(&["instruments"]),
            success_flag: Some(record.status(MidiStatus::Pending, MidiStatus::Success, MidiStatus::GenerateFailed)),
            create_time: record.create_time.clone(),
            complete_time: record.complete_time.clone(),
            error_code: record.fail_code.clone(),
            error_message: record.fail_msg.clone(),
            credits_consumed: record.credits_consumed,
            ..MidiRecord::default()
        }
    }

    const RESULT_BY_CALLBACK: bool = true;

    fn add_output(record: &mut MidiRecord, notes: MidiData) {
        record.midi_data = Some(notes);
    }
}

lookup! {
    /// Looks up a task that transcribes stems into MIDI notes.
    pub struct GetMidiDetails of Midi => MidiRecord {
        page: "get-midi-details", "https://docs.kie.ai/suno-api/get-midi-details",
        path: "/api/v1/midi/record-info",
        field: "taskId",
        example: "20d5ce7f1b8e4f0c8a6f3b94d1a7e003",
    }
}

answer! {
    /// Record of a MIDI task: the response to [`get-midi-details`](GetMidiDetails), with the current state of the task.
    pub struct MidiRecord {
        /// Id of the task.
        pub task_id: Option<TaskId<Midi>> = "taskId" | "task_id",
        /// Number for internal use by the service, such as -1.
        pub record_task_id: Option<i64> = "recordTaskId" | "record_task_id",
        /// Id of the transcribed stem, if the request had the id of a stem.
        pub audio_id: Option<AudioId> = "audioId" | "audio_id",
        /// Callback address from the request that started the task.
        pub callback_url: Option<Link<Any>> = "callbackUrl" | "callback_url" | "callBackUrl",
        /// Time at which the notes were finished.
        pub complete_time: Option<Timestamp> = "completeTime" | "complete_time",
        /// Result of the task: the notes. Missing until the notes are finished, and in records of the market route: see
        /// `reference`. In the records of most other kinds of task, the result is in the field `response`.
        pub midi_data: Option<MidiData> = "midiData" | "midi_data",
        /// Reference of the service to the notes. Only records of the market route have this field. It stands in place
        /// of the notes: on the market route, the record of a finished task has no notes, and only the callback of the
        /// task has them.
        pub reference: Option<String> = "reference",
        /// Status of the task.
        pub success_flag: Option<MidiStatus> = "successFlag" | "success_flag",
        /// Time at which the task was created.
        pub create_time: Option<Timestamp> = "createTime" | "create_time",
        /// Failure code, as text that may contain a number.
        pub error_code: Option<String> = "errorCode" | "error_code",
        /// Failure reason, as text.
        pub error_message: Option<String> = "errorMessage" | "error_message",
        /// Credits that the task cost. Only records of the market route have this field.
        pub credits_consumed: Option<Credits> = "creditsConsumed" | "credits_consumed",
    }
}

answer! {
    /// Notes of the transcribed stems. There may be no notes if the separation made many stems.
    pub struct MidiData {
        /// State of the notes. Its value is `complete`.
        pub state: Option<String> = "state",
        /// Instruments, each with its notes.
        pub instruments: Vec<Instrument> = "instruments",
    }
}

answer! {
    /// Instrument with its notes.
    pub struct Instrument {
        /// Name of the instrument, such as `Acoustic Grand Piano` or `Drums`.
        pub name: Option<String> = "name",
        /// Notes of the instrument.
        pub notes: Vec<Note> = "notes",
    }
}

answer! {
    /// One note of an instrument. In JSON, `start` and `end` can each be a number, or a string that contains a number.
    pub struct Note {
        /// MIDI key, 0 to 127. 60 is middle C.
        pub pitch: Option<i64> = "pitch",
        /// Start of the note, in seconds.
        pub start: Option<Seconds> as crate::value::NumberOrText = "start",
        /// End of the note, in seconds.
        pub end: Option<Seconds> as crate::value::NumberOrText = "end",
        /// Velocity: the force with which the note is played, 0 to 1.
        pub velocity: Option<f64> = "velocity",
    }
}

open_enum! {
    /// Status of a MIDI task, from the field `successFlag` of its record. The service sends the status as a number.
    ///
    /// In Rust, [`as_str`](Self::as_str) returns the number as text.
    pub enum MidiStatus {
        /// The task is in progress.
        Pending = "0",
        /// The task is finished.
        Success = "1",
        /// The task could not be created.
        CreateTaskFailed = "2",
        /// The stems could not be transcribed.
        GenerateFailed = "3",
    }
}

impl MidiData {
    /// Returns the notes as a Standard MIDI File: a track with the tempo and one track per instrument, 480 ticks per
    /// quarter note, 120 quarter notes per minute.
    ///
    /// A note without a pitch from 0 to 127 or without a start is left out. The file has no program changes, so it does
    /// not select sounds. The name of each instrument is the name of its track. Drums are on their own MIDI channel.
    pub fn to_file(&self) -> Vec<u8> {
        midi_file(&self.instruments)
    }
}

impl Record for MidiRecord {
    type Output = MidiData;

    fn task_id(&self) -> Option<&str> {
        self.task_id.as_ref().map(TaskId::as_str)
    }

    fn state(&self) -> TaskState {
        match &self.success_flag {
            Some(MidiStatus::Success) => TaskState::Complete,
            Some(status @ (MidiStatus::CreateTaskFailed | MidiStatus::GenerateFailed)) => {
                let code = self.error_code.as_deref().and_then(|code| code.trim().parse().ok());
                // If the failure code is not a number, it is put at the start of the failure message, so that it is not
                // lost.
                let words = self.error_code.as_deref().filter(|_| code.is_none());
                let message: Vec<_> = [words, self.error_message.as_deref()].into_iter().flatten().collect();
                TaskState::Failed(Failure::new(Some(status.as_str()), code, Some(&message.join(": "))))
            }
            _ => TaskState::Running(None),
        }
    }

    /// Returns the notes. Returns a `MidiData` without instruments if the task is finished, but its record has no
    /// notes.
    fn output(&self) -> Option<MidiData> {
        let finished = self.success_flag == Some(MidiStatus::Success);
        self.midi_data.clone().or_else(|| finished.then(MidiData::default))
    }

    fn created(&self) -> Option<&Timestamp> {
        self.create_time.as_ref()
    }

    fn credits_consumed(&self) -> Option<Credits> {
        self.credits_consumed
    }
}

answer! {
    /// Payload of the callback about a MIDI task: the field `data` of the callback's body. There is one callback per
    /// task.
    pub struct MidiCallback {
        /// Id of the task. One code sample on the documentation page reads the id from the body of the callback,
        /// outside `data`.
        pub task_id: Option<TaskId<Midi>> = "taskId" | "task_id",
        /// State of the notes. Its value is `complete`. Missing if the task failed.
        pub state: Option<String> = "state",
        /// Instruments, each with its notes. Empty if the task failed.
        pub instruments: Vec<Instrument> = "instruments",
    }
}

impl CallbackPayload for MidiCallback {
    type Output = MidiData;

    fn task_id(&self) -> Option<&str> {
        self.task_id.as_ref().map(TaskId::as_str)
    }

    fn state(&self, code: i64, message: &str) -> TaskState {
        match (code, self.output()) {
            (200 | 0, Some(_)) => TaskState::Complete,
            (200 | 0, None) => TaskState::Running(None),
            _ => TaskState::Failed(Failure::new(None, Some(code), Some(message))),
        }
    }

    fn output(&self) -> Option<MidiData> {
        let has_notes = self.state.as_deref() == Some("complete") || !self.instruments.is_empty();
        has_notes.then(|| MidiData { state: self.state.clone(), instruments: self.instruments.clone() })
    }
}

impl Output for MidiData {
    type Piece = Self;

    fn pieces(&self) -> Vec<Self> {
        if self.instruments.is_empty() { Vec::new() } else { vec![self.clone()] }
    }

    /// Returns one item with the notes as a MIDI file. Returns no item if there are no instruments. The text of the
    /// item is the names of the instruments, separated by commas.
    fn items(&self) -> Vec<Item> {
        if self.instruments.is_empty() {
            return Vec::new();
        }
        let names: Vec<_> = self.instruments.iter().filter_map(|instrument| instrument.name.as_deref()).collect();
        let text = Some(names.join(", ")).filter(|text| !text.is_empty());
        vec![Item { text, inline: Some(InlineFile::new("mid", self.to_file())), ..Item::default() }]
    }
}
