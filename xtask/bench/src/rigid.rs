//! Structs for the records and callbacks of the service, written by hand. Unlike the SDK's types, they accept only one
//! name and one type for each field.

use serde::Deserialize;

#[derive(Debug, Deserialize)]
#[allow(dead_code)]
pub(crate) struct Envelope<T> {
    code: i64,
    msg: Option<String>,
    pub(crate) data: Option<T>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
#[allow(dead_code)]
pub(crate) struct Started {
    task_id: String,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
#[allow(dead_code)]
pub(crate) struct Record {
    task_id: Option<String>,
    parent_music_id: Option<String>,
    param: Option<String>,
    response: Option<Response>,
    status: Option<Status>,
    #[serde(rename = "type")]
    kind: Option<String>,
    operation_type: Option<String>,
    error_code: Option<i64>,
    error_message: Option<String>,
    create_time: Option<i64>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
enum Status {
    Pending,
    TextSuccess,
    FirstSuccess,
    Success,
    CreateTaskFailed,
    GenerateAudioFailed,
    CallbackException,
    SensitiveWordError,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
#[allow(dead_code)]
struct Response {
    task_id: Option<String>,
    suno_data: Vec<Track>,
    error_message: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
#[allow(dead_code)]
struct Track {
    id: Option<String>,
    audio_url: Option<String>,
    source_audio_url: Option<String>,
    stream_audio_url: Option<String>,
    source_stream_audio_url: Option<String>,
    image_url: Option<String>,
    source_image_url: Option<String>,
    prompt: Option<String>,
    model_name: Option<String>,
    title: Option<String>,
    tags: Option<String>,
    create_time: Option<String>,
    duration: Option<f64>,
}

#[derive(Debug, Deserialize)]
#[allow(dead_code)]
pub(crate) struct Callback {
    #[serde(rename = "callbackType")]
    kind: String,
    pub(crate) task_id: String,
    data: Vec<CallbackTrack>,
}

#[derive(Debug, Deserialize)]
#[allow(dead_code)]
struct CallbackTrack {
    id: Option<String>,
    audio_url: Option<String>,
    source_audio_url: Option<String>,
    stream_audio_url: Option<String>,
    source_stream_audio_url: Option<String>,
    image_url: Option<String>,
    source_image_url: Option<String>,
    prompt: Option<String>,
    model_name: Option<String>,
    title: Option<String>,
    tags: Option<String>,
    #[serde(rename = "createTime")]
    create_time: Option<i64>,
    duration: Option<f64>,
}
