//! The operations that transcribe stems to MIDI.

use kie_types::{Endpoint, GenerateMidi, GetMidiDetails, GetVocalSeparationDetails, Stage};
use serde_json::{Value, json};

use crate::account::{State, Task, View, Work};

use super::{
    incoming_call::IncomingCall,
    operation_result::{OperationResult, Refused},
};

/// A task that transcribes stems to MIDI.
pub(super) struct Midi {
    pub(super) stem_id: Option<String>,
    /// Names of the stems that are transcribed.
    pub(super) names: Vec<String>,
}

/// Duration of one beat, in seconds. All songs have the same beat, because each song repeats the file
/// `assets/waltz.mp3`.
const BEAT: f64 = 0.336;
/// MIDI pitches of the root notes of the four bars in `assets/waltz.mp3`.
const BARS: [i64; 4] = [48, 45, 43, 48];

/// Handles `generate-midi`: transcribes all stems of a finished separation, or one of its stems.
pub(crate) fn generate(call: &mut IncomingCall<'_>) -> OperationResult {
    let request: GenerateMidi = call.request()?;
    let stem_id = request.audio_id.as_ref().map(|id| id.as_str().to_owned());
    let separation = call.account.task(GetVocalSeparationDetails::NAME, request.task_id.as_str());
    let separation = separation.filter(|task| task.state(call.now).shown().is_some());
    let stems = separation.map_or(&[][..], |task| task.work.stems());
    let stems = stems.iter().filter(|stem| stem_id.as_ref().is_none_or(|id| *id == stem.id));
    let names: Vec<_> = stems.map(|stem| stem.name.clone()).collect();
    if names.is_empty() {
        return Err(Refused::new(422, "Record does not exist"));
    }
    call.start(request, &[(Stage::Complete, call.speed.pick(20_000, 700, 0))], None, Midi { stem_id, names })
}

impl Midi {
    /// Returns the notes of each stem. `time` converts the start time of a note, in seconds, to JSON.
    fn instruments(&self, time: impl Fn(f64) -> Value) -> Vec<Value> {
        let note = |beat: usize| {
            let step = if beat.is_multiple_of(3) { 0 } else { [4, 7][beat % 2] };
            let start = beat as f64 * BEAT;
            json!({
                "pitch": BARS[beat / 3 % BARS.len()] + step,
                "start": time(start),
                "end": start + BEAT / 2.0,
                "velocity": if step == 0 { 1.0 } else { 0.7 },
            })
        };
        let notes: Vec<_> = (0..3 * BARS.len()).map(note).collect();
        self.names.iter().map(|name| json!({ "name": name, "notes": notes })).collect()
    }
}

impl Work for Midi {
    fn lookup(&self) -> &'static str {
        GetMidiDetails::NAME
    }

    /// Returns the data of the response to a lookup. It has a number instead of a status word. The number for a task
    /// whose callback was not delivered is not known. Such a task is shown as a success. The script of
    /// the task says whether it has the notes.
    fn record(&self, task: &Task, view: &View<'_>) -> Value {
        let flag = match view.state {
            State::Hidden | State::Pending => json!(0),
            State::Word(word) => word.parse::<i64>().map_or_else(|_| json!(word), Value::from),
            State::Reached(_) | State::Undelivered { .. } => json!(1),
            State::Failed { status: "CREATE_TASK_FAILED", .. } => json!(2),
            State::Failed { .. } => json!(3),
        };
        let data =
            view.state.shown().map(|_| json!({ "state": "complete", "instruments": self.instruments(Value::from) }));
        let (code, message) = view.state.failure();
        json!({
            "taskId": task.id,
            "recordTaskId": -1,
            "audioId": self.stem_id,
            "callbackUrl": task.call_back_url,
            "completeTime": data.as_ref().map(|_| view.clock.millis(task.created + task.timeline.end())),
            "midiData": data,
            "successFlag": flag,
            "createTime": view.clock.millis(task.created),
            "errorCode": code.map(|code| code.to_string()),
            "errorMessage": message,
        })
    }

    /// Returns a reference without notes. The market route sends the notes only with the callback.
    fn market_result(&self, task: &Task, _: &View<'_>) -> Value {
        json!({ "resultObject": { "taskId": task.id } })
    }

    /// Returns the body of the callback. As in the documentation, start times of notes are texts, and end times are
    /// numbers.
    fn callback(&self, task: &Task, view: &View<'_>) -> Value {
        match view.state {
            State::Failed { code, message, .. } => {
                json!({ "code": code, "msg": message, "data": { "taskId": task.id } })
            }
            _ => {
                let instruments = self.instruments(|time| json!(time.to_string()));
                let data = json!({ "taskId": task.id, "state": "complete", "instruments": instruments });
                json!({ "code": 200, "msg": "success", "data": data })
            }
        }
    }
}
