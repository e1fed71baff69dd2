//! Cover images.

use kie_types::{CoverSuno, Endpoint, GetCoverSunoDetails, GetMusicDetails, Stage};
use serde_json::{Value, json};

use crate::{
    account::{State, Task, View, Work},
    operations::{IncomingCall, OperationResult, Refused, incoming_call},
};

/// A task that draws two cover images.
struct Cover {
    /// Id of the music task.
    parent: String,
}

/// Handles `cover-suno`: once for each music task. The response to a second call was not captured; this is the
/// documented form.
pub(crate) fn create(call: &mut IncomingCall<'_>) -> OperationResult {
    if call.lacks("callBackUrl") {
        // The captured message has no full stop at the end, unlike that of generate-music.
        return Err(Refused::new(422, "Please enter callBackUrl"));
    }
    let request: CoverSuno = call.request()?;
    let parent = request.task_id.as_str().to_owned();
    if call.account.task(GetMusicDetails::NAME, &parent).is_none() {
        return Err(Refused::new(422, "Original music record does not exist"));
    }
    let once = (CoverSuno::NAME, parent.clone());
    if let Some(id) = call.account.made.get(&once) {
        let body = json!({
            "code": 400,
            "msg": "Validation error - Cover already generated for this task",
            "data": { "taskId": id },
        });
        return Err(Refused::whole(body));
    }
    let answer = call.start(request, &[(Stage::Complete, call.speed.pick(30_000, 800, 0))], None, Cover { parent })?;
    if let Some(task) = &call.started {
        call.account.made.insert(once, task.id.clone());
    }
    Ok(answer)
}

/// Handles `get-cover-suno-details`. The task is queued for the first half of its time, then in progress.
pub(crate) fn details(call: &mut IncomingCall<'_>) -> OperationResult {
    let mut record = incoming_call::details(call)?;
    let id = record["taskId"].as_str().unwrap_or_default();
    let task = call.account.task(GetCoverSunoDetails::NAME, id);
    let in_work = task.is_some_and(|task| call.now.duration_since(task.created) * 2 >= task.timeline.end());
    if in_work && record["successFlag"] == 0 {
        record["successFlag"] = json!(2);
    }
    Ok(record)
}

impl Work for Cover {
    fn lookup(&self) -> &'static str {
        GetCoverSunoDetails::NAME
    }

    /// The page has no state for a callback that was not delivered, so the record shows success.
    fn record(&self, task: &Task, view: &View<'_>) -> Value {
        let (flag, code, message) = match view.state {
            State::Reached(_) | State::Undelivered { .. } => (json!(1), Some(200), ""),
            State::Failed { code, message, .. } => (json!(3), Some(code), message),
            State::Word(word) => (json!(word), None, ""),
            State::Hidden | State::Pending => (json!(0), None, ""),
        };
        let done = flag == 1;
        json!({
            "taskId": task.id,
            "parentTaskId": self.parent,
            "callbackUrl": task.call_back_url,
            "completeTime": done.then(|| iso(&view.clock.text(task.created + task.timeline.end()))),
            "response": done.then(|| json!({ "images": images(task, view) })),
            "successFlag": flag,
            "createTime": iso(&view.clock.text(task.created)),
            "errorCode": code,
            "errorMessage": message,
        })
    }

    fn callback(&self, task: &Task, view: &View<'_>) -> Value {
        let (code, msg, images) = match view.state {
            State::Failed { code, message, .. } => (code, message, None),
            _ => (200, "success", Some(images(task, view))),
        };
        json!({ "code": code, "msg": msg, "data": { "taskId": task.id, "images": images } })
    }
}

fn images(task: &Task, view: &View<'_>) -> [String; 2] {
    [1, 2].map(|number| format!("http://{}/images/{}-{number}.jpeg", view.host, task.id))
}

/// Returns a time in the form of this page.
fn iso(text: &str) -> String {
    format!("{}.000Z", text.replace(' ', "T"))
}
