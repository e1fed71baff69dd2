//! Generators of inputs for the property tests: texts, numbers, any JSON, and responses with many kinds of errors.

use proptest::{collection, option, prelude::*, sample::select};
use serde_json::Value;

/// Generates texts of many kinds: plain texts, empty texts, texts in other scripts, numbers, and texts with quotes and
/// control characters.
pub(super) fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        4 => "\\PC{0,12}",
        2 => any::<String>(),
        1 => select(vec!["", " ", "null", "NaN", "1e999", "-1", "0x10", "true", "SUCCESS", "[Verse]\nOne", "🎵漢"])
            .prop_map(String::from),
    ]
}

fn number() -> impl Strategy<Value = Value> {
    prop_oneof![
        any::<i64>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        (-100_000i32..100_000).prop_map(|steps| Value::from(f64::from(steps) / 100.0)),
    ]
}

/// Keys of real responses. Generated JSON has these keys, so that the SDK finds its fields and tries to decode their
/// values.
pub(super) const KEYS: &[&str] = &[
    "audioUrl",
    "audio_url",
    "callBackUrl",
    "callbackType",
    "callbackUrl",
    "code",
    "completeTime",
    "createTime",
    "data",
    "duration",
    "error",
    "errorCode",
    "errorMessage",
    "error_message",
    "id",
    "imageUrl",
    "modelName",
    "msg",
    "musicId",
    "musicIndex",
    "operationType",
    "param",
    "parentMusicId",
    "prompt",
    "response",
    "sourceAudioUrl",
    "status",
    "streamAudioUrl",
    "successFlag",
    "sunoData",
    "suno_data",
    "tags",
    "taskId",
    "task_id",
    "title",
    "type",
    "videoUrl",
    "video_url",
    "model",
    "customMode",
    "instrumental",
    "style",
    "styleWeight",
    "defaultParamFlag",
    "continueAt",
    "text",
    "audioWavUrl",
    "vocal_separation_info",
    "vocal_removal_info",
    "originUrl",
    "originData",
    "origin_data",
    "vocalUrl",
    "instrumental_url",
    "stem_type_group_name",
    "extract",
    "remove",
    "midiData",
    "state",
    "instruments",
    "name",
    "notes",
    "pitch",
    "start",
    "end",
    "velocity",
];

fn key() -> impl Strategy<Value = String> {
    prop_oneof![4 => select(KEYS).prop_map(String::from), 1 => text()]
}

/// Generates any JSON value, mostly with the keys in [`KEYS`].
pub(super) fn json() -> impl Strategy<Value = Value> {
    let leaf =
        prop_oneof![Just(Value::Null), any::<bool>().prop_map(Value::from), number(), text().prop_map(Value::from)];
    leaf.prop_recursive(4, 48, 6, |inner| {
        prop_oneof![
            collection::vec(inner.clone(), 0..5).prop_map(Value::from),
            collection::vec((key(), inner), 0..8).prop_map(|pairs| Value::Object(pairs.into_iter().collect())),
        ]
    })
}

/// Generates an object with some of these fields. Each field has either a value of the right type or any other value.
pub(super) fn object(fields: &[(&'static str, BoxedStrategy<Value>)]) -> BoxedStrategy<Value> {
    let fields: Vec<_> = fields
        .iter()
        .map(|(name, usual)| {
            let value = prop_oneof![5 => usual.clone(), 1 => json()];
            let name = *name;
            option::weighted(0.7, value).prop_map(move |value| value.map(|value| (name.to_owned(), value)))
        })
        .collect();
    fields.prop_map(|pairs| Value::Object(pairs.into_iter().flatten().collect())).boxed()
}

pub(super) fn words() -> BoxedStrategy<Value> {
    text().prop_map(Value::from).boxed()
}

pub(super) fn numbers() -> BoxedStrategy<Value> {
    number().boxed()
}

fn one_of(words: &'static [&'static str]) -> BoxedStrategy<Value> {
    select(words).prop_map(Value::from).boxed()
}

fn track() -> BoxedStrategy<Value> {
    object(&[
        ("id", words()),
        ("audioUrl", words()),
        ("audio_url", words()),
        ("sourceAudioUrl", words()),
        ("streamAudioUrl", words()),
        ("image_url", words()),
        ("prompt", words()),
        ("modelName", words()),
        ("title", words()),
        ("tags", words()),
        ("createTime", prop_oneof![numbers(), words()].boxed()),
        ("duration", prop_oneof![numbers(), words()].boxed()),
    ])
}

fn tracks() -> BoxedStrategy<Value> {
    collection::vec(track(), 0..4).prop_map(Value::from).boxed()
}

pub(super) fn music_record() -> BoxedStrategy<Value> {
    let response = object(&[("taskId", words()), ("sunoData", tracks()), ("errorMessage", words())]);
    object(&[
        ("taskId", words()),
        ("task_id", words()),
        ("parentMusicId", words()),
        ("param", words()),
        ("response", response),
        ("status", one_of(&["PENDING", "TEXT_SUCCESS", "FIRST_SUCCESS", "SUCCESS", "CALLBACK_EXCEPTION", "SOON"])),
        ("type", words()),
        ("operationType", words()),
        ("errorCode", prop_oneof![numbers(), words()].boxed()),
        ("errorMessage", words()),
        ("createTime", prop_oneof![numbers(), words()].boxed()),
    ])
}

pub(super) fn video_record() -> BoxedStrategy<Value> {
    object(&[
        ("taskId", words()),
        ("musicId", words()),
        ("callbackUrl", words()),
        ("musicIndex", numbers()),
        ("completeTime", prop_oneof![numbers(), words()].boxed()),
        ("response", object(&[("videoUrl", words())])),
        ("successFlag", one_of(&["PENDING", "SUCCESS", "GENERATE_MP4_FAILED", "CALLBACK_EXCEPTION", "SOON"])),
        ("createTime", prop_oneof![numbers(), words()].boxed()),
        ("errorCode", prop_oneof![numbers(), words()].boxed()),
        ("errorMessage", words()),
    ])
}

pub(super) fn callback() -> BoxedStrategy<Value> {
    let music = object(&[
        ("callbackType", one_of(&["text", "first", "complete", "error", "second"])),
        ("task_id", words()),
        ("data", tracks()),
        ("error", words()),
        ("errorMessage", words()),
    ]);
    let video = object(&[("task_id", words()), ("video_url", words())]);
    object(&[
        ("code", prop_oneof![Just(Value::from(200)).boxed(), numbers(), words()].boxed()),
        ("msg", words()),
        ("taskId", words()),
        ("task_id", words()),
        ("data", prop_oneof![music, video].boxed()),
    ])
}
