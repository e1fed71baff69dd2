//! The operations of the documentation's section "Music Video Generation".

use kie_types::{CreateMusicVideo, Endpoint, GetMusicVideoDetails, Stage};
use serde_json::{Value, json};

use crate::account::{State, Task, View, Work};

use super::{incoming_call::IncomingCall, operation_result::OperationResult};

/// A task that makes a video.
pub(super) struct Video {
    pub(super) track_id: String,
    pub(super) index: usize,
}

/// Handles `create-music-video`.
pub(crate) fn create(call: &mut IncomingCall<'_>) -> OperationResult {
    let request: CreateMusicVideo = call.request()?;
    let index = call.finished_track(request.task_id.as_str(), request.audio_id.as_str())?;
    let video = Video { track_id: request.audio_id.as_str().to_owned(), index };
    call.start(request, &[(Stage::Complete, call.speed.pick(30_000, 800, 0))], None, video)
}

impl Work for Video {
    fn lookup(&self) -> &'static str {
        GetMusicVideoDetails::NAME
    }

    fn failed(&self) -> &'static str {
        "GENERATE_MP4_FAILED"
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
            "response": shown.then(|| json!({ "videoUrl": link(task, view) })),
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
        json!({ "code": code, "msg": msg, "data": { "task_id": task.id, "video_url": url } })
    }
}

fn link(task: &Task, view: &View<'_>) -> String {
    format!("http://{}/videos/{}.mp4", view.host, task.id)
}
