//! Cover images.

use kie_types::{CoverSuno, Endpoint, GetCoverSunoDetails, GetMusicDetails, Stage};
use serde_json::{Value, json};

use crate::{
    account::{State, Task, View, Work},
    operations::{IncomingCall, OperationResult, Refused, incoming_call},
};

/// A task that draws two cover images.
struct Cover {
    /// The music task that they are for.
    parent: String,
}

/// `cover-suno`: once per music task. What a repeated call is answered was not captured; this is the page's form.
pub(crate) fn create(call: &mut IncomingCall<'_>) -> OperationResult {
    if call.lacks("callBackUrl") {
        // Captured without the full stop that generate-music has.
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

/// `get-cover-suno-details`: queued for the first half of the time, under way in the second.
pub(crate) fn details(call: &mut IncomingCall<'_>) -> OperationResult {
    let mut record = incoming_call::details(call)?;
    let id = record["taskId"].as_str().unwrap_or_default();
    let task = call.account.task(GetCoverSunoDetails::NAME, id);
    let in_work = task.is_some_and(|task| call.now.duration_since(task.created) * 2 >= task.course.end());
    if in_work && record["successFlag"] == 0 {
        record["successFlag"] = json!(2);
    }
    Ok(record)
}

impl Work for Cover {
    fn lookup(&self) -> &'static str {
        GetCoverSunoDetails::NAME
    }

    /// The page has no status for a callback that was not delivered, so that one leaves no trace.
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
            "completeTime": done.then(|| iso(&view.clock.text(task.created + task.course.end()))),
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

/// The form of this page's times.
fn iso(text: &str) -> String {
    format!("{}.000Z", text.replace(' ', "T"))
}
