//! A record and a callback in the form of the live service, and the paths of the fields that the tests damage.

use kie_types::{MusicRecord, Output, Record, envelope};
use serde_json::{Value, json};

use super::TASK;

/// JSON pointers of the objects in the record that `live_record` returns.
pub(super) const PLACES: &[&str] =
    &["", "/data", "/data/response", "/data/response/sunoData/0", "/data/response/sunoData/1"];

/// JSON pointers of fields in the record that `live_record` returns. None of the fields is a link, or the task id in
/// `/data/taskId`.
pub(super) const FIELDS: &[&str] = &[
    "/msg",
    "/data/parentMusicId",
    "/data/param",
    "/data/status",
    "/data/type",
    "/data/operationType",
    "/data/errorCode",
    "/data/errorMessage",
    "/data/createTime",
    "/data/response/taskId",
    "/data/response/sunoData/0/id",
    "/data/response/sunoData/0/prompt",
    "/data/response/sunoData/0/modelName",
    "/data/response/sunoData/0/title",
    "/data/response/sunoData/0/tags",
    "/data/response/sunoData/0/createTime",
    "/data/response/sunoData/0/duration",
];

/// JSON pointers of the links of the first track in the record that `live_record` returns.
pub(super) const LINKS: &[&str] = &[
    "/data/response/sunoData/0/audioUrl",
    "/data/response/sunoData/0/sourceAudioUrl",
    "/data/response/sunoData/0/streamAudioUrl",
    "/data/response/sunoData/0/sourceStreamAudioUrl",
    "/data/response/sunoData/0/imageUrl",
    "/data/response/sunoData/0/sourceImageUrl",
];

/// JSON pointers of fields in the callback that `live_callback` returns. None of the fields is the task id or a link.
pub(super) const CALLBACK_FIELDS: &[&str] = &[
    "/code",
    "/msg",
    "/data/callbackType",
    "/data/data/0/id",
    "/data/data/0/duration",
    "/data/data/0/createTime",
    "/data/data/0/title",
];

fn row(id: &str) -> Value {
    json!({
        "id": id,
        "audioUrl": format!("https://files.example.net/{id}.mp3"),
        "sourceAudioUrl": format!("https://source.example.org/{id}.mp3"),
        "streamAudioUrl": format!("https://stream.example.net/{id}"),
        "sourceStreamAudioUrl": format!("https://source.example.org/?item_id={id}"),
        "imageUrl": format!("https://files.example.net/{id}.jpeg"),
        "sourceImageUrl": format!("https://source.example.org/{id}.jpeg"),
        "prompt": "[Verse]\nOne",
        "modelName": "chirp-crow",
        "title": "Stairs",
        "tags": "polka",
        "createTime": 1_770_127_702_000i64,
        "duration": 151.2,
    })
}

pub(super) fn live_record() -> Value {
    let data = json!({
        "taskId": TASK,
        "parentMusicId": "",
        "param": "{}",
        "response": { "taskId": TASK, "sunoData": [row("a"), row("b")] },
        "status": "SUCCESS",
        "type": "chirp-crow",
        "operationType": "generate",
        "errorCode": null,
        "errorMessage": null,
        "createTime": 1_770_127_700_000i64,
    });
    json!({ "code": 200, "msg": "success", "data": data })
}

pub(super) fn live_callback() -> Value {
    let row = |id: &str| {
        json!({
            "id": id,
            "audio_url": format!("https://files.example.net/{id}.mp3"),
            "duration": 151.2,
            "title": "Stairs",
            "createTime": "2025-01-01 00:00:00",
        })
    };
    let data = json!({ "callbackType": "complete", "task_id": TASK, "data": [row("a"), row("b")] });
    json!({ "code": 200, "msg": "ok", "data": data })
}

pub(super) fn open(body: &str) -> MusicRecord {
    envelope::open::<Option<MusicRecord>>(200, body.as_bytes()).unwrap().expect("a record")
}

pub(super) fn links(record: &MusicRecord) -> Vec<String> {
    let items = record.output().map(|tracks| tracks.items()).unwrap_or_default();
    items.into_iter().flat_map(|item| item.urls.into_values().map(String::from)).collect()
}
