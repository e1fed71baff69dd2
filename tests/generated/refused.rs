//! 82 requests with one mistake each, written by hand and sorted by the kind of the mistake. The rules and the schema must
//! refuse them; a row without a refusal by the schema says why.

use kie_types::Route;
use serde_json::{Value, json};

use super::rules::{Schemas, checked, with_call_back};

/// Needs more arithmetic than JSON Schema has.
const ARITHMETIC: &str = "arithmetic between fields";
/// Decimal fractions are not exact in binary, so `multipleOf` would refuse valid numbers.
const STEP: &str = "decimal step";

/// A kind of mistakes, and its rows: an operation, a change of a valid request (null takes a field out), and the reason
/// why the schema accepts it.
type Kind = (&'static str, Vec<(&'static str, Value, Option<&'static str>)>);

fn request(base: &str) -> (&str, Value) {
    let a = "https://cdn.example.net/a.mp3";
    let custom = |mut more: Value| {
        let all = json!({ "customMode": true, "instrumental": false, "model": "V6", "style": "jazz", "title": "Rain", "prompt": "[Verse]" });
        more.as_object_mut().unwrap().extend(all.as_object().unwrap().clone());
        more
    };
    let idea = json!({ "customMode": false, "instrumental": false, "model": "V6", "prompt": "rain" });
    let extend = json!({ "defaultParamFlag": true, "continueAt": 60, "model": "V6", "style": "jazz", "title": "Rain", "prompt": "more" });
    let with = |mut request: Value, more: Value| {
        request.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        request
    };
    match base {
        "idea" => ("generate-music", idea),
        "song" => ("generate-music", custom(json!({}))),
        "cover idea" => ("upload-and-cover-audio", with(idea, json!({ "uploadUrl": a }))),
        "cover" => ("upload-and-cover-audio", custom(json!({ "uploadUrl": a }))),
        "mashup" => ("generate-mashup", custom(json!({ "uploadUrlList": [a, a] }))),
        "mashup idea" => ("generate-mashup", with(idea, json!({ "uploadUrlList": [a, a] }))),
        "extend" => ("extend-music", with(extend, json!({ "audioId": "a" }))),
        "inherit" => ("extend-music", json!({ "defaultParamFlag": false, "audioId": "a", "model": "V6" })),
        "upload extend" => ("upload-and-extend-audio", with(extend, json!({ "uploadUrl": a }))),
        "upload inherit" => (
            "upload-and-extend-audio",
            json!({ "defaultParamFlag": false, "continueAt": 9, "uploadUrl": a, "model": "V6" }),
        ),
        "section" => (
            "replace-section",
            json!({ "taskId": "t", "audioId": "a", "prompt": "p", "tags": "jazz", "title": "Rain", "infillStartS": 10, "infillEndS": 30, "fullLyrics": "l" }),
        ),
        "section of a file" => (
            "replace-section",
            json!({ "uploadUrl": a, "model": "V6", "prompt": "p", "tags": "jazz", "title": "Rain", "infillStartS": 10, "infillEndS": 30, "fullLyrics": "l" }),
        ),
        "stems" => ("separate-vocals", json!({ "taskId": "t", "audioId": "a", "type": "separate_vocal" })),
        "stems of a file" => ("separate-vocals", json!({ "audioUrl": a })),
        "one stem" => (
            "separate-vocals",
            json!({ "taskId": "t", "audioId": "a", "type": "split_stem_advanced", "stemName": "Piano" }),
        ),
        "sounds" => ("generate-sounds", json!({ "model": "V6", "prompt": "train" })),
        "instrumental" => (
            "add-instrumental",
            json!({ "model": "V6", "uploadUrl": a, "title": "Rain", "tags": "piano", "negativeTags": "metal" }),
        ),
        "vocals" => (
            "add-vocals",
            json!({ "model": "V6", "uploadUrl": a, "title": "Rain", "style": "jazz", "negativeTags": "metal", "prompt": "p" }),
        ),
        "lyrics" => ("generate-lyrics", json!({ "prompt": "home" })),
        "video" => ("create-music-video", json!({ "taskId": "t", "audioId": "a" })),
        "persona" => ("generate-persona", json!({ "taskId": "t", "audioId": "a", "name": "n", "description": "d" })),
        "voice" => ("suno-voice-validate", json!({ "voiceUrl": a, "vocalStartS": 0, "vocalEndS": 10 })),
        "make voice" => ("suno-voice-generate", json!({ "taskId": "t", "verifyUrl": a })),
        "upload" => ("upload-file-url", json!({ "fileUrl": a, "uploadPath": "demos" })),
        other => panic!("there is no request {other:?}"),
    }
}

fn kinds() -> Vec<Kind> {
    let x = |count: usize| "x".repeat(count);
    let plain =
        |rows: Vec<(&'static str, Value)>| rows.into_iter().map(|(base, change)| (base, change, None)).collect();
    vec![
        (
            "required by a mode",
            plain(vec![
                ("idea", json!({ "prompt": null })),
                ("song", json!({ "style": null })),
                ("song", json!({ "title": null })),
                ("song", json!({ "prompt": null })),
                ("cover idea", json!({ "prompt": null })),
                ("cover", json!({ "style": null })),
                ("cover", json!({ "title": null })),
                ("cover", json!({ "prompt": null })),
                ("mashup", json!({ "style": null })),
                ("mashup", json!({ "title": null })),
                ("mashup", json!({ "prompt": null })),
                ("extend", json!({ "continueAt": null })),
                ("extend", json!({ "style": null })),
                ("extend", json!({ "title": null })),
                ("section", json!({ "taskId": null })),
                ("section", json!({ "audioId": null })),
                ("section of a file", json!({ "model": null })),
                ("stems", json!({ "taskId": null })),
                ("one stem", json!({ "stemName": null })),
            ]),
        ),
        (
            "forbidden by a mode",
            plain(vec![
                ("idea", json!({ "duration": 60 })),
                ("idea", json!({ "personaId": "p" })),
                ("cover idea", json!({ "duration": 60 })),
                ("cover idea", json!({ "personaId": "p" })),
                ("mashup idea", json!({ "duration": 60 })),
                ("inherit", json!({ "personaId": "p" })),
                ("upload inherit", json!({ "personaId": "p" })),
                ("section", json!({ "model": "V6" })),
                ("section of a file", json!({ "taskId": "t" })),
                ("stems of a file", json!({ "taskId": "t" })),
                ("stems", json!({ "stemName": "Piano" })),
                ("extend", json!({ "instrumental": true })),
            ]),
        ),
        (
            "length for a model",
            plain(vec![
                ("song", json!({ "model": "V4", "prompt": x(3_001) })),
                ("song", json!({ "model": "V4", "style": x(201) })),
                ("song", json!({ "model": "V4_5ALL", "title": x(81) })),
                ("cover", json!({ "model": "V4", "style": x(201) })),
                ("extend", json!({ "model": "V4", "title": x(81) })),
                ("upload extend", json!({ "model": "V4", "prompt": x(3_001) })),
                ("mashup", json!({ "model": "V4", "style": x(201) })),
            ]),
        ),
        (
            "length in a mode",
            plain(vec![("idea", json!({ "prompt": x(3_001) })), ("cover idea", json!({ "prompt": x(501) }))]),
        ),
        (
            "models of an operation",
            plain(vec![
                ("song", json!({ "model": "V3_5" })),
                ("sounds", json!({ "model": "V4" })),
                ("instrumental", json!({ "model": "V4" })),
            ]),
        ),
        (
            "fields of a model",
            plain(vec![
                ("song", json!({ "model": "V5", "duration": 60 })),
                ("song", json!({ "model": "V4", "personaId": "p", "personaModel": "voice_persona" })),
            ]),
        ),
        (
            "words",
            plain(vec![
                ("song", json!({ "vocalGender": "female" })),
                ("sounds", json!({ "soundKey": "H" })),
                ("stems", json!({ "type": "vocals" })),
                ("voice", json!({ "language": "english" })),
                ("make voice", json!({ "singerSkillLevel": "expert" })),
            ]),
        ),
        (
            "steps",
            vec![
                ("song", json!({ "styleWeight": 0.655 }), Some(STEP)),
                ("section", json!({ "infillStartS": 10.005 }), Some(STEP)),
                ("persona", json!({ "vocalStart": 0, "vocalEnd": 20.005 }), Some(STEP)),
                ("sounds", json!({ "soundTempo": 90.5 }), None),
            ],
        ),
        (
            "addresses",
            plain(vec![
                ("cover", json!({ "uploadUrl": "a.mp3" })),
                ("voice", json!({ "voiceUrl": "ftp://cdn.example.net/a.mp3" })),
                ("mashup", json!({ "uploadUrlList": ["https://cdn.example.net/a.mp3", "b.mp3"] })),
            ]),
        ),
        ("blank texts", plain(vec![("idea", json!({ "prompt": "  " })), ("lyrics", json!({ "prompt": "\n" }))])),
        (
            "relations between fields",
            vec![
                ("section", json!({ "infillEndS": 12 }), Some(ARITHMETIC)),
                ("section", json!({ "infillStartS": 40 }), Some(ARITHMETIC)),
                ("persona", json!({ "vocalStart": 0, "vocalEnd": 40 }), Some(ARITHMETIC)),
                ("persona", json!({ "vocalStart": 20, "vocalEnd": 25 }), Some(ARITHMETIC)),
                ("voice", json!({ "vocalStartS": 10, "vocalEndS": 10 }), Some(ARITHMETIC)),
                ("persona", json!({ "vocalStart": -1, "vocalEnd": 20 }), None),
            ],
        ),
        ("folders", plain(vec![("upload", json!({ "uploadPath": "/demos" }))])),
        (
            "lengths",
            plain(vec![
                ("lyrics", json!({ "prompt": x(201) })),
                ("sounds", json!({ "prompt": x(501) })),
                ("video", json!({ "author": x(51) })),
                ("vocals", json!({ "style": x(1_001) })),
            ]),
        ),
        (
            "required fields",
            plain(vec![
                ("song", json!({ "model": null })),
                ("video", json!({ "audioId": null })),
                ("persona", json!({ "name": null })),
                ("upload", json!({ "fileUrl": null })),
            ]),
        ),
        (
            "number of entries",
            plain(vec![
                ("mashup", json!({ "uploadUrlList": ["https://cdn.example.net/a.mp3"] })),
                ("mashup", json!({ "uploadUrlList": vec!["https://cdn.example.net/a.mp3"; 3] })),
            ]),
        ),
        ("types", plain(vec![("song", json!({ "instrumental": "false" })), ("song", json!({ "styleWeight": "0.5" }))])),
        (
            "ranges",
            plain(vec![
                ("song", json!({ "styleWeight": 1.5 })),
                ("song", json!({ "duration": 361 })),
                ("sounds", json!({ "soundTempo": 0 })),
                ("extend", json!({ "continueAt": 0 })),
            ]),
        ),
    ]
}

#[test]
fn a_schema_refuses_the_mistakes_written_by_hand() {
    let schemas = Schemas::new();
    let (mut rows, mut refused) = (0, 0);
    for (kind, mistakes) in kinds() {
        let mut by_schema = 0;
        for (base, change, accepted_for) in &mistakes {
            let (operation, request) = request(base);
            let valid = with_call_back(operation, request);
            assert_eq!(checked(operation, Route::Classic, &valid).map(drop), Ok(()), "{base}");
            assert!(schemas.accepts(operation, Route::Classic, &valid), "{base}");
            let mut request = valid;
            for (field, value) in change.as_object().unwrap() {
                match value {
                    Value::Null => drop(request.as_object_mut().unwrap().remove(field)),
                    value => request[field] = value.clone(),
                }
            }
            assert!(checked(operation, Route::Classic, &request).is_err(), "{base}: {change}");
            let accepts = schemas.accepts(operation, Route::Classic, &request);
            assert_eq!(accepts, accepted_for.is_some(), "{base}: {change}");
            by_schema += usize::from(!accepts);
        }
        println!("{kind}: the schema refuses {by_schema} of {}", mistakes.len());
        (rows, refused) = (rows + mistakes.len(), refused + by_schema);
    }
    println!("the schema refuses {refused} of {rows} requests with one mistake");
    assert_eq!((rows, refused), (82, 74));
}
