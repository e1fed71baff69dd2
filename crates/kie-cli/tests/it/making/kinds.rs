//! Tests of each verb that makes songs: its request on both routes, and its document.

use std::fs;

use kie_sandbox::Speed;
use serde_json::{Value, json};

use crate::stage::desk::Desk;

/// A recording that needs no upload.
const LINK: &str = "https://cdn.example.net/hum.mp3";

/// Runs a verb on a route, checks its document, and returns the fields of the request that was sent.
fn sent(desk: &Desk, route: &str, operation: &str, arguments: &[&str]) -> Value {
    let document = desk.json(0, &[&["--route", route][..], arguments].concat());
    assert_eq!((&document["operation"], &document["route"]), (&json!(operation), &json!(route)), "{document}");
    assert_eq!(document["outcome"], "success", "{document}");
    assert!(document["items"][0]["id"].is_string() && document["price"].is_number(), "{document}");
    let body = desk.service.sandbox.requests(operation).pop().unwrap().body;
    if route == "market" { body["input"].clone() } else { body }
}

/// Checks that a request has these fields.
fn has(request: &Value, fields: &Value) {
    for (field, value) in fields.as_object().unwrap() {
        // 90 and 90.0 are the same number, and different JSON values.
        let is_same = request[field] == *value || value.is_number() && request[field].as_f64() == value.as_f64();
        assert!(is_same, "{field} is not {value}: {request}");
    }
}

#[test]
fn options_about_the_music_are_sent() {
    let desk = Desk::new(Speed::Instant);
    let music = [
        "--vocal",
        "female",
        "--style-weight",
        "0.5",
        "--weirdness",
        "0.25",
        "--audio-weight",
        "0.75",
        "--persona",
        "p1",
        "--persona-kind",
        "voice",
        "--negative-tags",
        "edm",
        "--duration",
        "1:30",
        "--call-back-url",
        "https://hooks.example.net/kie",
    ];
    let song = ["generate", "--lyrics", "la la", "--style", "polka", "--title", "Stairs"];
    let classic = sent(&desk, "classic", "generate-music", &[&song[..], &music].concat());
    has(
        &classic,
        &json!({
            "prompt": "la la", "customMode": true, "instrumental": false, "style": "polka", "title": "Stairs",
            "vocalGender": "f", "styleWeight": 0.5, "weirdnessConstraint": 0.25, "audioWeight": 0.75, "personaId": "p1",
            "personaModel": "voice_persona", "negativeTags": "edm", "duration": 90.0, "model": "V5_5",
        }),
    );
    assert!(classic["callBackUrl"].as_str().unwrap().starts_with("https://hooks.example.net/kie"), "{classic}");
    let market = sent(&desk, "market", "generate-music", &[&song[..], &music, &["--variety", "3"]].concat());
    has(
        &market,
        &json!({
            "lyrics": "la la", "prompt": null, "custom_mode": true, "vocal_gender": "f", "weirdness_constraint": 0.25,
            "persona_id": "p1", "variety": 3, "duration": 90.0, "model": "V6",
        }),
    );
}

#[test]
fn an_idea_can_have_lyrics_and_media_on_the_market_route() {
    let desk = Desk::new(Speed::Instant);
    fs::write(desk.path("fog.png"), "a picture").unwrap();
    let media = ["--image", "fog.png", "--image", "https://cdn.example.net/b.png", "--audio", LINK];
    let idea = ["generate", "a song of fog", "--lyrics", "la la"];
    let request = sent(&desk, "market", "generate-music", &[&idea[..], &media].concat());
    has(&request, &json!({ "prompt": "a song of fog", "lyrics": "la la", "custom_mode": false, "audio_urls": [LINK] }));
    let images = request["image_urls"].as_array().unwrap();
    assert!(images.len() == 2 && images[0] != images[1] && images[1] == "https://cdn.example.net/b.png", "{request}");
    assert!(request["video_urls"].is_null(), "{request}");
    assert_eq!(desk.service.sandbox.requests("upload-file-stream").len(), 1);
}

#[test]
fn a_cover_has_an_idea_or_its_own_texts() {
    let desk = Desk::new(Speed::Instant);
    let own = ["cover", LINK, "--style", "dub", "--title", "Two", "--lyrics", "la la", "--duration", "60"];
    let classic = sent(&desk, "classic", "upload-and-cover-audio", &own);
    has(
        &classic,
        &json!({ "uploadUrl": LINK, "customMode": true, "prompt": "la la", "style": "dub", "duration": 60.0 }),
    );
    let market = sent(&desk, "market", "upload-and-cover-audio", &own);
    has(&market, &json!({ "upload_url": LINK, "lyrics": "la la", "prompt": null, "title": "Two" }));
    // The title of a track is the title of its cover.
    desk.json(0, &["generate", "a waltz"]);
    let titled =
        sent(&desk, "classic", "upload-and-cover-audio", &["cover", "--last", "--style", "dub", "--instrumental"]);
    has(&titled, &json!({ "title": "A waltz", "customMode": true, "instrumental": true, "prompt": null }));
}

#[test]
fn vocals_and_an_accompaniment_are_added() {
    let desk = Desk::new(Speed::Instant);
    let more = ["--style", "folk", "--negative-tags", "edm", "--title", "Harbour", "--vocal", "m"];
    let vocals = [&["add-vocals", LINK, "--lyrics", "la la"][..], &more].concat();
    let classic = sent(&desk, "classic", "add-vocals", &vocals);
    has(
        &classic,
        &json!({ "prompt": "la la", "style": "folk", "negativeTags": "edm", "vocalGender": "m", "model": "V5_5" }),
    );
    let market = sent(&desk, "market", "add-vocals", &vocals);
    has(&market, &json!({ "lyrics": "la la", "prompt": null, "negative_tags": "edm", "model": "V6" }));
    let accompaniment = [&["add-instrumental", LINK][..], &more].concat();
    let classic = sent(&desk, "classic", "add-instrumental", &accompaniment);
    has(&classic, &json!({ "tags": "folk", "title": "Harbour", "uploadUrl": LINK }));
    let market = sent(&desk, "market", "add-instrumental", &[&accompaniment[..], &["--lyrics", "la"]].concat());
    has(&market, &json!({ "tags": "folk", "lyrics": "la", "vocal_gender": "m" }));
}

#[test]
fn two_recordings_are_blended() {
    let desk = Desk::new(Speed::Instant);
    fs::write(desk.path("hum.wav"), "RIFF of a hum").unwrap();
    let simple = sent(&desk, "classic", "generate-mashup", &["mashup", "hum.wav", LINK, "--idea", "a march"]);
    has(&simple, &json!({ "customMode": false, "prompt": "a march" }));
    let urls = simple["uploadUrlList"].as_array().unwrap();
    assert!(urls.len() == 2 && urls[0].as_str().unwrap().starts_with("http") && urls[1] == LINK, "{simple}");
    let own = ["mashup", LINK, LINK, "--style", "dub", "--title", "Two Rivers", "--lyrics", "la"];
    let market = sent(&desk, "market", "generate-mashup", &[&own[..], &["--persona", "p1"]].concat());
    has(&market, &json!({ "lyrics": "la", "style": "dub", "persona_id": "p1", "upload_url_list": [LINK, LINK] }));
}

#[test]
fn a_sound_has_tempo_and_key() {
    let desk = Desk::new(Speed::Instant);
    let sound = ["sounds", "rusty gate", "--loop", "--tempo", "96", "--key", "f#m", "--grab-lyrics"];
    let classic = sent(&desk, "classic", "generate-sounds", &sound);
    has(
        &classic,
        &json!({ "prompt": "rusty gate", "soundLoop": true, "soundTempo": 96, "soundKey": "F#m", "grabLyrics": true }),
    );
    let market = sent(&desk, "market", "generate-sounds", &sound);
    has(&market, &json!({ "sound_loop": true, "sound_key": "F#m", "model": "V6" }));
    let plain = sent(&desk, "classic", "generate-sounds", &["sounds", "rusty gate"]);
    has(&plain, &json!({ "soundLoop": null, "soundTempo": null, "soundKey": null, "grabLyrics": null }));
}

#[test]
fn a_continuation_has_its_own_parameters_or_inherits_them() {
    let desk = Desk::new(Speed::Instant);
    desk.json(0, &["generate", "a waltz"]);
    let inherited = sent(&desk, "classic", "extend-music", &["extend", "--last"]);
    has(&inherited, &json!({ "defaultParamFlag": false, "title": null, "prompt": null, "continueAt": null }));
    let own = ["extend", "--last", "--at", "0:40", "--style", "folk", "--lyrics", "la"];
    let classic = sent(&desk, "classic", "extend-music", &own);
    has(&classic, &json!({ "defaultParamFlag": true, "continueAt": 40.0, "style": "folk", "prompt": "la" }));
    assert!(classic["title"].is_string(), "{classic}");
    let quiet = ["extend", LINK, "--at", "12", "--instrumental", "--style", "folk", "--variety", "2"];
    let market = sent(&desk, "market", "upload-and-extend-audio", &quiet);
    has(&market, &json!({ "continue_at": 12.0, "instrumental": true, "style": "folk", "variety": 2 }));
}
