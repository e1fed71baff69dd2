//! The operations of the documentation's section "WAV Conversion".

use kie_types::{ConvertToWav, Endpoint, GetWavDetails, Stage};
use serde_json::{Value, json};

use crate::account::{State, Task, View, Work};

use super::{
    incoming_call::IncomingCall,
    operation_result::{OperationResult, Refused},
};

/// A task that makes a WAV file.
pub(super) struct Wav {
    pub(super) track_id: String,
    pub(super) index: usize,
}

/// Handles `convert-to-wav`. Each track can be converted only once, unless the conversion fails.
pub(crate) fn convert(call: &mut IncomingCall<'_>) -> OperationResult {
    let request: ConvertToWav = call.request()?;
    let index = call.finished_track(request.task_id.as_str(), request.audio_id.as_str())?;
    let track_id = request.audio_id.as_str().to_owned();
    let has_failed = |task: &Task| matches!(task.state(call.now), State::Failed { .. });
    if call.account.tasks.started().iter().any(|task| task.work.converts() == Some(&track_id) && !has_failed(task)) {
        // The documentation has this message. No refusal of the live service was recorded.
        return Err(Refused::new(409, "Conflict - WAV record already exists"));
    }
    call.start(request, &[(Stage::Complete, call.speed.pick(15_000, 500, 0))], None, Wav { track_id, index })
}

impl Work for Wav {
    fn lookup(&self) -> &'static str {
        GetWavDetails::NAME
    }

    fn failed(&self) -> &'static str {
        "GENERATE_WAV_FAILED"
    }

    fn record(&self, task: &Task, view: &View<'_>) -> Value {
        let shown = view.state.shown().is_some();
        let (code, message) = view.state.failure();
        json!({
            "taskId": task.id,
            "musicId": self.track_id,
            "callbackUrl": task.call_back_url,
            "musicIndex": self.index,
            "completeTime": shown.then(|| view.clock.text(task.created + task.timeline.end())),
            "response": shown.then(|| json!({ "audioWavUrl": link(task, view) })),
            "successFlag": view.state.word(),
            "createTime": view.clock.text(task.created),
            "errorCode": code,
            "errorMessage": message,
        })
    }

    fn market_result(&self, task: &Task, view: &View<'_>) -> Value {
        json!({ "resultUrls": [link(task, view)] })
    }

    fn callback(&self, task: &Task, view: &View<'_>) -> Value {
        let (code, msg, url) = match view.state {
            State::Failed { code, message, .. } => (code, message, None),
            _ => (200, "success", Some(link(task, view))),
        };
        json!({ "code": code, "msg": msg, "data": { "audioWavUrl": url, "task_id": task.id } })
    }

    fn converts(&self) -> Option<&str> {
        Some(&self.track_id)
    }
}

fn link(task: &Task, view: &View<'_>) -> String {
    format!("http://{}/wavs/{}.wav", view.host, task.id)
}
