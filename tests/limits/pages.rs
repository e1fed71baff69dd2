//! Tests of the limits and modes on the documentation pages. Limits are checked at their bounds and just beyond them.

use kie_types::{
    AddInstrumental, CreateMusicVideo, Endpoint, ExtendMusic, GenerateLyrics, GenerateMusic, Model, PersonaModel,
    VocalGender, characters, check,
    suno::{
        create_music_video, generate_lyrics,
        music::{add_instrumental, extend_music, generate_music},
    },
};
use serde_json::{Value, json};

use crate::limits::sides::{TRACK, boundary, broken, fields, not_accepted};

const RECORDING: &str = "https://cdn.example.net/demo/acapella.mp3";

#[test]
fn the_tables_say_what_the_pages_say() {
    // Each entry holds a model, then the maximum number of characters of lyrics, style and title in generate-music, and
    // then of the title in extend-music.
    let pages = [
        (Model::V4, 3_000, 200, 80, 80),
        (Model::V4_5, 5_000, 1_000, 80, 100),
        (Model::V4_5Plus, 5_000, 1_000, 80, 100),
        (Model::V4_5All, 5_000, 1_000, 80, 80),
        (Model::V5, 5_000, 1_000, 80, 100),
        (Model::V5_5, 5_000, 1_000, 80, 100),
        (Model::V6, 5_000, 1_000, 80, 100),
        (Model::V6Mini, 5_000, 1_000, 80, 100),
        (Model::V6Wild, 5_000, 1_000, 80, 100),
    ];
    for (model, lyrics, style, title, longer_title) in pages {
        let (_, limits) = generate_music::LIMITS.iter().find(|(known, _)| *known == model).unwrap();
        let limits = limits.expect("a row");
        assert_eq!((limits.lyrics, limits.style, limits.title), (lyrics, style, title), "generate-music {model}");
        let (_, limits) = extend_music::LIMITS.iter().find(|(known, _)| *known == model).unwrap();
        let limits = limits.expect("a row");
        assert_eq!((limits.prompt, limits.style, limits.title), (lyrics, style, longer_title), "extend-music {model}");
    }
    assert_eq!((generate_music::IDEA, add_instrumental::TAGS, add_instrumental::NEGATIVE_TAGS), (3_000, 1_000, 200));
    assert_eq!((create_music_video::AUTHOR, create_music_video::DOMAIN_NAME), (50, 50));
}

#[test]
fn every_table_has_a_row_for_every_model_in_order() {
    let generate: Vec<_> = generate_music::LIMITS.iter().map(|(model, _)| model.clone()).collect();
    let extend: Vec<_> = extend_music::LIMITS.iter().map(|(model, _)| model.clone()).collect();
    let add: Vec<_> = add_instrumental::MODELS.iter().map(|(model, _)| model.clone()).collect();
    for table in [generate, extend, add] {
        assert_eq!(table, Model::ALL);
    }
}

#[test]
fn generate_music_holds_its_table() {
    for (model, limits) in &generate_music::LIMITS {
        let Some(limits) = limits else { continue };
        let song = || GenerateMusic::song(model.clone(), "polka", "Stairs", "[Verse]\nOne, two");
        boundary("prompt", limits.lyrics, |text| song().prompt(text));
        boundary("style", limits.style, |text| song().style(text));
        boundary("title", limits.title, |text| song().title(text));
        boundary("prompt", generate_music::IDEA, |text| GenerateMusic::simple(model.clone(), text));
    }
}

#[test]
fn extend_music_holds_its_table() {
    for (model, limits) in &extend_music::LIMITS {
        let Some(limits) = limits else { continue };
        let song = || ExtendMusic::song(model.clone(), TRACK, 40, "polka", "Stairs", "[Verse]\nOne, two");
        boundary("prompt", limits.prompt, |text| song().prompt(text));
        boundary("style", limits.style, |text| song().style(text));
        boundary("title", limits.title, |text| song().title(text));
        let instrumental = |text| ExtendMusic::instrumental(model.clone(), TRACK, 40, "polka", text);
        boundary("title", limits.title, instrumental);
    }
}

#[test]
fn add_instrumental_holds_its_numbers_for_every_model() {
    for (model, accepted) in &add_instrumental::MODELS {
        if accepted.is_none() {
            continue;
        }
        let with = |tags: &str, negative: &str| {
            AddInstrumental::new(RECORDING, "Harbour", tags, negative).model(model.clone())
        };
        boundary("tags", add_instrumental::TAGS, |text| with(&text, "edm"));
        boundary("negativeTags", add_instrumental::NEGATIVE_TAGS, |text| with("folk", &text));
    }
    let unnamed = |text: String| AddInstrumental::new(RECORDING, "Harbour", text, "edm");
    boundary("tags", add_instrumental::TAGS, unnamed);
}

#[test]
fn a_video_holds_its_numbers() {
    let video = || CreateMusicVideo::new("4be1c0d29f7a4f7f8d0b6c1e2a3f4d5e", TRACK);
    boundary("author", create_music_video::AUTHOR, |text| video().author(text));
    boundary("domainName", create_music_video::DOMAIN_NAME, |text| video().domain_name(text));
}

#[test]
fn a_theme_for_lyrics_holds_its_number() {
    assert_eq!(generate_lyrics::PROMPT, 200);
    boundary("prompt", generate_lyrics::PROMPT, GenerateLyrics::new);
}

#[test]
fn a_character_is_a_unicode_scalar_value() {
    assert_eq!(characters("one"), 3);
    assert_eq!(characters("漢字"), 2);
    assert_eq!(characters("🎵"), 1);
    // Each Unicode scalar value counts as a character. So a combining accent counts, and so does each part of a joined
    // emoji.
    assert_eq!(characters("e\u{301}"), 2);
    assert_eq!(characters("👩\u{200d}🎤"), 3);
}

#[test]
fn a_model_that_a_page_does_not_list_is_refused_by_name() {
    fn split<L>(table: &[(Model, Option<L>)]) -> (Vec<&Model>, Vec<&Model>) {
        let (listed, others): (Vec<_>, Vec<_>) = table.iter().partition(|(_, row)| row.is_some());
        (listed.into_iter().map(|(model, _)| model).collect(), others.into_iter().map(|(model, _)| model).collect())
    }
    let (listed, others) = split(&generate_music::LIMITS);
    assert_eq!(others, [&Model::V3_5]);
    for model in others {
        not_accepted(model, &listed, &GenerateMusic::simple(model.clone(), "an idea"));
        not_accepted(model, &listed, &GenerateMusic::instrumental(model.clone(), "polka", "Stairs"));
    }
    let (listed, others) = split(&extend_music::LIMITS);
    assert_eq!(others, [&Model::V3_5]);
    for model in others {
        not_accepted(model, &listed, &ExtendMusic::inherit(model.clone(), TRACK));
    }
    let (listed, others) = split(&add_instrumental::MODELS);
    assert_eq!(others, [&Model::V3_5, &Model::V4, &Model::V4_5, &Model::V4_5All]);
    for model in others {
        let request = AddInstrumental::new(RECORDING, "Harbour", "folk", "edm").model(model.clone());
        not_accepted(model, &listed, &request);
    }
}

#[test]
fn an_unknown_model_has_no_limit() {
    let model = Model::from("V7_GIANT");
    let long = "x".repeat(100_000);
    assert_eq!(GenerateMusic::song(model.clone(), &*long, &*long, &*long).validate(), Ok(()));
    assert_eq!(ExtendMusic::song(model.clone(), TRACK, 40, &*long, &*long, &*long).validate(), Ok(()));
    assert_eq!(AddInstrumental::new(RECORDING, "Harbour", "folk", "edm").model(model.clone()).validate(), Ok(()));
    let newest = GenerateMusic::instrumental(model, "polka", "Stairs").persona_model(PersonaModel::Style).duration(20);
    assert_eq!(newest.validate(), Ok(()));
    // The SDK does not know the limits of this model. Only a limit that is the same for all models is checked.
    assert_eq!(broken(&GenerateMusic::simple(Model::from("V7_GIANT"), &*long)), ["prompt"]);
}

#[test]
fn a_missing_model_is_missing_and_not_unknown() {
    let checked = check::<GenerateMusic>(&json!({ "prompt": "an idea", "customMode": false, "instrumental": false }));
    let invalid = checked.result.unwrap_err();
    let [violation] = invalid.violations() else { panic!("{invalid}") };
    assert_eq!((violation.field.as_str(), violation.to_string().as_str()), ("model", "model is required"));
}

#[test]
fn every_broken_rule_is_reported_at_once() {
    let long = |length| "漢".repeat(length);
    let song = GenerateMusic::song(Model::V4, long(201), long(81), long(3_001))
        .vocal_gender(VocalGender::from("x"))
        .persona_model(PersonaModel::Voice)
        .duration(361)
        .style_weight(1.01)
        .weirdness_constraint(-0.01)
        .audio_weight(0.005)
        .call_back_url("somewhere");
    let mut names = broken(&song);
    names.sort();
    names.dedup();
    assert_eq!(
        names,
        [
            "audioWeight",
            "callBackUrl",
            "duration",
            "personaModel",
            "prompt",
            "style",
            "styleWeight",
            "title",
            "vocalGender",
            "weirdnessConstraint"
        ]
    );
    // `check` reads the request as JSON. It reports the same violations as `validate`, and also a wrong type and a
    // missing field.
    let mut body = serde_json::to_value(&song).unwrap();
    body["title"] = json!(5);
    body.as_object_mut().unwrap().remove("style");
    let invalid = check::<GenerateMusic>(&body).result.unwrap_err();
    for field in ["title", "style", "prompt", "vocalGender", "duration", "styleWeight", "callBackUrl"] {
        assert!(fields(&invalid).contains(&field), "{field} is missing from: {invalid}");
    }
}

#[test]
fn an_empty_body_gets_all_missing_fields_reported() {
    let of = |body: &Value| {
        let invalid = check::<AddInstrumental>(body).result.unwrap_err();
        let mut names: Vec<_> = fields(&invalid).into_iter().map(String::from).collect();
        names.sort();
        names
    };
    assert_eq!(of(&json!({})), ["negativeTags", "tags", "title", "uploadUrl"]);
    let blank = json!({ "uploadUrl": " ", "title": "\n", "tags": "", "negativeTags": "\u{3000}" });
    assert_eq!(of(&blank), ["negativeTags", "tags", "title", "uploadUrl"]);
}

#[test]
fn a_body_that_is_no_object_is_no_request() {
    for body in [json!(null), json!([]), json!("text"), json!(5), json!([{ "prompt": "an idea" }])] {
        assert!(check::<GenerateMusic>(&body).result.is_err(), "{body}");
    }
}

// ---- Modes: the value of a field such as `customMode` decides which other fields are required

#[test]
fn each_mode_asks_for_its_fields() {
    let of = |body: Value| {
        let invalid = check::<GenerateMusic>(&body).result.err();
        invalid.map(|invalid| fields(&invalid).join(" ")).unwrap_or_default()
    };
    let mode =
        |custom: bool, instrumental: bool| json!({ "customMode": custom, "instrumental": instrumental, "model": "V5" });
    assert_eq!(of(mode(true, true)), "style title");
    assert_eq!(of(mode(true, false)), "style title prompt");
    assert_eq!(of(mode(false, true)), "prompt");
    assert_eq!(of(mode(false, false)), "prompt");

    let of = |body: Value| {
        let invalid = check::<ExtendMusic>(&body).result.err();
        invalid.map(|invalid| fields(&invalid).join(" ")).unwrap_or_default()
    };
    assert_eq!(of(json!({ "defaultParamFlag": false, "model": "V5" })), "audioId");
    assert_eq!(of(json!({ "defaultParamFlag": false, "model": "V5", "audioId": TRACK })), "");
    let custom = json!({ "defaultParamFlag": true, "model": "V5", "audioId": TRACK });
    assert_eq!(of(custom), "continueAt style title prompt");
    let instrumental = json!({ "defaultParamFlag": true, "instrumental": true, "model": "V5", "audioId": TRACK });
    assert_eq!(of(instrumental), "continueAt style title");
}

#[test]
fn an_instrumental_continuation_has_neither_words_nor_a_voice() {
    let extend = || ExtendMusic::instrumental(Model::V5, TRACK, 40, "polka", "Stairs");
    assert_eq!(broken(&extend()), [""; 0]);
    assert_eq!(broken(&extend().prompt("[Verse]\nOne").vocal_gender(VocalGender::Female)), ["prompt", "vocalGender"]);
}

// ---- Numbers

#[test]
fn a_cloned_voice_needs_v5() {
    let song = |model| GenerateMusic::song(model, "polka", "Stairs", "[Verse]\nOne").persona_id("p");
    for model in &Model::ALL[1..] {
        let is_old = ["V4", "V4_5", "V4_5PLUS", "V4_5ALL"].contains(&model.as_str());
        let expected: &[&str] = if is_old { &["personaModel"] } else { &[] };
        assert_eq!(broken(&song(model.clone()).persona_model(PersonaModel::Voice)), expected, "{model}");
        assert_eq!(broken(&song(model.clone()).persona_model(PersonaModel::Style)), [""; 0], "{model}");
        assert_eq!(broken(&song(model.clone())), [""; 0], "{model}: a persona alone");
    }
    let strange = song(Model::V5).persona_model(PersonaModel::from("robot"));
    assert_eq!(broken(&strange), ["personaModel"]);
}

#[test]
fn an_address_is_http_or_https() {
    let at = |url: &str| broken(&GenerateMusic::simple(Model::V5, "an idea").call_back_url(url));
    for url in ["https://hooks.example.net/kie", "http://192.0.2.1:8080/", "https://callback.invalid"] {
        assert_eq!(at(url), [""; 0], "{url}");
    }
    for url in
        ["", "hooks.example.net", "ftp://example.net/a", "https://", "https:///path", "https://a b", "mailto:a@b"]
    {
        assert_eq!(at(url), ["callBackUrl"], "{url}");
    }
}
