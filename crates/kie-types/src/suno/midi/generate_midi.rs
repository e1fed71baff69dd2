//! MIDI from stems: `generate-midi`, `get-midi-details`, `generate-midi-callbacks`.

use serde::{Deserialize, Serialize};

use super::midi_file::midi_file;
use crate::{
    decode::answer,
    operation::{
        CallBackField, CallbackPayload, Effect, Endpoint, Examples, Failure, InlineFile, Item, Job, Method, Output,
        Record, Started, TaskEndpoint, TaskState,
    },
    request::{Invalid, Rules, setters},
    suno::{lookup::lookup, separate_vocals::VocalSeparation},
    value::{AudioId, Link, Seconds, TaskId, Timestamp, link::Any, open_enum},
};

/// Writes down the notes of stems.
///
/// The task is a finished [separation](crate::SeparateVocals), not a music task. It is checked at once: an unknown one
/// is refused with code 422.
///
/// Documentation: <https://docs.kie.ai/suno-api/generate-midi>
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(
    feature = "schemars",
    derive(schemars::JsonSchema),
    schemars(transform = crate::operation::schema::request::<Self>)
)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct GenerateMidi {
    /// The separation that made the stems.
    #[serde(default)]
    pub task_id: TaskId<VocalSeparation>,
    /// Where the service reports the end. The client fills it in if it is missing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub call_back_url: Option<String>,
    /// One stem, by the `id` of its row; without it every stem is written down.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub audio_id: Option<AudioId>,
}

impl GenerateMidi {
    /// The notes of every stem of this separation, or of one, if an [`audio_id`](Self::audio_id) is set.
    pub fn new(task_id: impl Into<TaskId<VocalSeparation>>) -> Self {
        Self { task_id: task_id.into(), call_back_url: None, audio_id: None }
    }
}

setters! {
    GenerateMidi {
        call_back_url: String,
        audio_id: AudioId,
    }
}

impl Endpoint for GenerateMidi {
    const NAME: &'static str = "generate-midi";
    const DOCS: &'static str = "https://docs.kie.ai/suno-api/generate-midi";
    const METHOD: Method = Method::Post;
    const PATH: &'static str = "/api/v1/midi/generate";
    const EFFECT: Effect = Effect::Creates;
    const CALL_BACK: Option<CallBackField<Self>> =
        Some(CallBackField::new("callBackUrl", |request| &mut request.call_back_url));
    type Response = Started<Midi>;

    fn validate(&self) -> Result<(), Invalid> {
        let mut rules = Rules::new(Self::NAME);
        rules.required("taskId", self.task_id.as_str());
        rules.address("callBackUrl", self.call_back_url.as_deref());
        rules.finish()
    }
}

impl Examples for GenerateMidi {
    fn examples() -> Vec<Self> {
        let of = || Self::new("e41b77c0a6d94c0ab3f2285d9107ce66");
        vec![of(), of().call_back_url("https://hooks.example.net/kie").audio_id("84f7d2aa-1e6b-43fb-b0d4-5a9bb6c3e722")]
    }
}

impl TaskEndpoint for GenerateMidi {
    type Job = Midi;
}

/// Writing down the notes of stems.
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
}

lookup! {
    /// Looks up a task that writes down notes.
    pub struct GetMidiDetails of Midi => MidiRecord {
        page: "get-midi-details", "https://docs.kie.ai/suno-api/get-midi-details",
        path: "/api/v1/midi/record-info",
        field: "taskId",
        example: "20d5ce7f1b8e4f0c8a6f3b94d1a7e003",
    }
}

answer! {
    /// What the service says of a MIDI task right now.
    pub struct MidiRecord {
        /// The task.
        pub task_id: Option<TaskId<Midi>> = "taskId" | "task_id",
        /// A number of the service's own, such as -1.
        pub record_task_id: Option<i64> = "recordTaskId" | "record_task_id",
        /// The stem that was asked for, if one was.
        pub audio_id: Option<AudioId> = "audioId" | "audio_id",
        /// The callback address of the submit.
        pub callback_url: Option<Link<Any>> = "callbackUrl" | "callback_url" | "callBackUrl",
        /// When the notes were written down.
        pub complete_time: Option<Timestamp> = "completeTime" | "complete_time",
        /// The notes, once they are written down. Alone among the records, no `response` is around them.
        pub midi_data: Option<MidiData> = "midiData" | "midi_data",
        /// How the task stands.
        pub success_flag: Option<MidiStatus> = "successFlag" | "success_flag",
        /// When the task was made.
        pub create_time: Option<Timestamp> = "createTime" | "create_time",
        /// Why it failed: text, which may hold a number.
        pub error_code: Option<String> = "errorCode" | "error_code",
        /// Why it failed, in words.
        pub error_message: Option<String> = "errorMessage" | "error_message",
    }
}

answer! {
    /// The notes of stems. They may be missing where the separation was into many stems.
    pub struct MidiData {
        /// `complete`.
        pub state: Option<String> = "state",
        /// The instruments, each with its notes.
        pub instruments: Vec<Instrument> = "instruments",
    }
}

answer! {
    /// An instrument with its notes.
    pub struct Instrument {
        /// Its name, such as `Acoustic Grand Piano` or `Drums`.
        pub name: Option<String> = "name",
        /// Its notes.
        pub notes: Vec<Note> = "notes",
    }
}

answer! {
    /// A note. Its times come as numbers and as numbers in text, both within one note.
    pub struct Note {
        /// The MIDI key, 0 to 127; 60 is the middle C.
        pub pitch: Option<i64> = "pitch",
        /// When it begins, in seconds.
        pub start: Option<Seconds> = "start",
        /// When it ends, in seconds.
        pub end: Option<Seconds> = "end",
        /// How hard it is struck, 0 to 1.
        pub velocity: Option<f64> = "velocity",
    }
}

open_enum! {
    /// The status of a MIDI task, called `successFlag`: a number here, and printed as its digits.
    pub enum MidiStatus {
        /// Under way.
        Pending = "0",
        /// Finished.
        Success = "1",
        /// The task could not be made.
        CreateTaskFailed = "2",
        /// The notes could not be written down.
        GenerateFailed = "3",
    }
}

impl MidiData {
    /// The notes as a Standard MIDI File: a track for each instrument, 480 ticks to the quarter, 120 quarters a minute.
    ///
    /// Notes without a pitch or a beginning are left out. There are no programs: what an instrument is called stands
    /// in its track's name, and drums are on their own channel.
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
                // A code that is no number is not lost: it is all that explains the failure, or goes before the words.
                let words = self.error_code.as_deref().filter(|_| code.is_none());
                let message: Vec<_> = [words, self.error_message.as_deref()].into_iter().flatten().collect();
                TaskState::Failed(Failure::new(Some(status.as_str()), code, Some(&message.join(": "))))
            }
            _ => TaskState::Running(None),
        }
    }

    /// A finished task may have no notes.
    fn output(&self) -> Option<MidiData> {
        let finished = self.success_flag == Some(MidiStatus::Success);
        self.midi_data.clone().or_else(|| finished.then(MidiData::default))
    }

    fn created(&self) -> Option<&Timestamp> {
        self.create_time.as_ref()
    }
}

answer! {
    /// What the service pushes about a MIDI task: the `data` of its one callback.
    pub struct MidiCallback {
        /// The task, in camelCase here. One sample of the page looks for it beside `data`.
        pub task_id: Option<TaskId<Midi>> = "taskId" | "task_id",
        /// `complete`; missing on failure.
        pub state: Option<String> = "state",
        /// The instruments, each with its notes; missing on failure.
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
            // A callback whose code is missing is not a failure when it brings what the task was for.
            (200 | 0, Some(_)) => TaskState::Complete,
            (200, None) => TaskState::Running(None),
            _ => TaskState::Failed(Failure::new(None, Some(code), Some(message))),
        }
    }

    fn output(&self) -> Option<MidiData> {
        let there = self.state.as_deref() == Some("complete") || !self.instruments.is_empty();
        there.then(|| MidiData { state: self.state.clone(), instruments: self.instruments.clone() })
    }
}

impl Output for MidiData {
    type Piece = Self;

    fn pieces(&self) -> Vec<Self> {
        if self.instruments.is_empty() { Vec::new() } else { vec![self.clone()] }
    }

    /// The notes as one MIDI file, if there are any, with the names of the instruments for its text.
    fn items(&self) -> Vec<Item> {
        if self.instruments.is_empty() {
            return Vec::new();
        }
        let names: Vec<_> = self.instruments.iter().filter_map(|instrument| instrument.name.as_deref()).collect();
        let text = Some(names.join(", ")).filter(|text| !text.is_empty());
        vec![Item { text, inline: Some(InlineFile::new("mid", self.to_file())), ..Item::default() }]
    }
}
