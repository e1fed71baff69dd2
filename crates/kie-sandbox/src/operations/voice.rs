//! The operations of the documentation's section "Suno Voice", which clone a voice.
//!
//! First, a voice-validation task makes a phrase: the text that the owner of the voice has to sing. Then, a voice task
//! makes the voice from a recording of the phrase. Each phrase allows one try.

use std::time::Duration;

use kie_types::{
    Endpoint, Stage, SunoVoiceCheckVoice, SunoVoiceGenerate, SunoVoiceRecordInfo, SunoVoiceRegenerate,
    SunoVoiceValidate, SunoVoiceValidateInfo,
};
use serde_json::{Value, json};

use crate::{
    account::{Ids, State, Task, View, Work, ids},
    script::TaskScript,
};

use super::{
    incoming_call::{IncomingCall, details},
    operation_result::{OperationResult, Refused},
};

/// Time limit for the recording of a phrase. The time starts when the validation task is complete. The limit of the
/// live service was measured: it is more than 151 and less than 181 seconds.
const PHRASE: Duration = Duration::from_secs(165);

const VALIDATIONS: &str = SunoVoiceValidateInfo::NAME;
const VOICES: &str = SunoVoiceRecordInfo::NAME;

/// A voice-validation task. It makes the phrase that the owner of the voice has to sing.
pub(super) struct Validation {
    phrase: String,
    /// Id of the recording of the voice.
    recording: String,
    /// `true` if an earlier task made another phrase for the same recording of the voice.
    again: bool,
}

/// A voice task. It makes a voice from the recording of a phrase.
pub(super) struct Voice {
    pub(super) id: String,
    pub(super) validation: String,
}

/// Handles `suno-voice-validate`, which starts a validation task.
pub(crate) fn validate(call: &mut IncomingCall<'_>) -> OperationResult {
    let request: SunoVoiceValidate = call.checked()?;
    start_validation(call, request, false)
}

/// Handles `suno-voice-regenerate`, which requests another phrase for the owner of the voice to sing. Each phrase
/// allows one try, and the sandbox accepts only validation tasks whose try has failed. The live service refused tasks
/// that wait for a recording, and tasks that can no longer be used. For a task of the examples, both a recording and
/// another phrase are accepted, because examples of two operations name the same task.
pub(crate) fn regenerate(call: &mut IncomingCall<'_>) -> OperationResult {
    let request: SunoVoiceRegenerate = call.request()?;
    let id = request.task_id.as_str();
    let voice = call.account.task_from(VOICES, id);
    let has_failed = voice.is_some_and(|voice| matches!(voice.state(call.now), State::Failed { .. }));
    if !has_failed && !call.account.is_demo(VALIDATIONS, id) {
        return Err(Refused::new(422, "The record is not found or does not need to be rebuilt"));
    }
    start_validation(call, request, true)
}

fn start_validation<E: Endpoint>(call: &mut IncomingCall<'_>, request: E, again: bool) -> OperationResult {
    let [begun, complete] = call.speed.pick([5_000, 18_000], [300, 900], [0; 2]);
    let work = Validation::new(&mut call.account.ids, again);
    call.start(request, &[(Stage::Text, begun), (Stage::Complete, complete)], None, work)
}

/// Handles `suno-voice-generate`, which makes a voice from the recording of a phrase. Each phrase allows one try, so a
/// second call for the same phrase is refused. If the recording comes too late, the call is accepted, and the task
/// fails.
pub(crate) fn generate(call: &mut IncomingCall<'_>) -> OperationResult {
    let request: SunoVoiceGenerate = call.checked()?;
    let id = request.task_id.as_str();
    let validation = call.account.task(VALIDATIONS, id).filter(|task| task.state(call.now).shown() == DONE);
    let (Some(validation), None) = (validation, call.account.task_from(VOICES, id)) else {
        return Err(Refused::new(422, "Validate record is not in valid status"));
    };
    let late = call.now.duration_since(validation.created) > validation.timeline.end() + PHRASE;
    let late = late && !call.account.is_demo(VALIDATIONS, id);
    let fails = late.then(|| failure("Verification phrase expired or not found. Please request a new phrase."));
    let [begun, complete] = call.speed.pick([20_000, 45_000], [400, 1_200], [0; 2]);
    let voice = Voice { id: call.account.ids.track(), validation: id.to_owned() };
    call.start(request, &[(Stage::Text, begun), (Stage::Complete, complete)], fails, voice)
}

/// Handles `suno-voice-validate-info`, which looks up a validation task. If a voice task has used the phrase of the
/// validation task and has ended, the response has the outcome of the voice task.
pub(crate) fn validate_info(call: &mut IncomingCall<'_>) -> OperationResult {
    let mut record = details::<SunoVoiceValidateInfo>(call)?;
    let id = record["taskId"].as_str().unwrap_or_default();
    match call.account.task_from(VOICES, id).map(|voice| voice.state(call.now)) {
        Some(State::Reached(Stage::Complete)) => record["status"] = json!("success"),
        Some(State::Failed { status, code, message, .. }) => {
            record["status"] = json!(status);
            record["errorCode"] = json!(code);
            record["errorMessage"] = json!(message);
        }
        _ => {}
    }
    Ok(record)
}

/// Handles `suno-voice-record-info`. The operation accepts the id of the voice task. It also accepts the id of the
/// validation task, because clients of the live service send this id.
pub(crate) fn record_info(call: &mut IncomingCall<'_>) -> OperationResult {
    let record = details::<SunoVoiceRecordInfo>(call)?;
    if !record.is_null() {
        return Ok(record);
    }
    let id = call.fields["taskId"].as_str().unwrap_or_default();
    let voice = call.account.task_from(VOICES, id).and_then(|voice| call.record(VOICES, &voice.id));
    let record = voice.or_else(|| {
        let validation = call.record(VALIDATIONS, id)?;
        Some(json!({ "voiceId": null, "status": validation["status"], "errorCode": null, "errorMessage": "" }))
    });
    let Some(mut record) = record else { return Ok(Value::Null) };
    record["taskId"] = json!(id);
    Ok(record)
}

/// Handles `suno-voice-check-voice`, which tells whether a voice can be used. If it cannot, the request is refused.
pub(crate) fn check_voice(call: &mut IncomingCall<'_>) -> OperationResult {
    let request: SunoVoiceCheckVoice = call.request()?;
    let id = request.task_id.as_str();
    let voice = call.account.task(VOICES, id).or_else(|| call.account.task_from(VOICES, id));
    if voice.is_some_and(|voice| voice.state(call.now).shown() == DONE) {
        return Ok(json!({ "isAvailable": true }));
    }
    Err(Refused::new(422, "suno_user_id is missing"))
}

const DONE: Option<Stage> = Some(Stage::Complete);

impl Validation {
    pub(super) fn new(ids: &mut Ids, again: bool) -> Self {
        Self { phrase: phrase(ids), recording: ids.task(), again }
    }
}

impl Work for Validation {
    fn lookup(&self) -> &'static str {
        VALIDATIONS
    }

    fn failed(&self) -> &'static str {
        "processing_validate_fail"
    }

    fn word<'a>(&self, state: &'a State<'_>) -> &'a str {
        word(state, ["wait_processing", "processing_validate", "wait_validating"])
    }

    fn has_callback(&self, state: &State<'_>) -> bool {
        *state != State::Reached(Stage::Text)
    }

    fn record(&self, task: &Task, view: &View<'_>) -> Value {
        let (code, message) = view.state.failure();
        json!({
            "taskId": task.id,
            "validateInfo": if view.state.shown() == DONE { self.phrase.as_str() } else { "" },
            "status": self.word(&view.state),
            "errorCode": code,
            "errorMessage": message.unwrap_or_default(),
        })
    }

    fn market_result(&self, task: &Task, _: &View<'_>) -> Value {
        json!({
            "verify_phrase_text": self.phrase,
            "verify_phrase_id": task.id,
            "voice_recording_id": self.recording,
        })
    }

    fn callback(&self, task: &Task, view: &View<'_>) -> Value {
        let failed =
            if self.again { "Validation phrase regeneration failed" } else { "Validation phrase generation failed" };
        callback_body(view, failed, "validateInfo", self.record(task, view))
    }
}

impl Work for Voice {
    fn lookup(&self) -> &'static str {
        VOICES
    }

    fn failed(&self) -> &'static str {
        "fail"
    }

    fn source(&self) -> Option<&str> {
        Some(&self.validation)
    }

    fn word<'a>(&self, state: &'a State<'_>) -> &'a str {
        word(state, ["wait_validating", "generating_voice", "success"])
    }

    fn has_callback(&self, state: &State<'_>) -> bool {
        *state != State::Reached(Stage::Text)
    }

    fn record(&self, task: &Task, view: &View<'_>) -> Value {
        let (code, message) = view.state.failure();
        json!({
            "taskId": task.id,
            "voiceId": (view.state.shown() == DONE).then_some(&self.id),
            "status": self.word(&view.state),
            "errorCode": code,
            "errorMessage": message.unwrap_or_default(),
        })
    }

    fn market_result(&self, _: &Task, _: &View<'_>) -> Value {
        json!({ "persona_id": self.id, "suno_user_id": self.validation })
    }

    fn callback(&self, task: &Task, view: &View<'_>) -> Value {
        callback_body(view, "Voice generation failed", "voiceId", self.record(task, view))
    }
}

/// Returns the status word for a state. The voice operations have no status word for a task whose callback was not
/// delivered. Such a task is shown as a success.
fn word<'a>(state: &'a State<'_>, [pending, begun, done]: [&'static str; 3]) -> &'a str {
    match state {
        State::Hidden | State::Pending => pending,
        State::Reached(Stage::Text) => begun,
        State::Reached(_) | State::Undelivered { .. } => done,
        State::Word(_) | State::Failed { .. } => state.word(),
    }
}

/// Returns the body of a callback: `record` in an envelope with `code` and `msg`. If the task has failed, `msg` is the
/// text in `failed`, and the field of `record` whose name is in `result` is null.
fn callback_body(view: &View<'_>, failed: &str, result: &str, mut record: Value) -> Value {
    let State::Failed { code, .. } = view.state else {
        return json!({ "code": 200, "msg": "success", "data": record });
    };
    record[result] = Value::Null;
    json!({ "code": code, "msg": failed, "data": record })
}

fn failure(message: &str) -> TaskScript {
    TaskScript::Fails { status: "fail".into(), code: 500, message: message.into(), after: None }
}

/// Returns a random phrase for the owner of a voice to sing. Two tasks rarely get the same phrase.
fn phrase(ids: &mut Ids) -> String {
    const SUBJECTS: [&str; 8] = [
        "Silver rain",
        "A yellow tram",
        "Cold tea",
        "The last ferry",
        "Warm bread",
        "One kite",
        "Grey wool",
        "Blue smoke",
    ];
    const VERBS: [&str; 8] = ["waits", "hums", "leans", "turns", "sleeps", "whistles", "drifts", "sings"];
    const PLACES: [&str; 8] = [
        "behind the market",
        "under the stairs",
        "over the harbour",
        "beside the mill",
        "along the canal",
        "above the orchard",
        "before the snow",
        "after the parade",
    ];
    let mut of = |words: [&'static str; 8]| words[(ids::share(&ids.task()) * 8.0) as usize % 8];
    format!("{} {} {}", of(SUBJECTS), of(VERBS), of(PLACES))
}
