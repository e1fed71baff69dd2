//! Requests and responses that are made before the measurement: a request of 2 KB for a song, a task record (the
//! response to a poll) of 4 KB, and a callback of 4 KB.

use kie_suno::requests::{GenerateMusic, Model, VocalGender};

/// Id of the task in every response.
pub(crate) const TASK: &str = "4be1c0d29f7a4f7f8d0b6c1e2a3f4d5e";
/// Response to a submit.
pub(crate) const STARTED: &str = r#"{"code":200,"msg":"success","data":{"taskId":"4be1c0d29f7a4f7f8d0b6c1e2a3f4d5e"}}"#;
/// Size of the downloaded file, in bytes.
pub(crate) const FILE: u64 = 256 * 1024 * 1024;

/// Returns a request for a song with all the fields that such requests usually have.
pub(crate) fn song() -> GenerateMusic {
    GenerateMusic::song(Model::V5_5, "chamber pop, two accordions, brushed drums", "One More Stop", lyrics(1_600))
        .call_back_url("https://hooks.example.net/kie/callbacks")
        .negative_tags("distortion, screaming, heavy metal")
        .vocal_gender(VocalGender::Female)
        .style_weight(0.61)
        .weirdness_constraint(0.2)
        .audio_weight(0.65)
        .duration(150)
}

/// Returns the response to a poll of a music task with this status and two tracks.
pub(crate) fn record(status: &str) -> String {
    let track = |id: &str, length: f64| {
        format!(
            r#"{{"id":"{id}","audioUrl":"https://files.example.net/s/{id}.mp3","sourceAudioUrl":"https://source.example.org/{id}.mp3","streamAudioUrl":"https://stream.example.net/s/{id}","sourceStreamAudioUrl":"https://source.example.org/?item_id={id}","imageUrl":"https://files.example.net/s/{id}.jpeg","sourceImageUrl":"https://source.example.org/image_{id}.jpeg","prompt":{},"modelName":"chirp-crow","title":"One More Stop","tags":"chamber pop, two accordions, brushed drums","createTime":"2026-02-03 14:08:22","duration":{length}}}"#,
            quoted(&lyrics(1_000)),
        )
    };
    let tracks =
        [track("7d0f3c52-0b1e-4d5a-9a55-1f2e3d4c5b6a", 151.2), track("c2a94e18-6d37-4f0b-8e21-90b7d3f5a6c4", 148.96)];
    let param = quoted(
        r#"{"customMode":true,"instrumental":false,"model":"V5_5","style":"chamber pop","title":"One More Stop"}"#,
    );
    format!(
        r#"{{"code":200,"msg":"success","data":{{"taskId":"{TASK}","parentMusicId":"","param":{param},"response":{{"taskId":"{TASK}","sunoData":[{}]}},"status":"{status}","type":"chirp-crow","operationType":"generate","errorCode":null,"errorMessage":null,"createTime":1770127700000}}}}"#,
        tracks.join(","),
    )
}

/// Returns the body of the callback that the service sends when this task has finished its two tracks.
pub(crate) fn callback(task: &str) -> String {
    let track = |id: &str, length: f64| {
        format!(
            r#"{{"audio_url":"https://files.example.net/s/{id}.mp3","createTime":1770127702000,"duration":{length},"id":"{id}","image_url":"https://files.example.net/s/{id}.jpeg","model_name":"chirp-crow","prompt":{},"source_audio_url":"https://source.example.org/{id}.mp3","source_image_url":"https://source.example.org/image_{id}.jpeg","source_stream_audio_url":"https://source.example.org/?item_id={id}","stream_audio_url":"https://stream.example.net/s/{id}","tags":"chamber pop, two accordions, brushed drums","title":"One More Stop"}}"#,
            quoted(&lyrics(1_100)),
        )
    };
    let tracks =
        [track("7d0f3c52-0b1e-4d5a-9a55-1f2e3d4c5b6a", 151.2), track("c2a94e18-6d37-4f0b-8e21-90b7d3f5a6c4", 148.96)];
    format!(
        r#"{{"code":200,"data":{{"callbackType":"complete","data":[{}],"task_id":"{task}"}},"msg":"All generated successfully."}}"#,
        tracks.join(","),
    )
}

/// Returns lyrics of at most `length` bytes, with line breaks, quotes and more than one script.
fn lyrics(length: usize) -> String {
    const LINES: &str = "[Verse 1]\nTram bells at dawn and the window seat is mine\nYou said \"one more stop\" at the end of the line\n雨の駅であと一駅だけ\n[Chorus]\nStay until the last light, stay for one more stop\n";
    let mut text = LINES.repeat(length / LINES.len() + 1);
    while text.len() > length || !text.is_ascii() && !text.is_char_boundary(text.len()) {
        text.pop();
    }
    text
}

fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}
