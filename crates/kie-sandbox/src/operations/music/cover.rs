//! The operations that make cover images for songs.

use kie_types::{CoverSuno, Endpoint, GetCoverSunoDetails, GetMusicDetails, Stage};
use serde_json::{Value, json};

use crate::{
    account::{State, Task, View, Work},
    operations::{IncomingCall, OperationResult, Refused, incoming_call},
};

/// A task that makes two cover images.
pub(crate) struct Cover {
    /// Id of the music task for which the images are made.
    pub(crate) parent: String,
}

/// Handles `cover-suno`. Covers are made only once for each music task. The response to a second call is taken from the
/// documentation, because no such response of the live service was recorded.
pub(crate) fn create(call: &mut IncomingCall<'_>) -> OperationResult {
    if call.market.is_none() && call.lacks("callBackUrl") {
        // This message has no full stop at the end, like the recorded message of the live service. The message of
        // `generate-music` has a full stop.
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

/// Handles `get-cover-suno-details`. An unfinished task is shown as queued for the first half of its time, and after
/// that as in progress.
pub(crate) fn details(call: &mut IncomingCall<'_>) -> OperationResult {
    let mut record = incoming_call::details::<GetCoverSunoDetails>(call)?;
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

    /// Returns the data of the response to a lookup. The documentation has no state for a task whose callback was not
    /// delivered. Such a task is shown as a success.
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

    fn market_result(&self, task: &Task, view: &View<'_>) -> Value {
        json!({ "resultUrls": images(task, view) })
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

/// Converts a time such as `2026-02-03 14:20:10` to the format in the documentation of `get-cover-suno-details`, such
/// as `2026-02-03T14:20:10.000Z`.
fn iso(text: &str) -> String {
    format!("{}.000Z", text.replace(' ', "T"))
}
