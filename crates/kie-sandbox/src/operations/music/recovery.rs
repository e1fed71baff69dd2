//! The operations that make new links for expired files. The body of a callback, and of the response to a lookup, is
//! the record of the task itself, with keys in snake_case. The lookups of all other tasks return the record in an
//! envelope (an object with `code`, `msg` and `data`).

use kie_types::{Endpoint, GetMusicDetails, GetRecoveryAudioDetails, RecoveryAudio, Route, Stage};
use serde_json::{Value, json};

use crate::{
    account::{State, Task, Track, View, Work, is_finished},
    operations::{IncomingCall, OperationResult, Refused},
    script::TaskScript,
};

/// A task that makes new links for the tracks of another task.
pub(crate) struct Recovery {
    /// Tracks of the other task. Each pair has a track, and `true` if the track is finished.
    pub(crate) tracks: Vec<(Track, bool)>,
}

/// Handles `recovery-audio`. A request with an unknown task id is refused immediately. The operation needs no callback
/// address.
pub(crate) fn create(call: &mut IncomingCall<'_>) -> OperationResult {
    let request: RecoveryAudio = call.checked()?;
    let Some(song) = call.account.task(GetMusicDetails::NAME, request.task_id.as_str()) else {
        return Err(Refused::new(500, "The original Suno task does not exist."));
    };
    let shown = song.state(call.now).shown();
    let tracks = song.work.tracks().iter().enumerate();
    let tracks: Vec<_> = tracks.map(|(index, track)| (track.clone(), is_finished(index, shown))).collect();
    // If no track can be recovered, the task fails. The message of this failure in the live service is not known.
    let fails = tracks.iter().all(|(_, finished)| !finished).then(|| TaskScript::Fails {
        status: String::new(),
        code: 500,
        message: "No track could be recovered".into(),
        after: None,
    });
    let stages = [(Stage::Complete, call.speed.pick(10_000, 800, 0))];
    call.start(request, &stages, fails, Recovery { tracks })?;
    Ok(json!({ "task_id": call.started.as_ref().map(|task| &task.id) }))
}

/// Handles `get-recovery-audio-details`. The response is the record of the task, without an envelope around the record.
pub(crate) fn details(call: &mut IncomingCall<'_>) -> OperationResult {
    call.checked::<GetRecoveryAudioDetails>()?;
    let id = call.fields.get("task_id").and_then(Value::as_str).unwrap_or_default();
    let record =
        call.account.task(call.operation, id).filter(|task| call.finds(task, Route::Classic)).and_then(|task| {
            let view = View { state: task.state(call.now), host: call.host, clock: call.clock };
            (view.state != State::Hidden).then(|| task.work.record(task, &view))
        });
    Err(record.map_or_else(|| Refused::new(500, "The music link recovery task does not exist."), Refused::whole))
}

impl Work for Recovery {
    fn lookup(&self) -> &'static str {
        GetRecoveryAudioDetails::NAME
    }

    /// Returns the data of the response to a lookup. Only the sister service sunoapi.org documents it. It has no status
    /// word, and no state for a task whose callback was not delivered.
    fn record(&self, task: &Task, view: &View<'_>) -> Value {
        let (code, msg) = match view.state {
            State::Reached(_) | State::Undelivered { .. } => (200, "success"),
            State::Failed { code, message, .. } => (code, message),
            State::Hidden | State::Pending | State::Word(_) => (201, "processing"),
        };
        let rows = self.tracks.iter().map(|(track, finished)| match (code, finished) {
            (200, true) => json!({
                "id": track.id,
                "audio_url": format!("http://{}/files/{}.mp3", view.host, track.file_name()),
                "title": track.title,
                "status": "success",
                "error": "",
            }),
            (_, finished) => json!({
                "id": track.id,
                "audio_url": "",
                "title": "",
                "status": "failed",
                "error": if *finished { "feed_failed" } else { "clip_not_complete" },
            }),
        });
        let rows = (code != 201).then(|| rows.collect::<Vec<_>>());
        json!({ "code": code, "task_id": task.id, "msg": msg, "data": rows })
    }

    /// Returns the rows of the record. The result of this operation on the market route is not known.
    fn market_result(&self, task: &Task, view: &View<'_>) -> Value {
        json!({ "data": self.record(task, view)["data"] })
    }

    fn callback(&self, task: &Task, view: &View<'_>) -> Value {
        self.record(task, view)
    }
}
