//! Tests of modes: the fields that a mode requires or does not allow.

use kie_types::{
    AddVocals, Endpoint, ExtendMusic, GenerateMashup, GenerateMusic, Model, PersonaModel, ReplaceSection, Route,
    UploadAndCoverAudio, UploadAndExtendAudio, VocalGender, check_on,
};
use serde_json::{Value, json};

use super::{A, MARKET, TASK, extend, fields::body, lacks, with};
use crate::limits::sides::{TRACK, broken_on};

#[test]
fn a_song_needs_at_least_one_input() {
    let of = |custom: bool, more: Value| {
        lacks::<GenerateMusic>(&with(&json!({ "customMode": custom, "instrumental": false, "model": "V6" }), &more))
    };
    assert_eq!(of(false, json!({})), "prompt");
    assert_eq!(
        of(false, json!({ "imageUrls": [], "lyrics": " ", "title": "Stairs", "negativeTags": "edm" })),
        "prompt"
    );
    for field in ["prompt", "lyrics", "style"] {
        assert_eq!(of(false, json!({ field: "a word" })), "", "{field}");
    }
    for field in ["imageUrls", "videoUrls", "audioUrls"] {
        assert_eq!(of(false, json!({ field: [A] })), "", "{field}");
    }
    assert_eq!(of(true, json!({})), "title style");
    assert_eq!(of(true, json!({ "title": "Stairs" })), "style");
    for field in ["style", "lyrics", "negativeTags", "prompt"] {
        assert_eq!(of(true, json!({ "title": "Stairs", field: "a word" })), "", "{field}");
    }
    let invalid = GenerateMusic::simple(Model::V6, "").validate_on(MARKET).unwrap_err();
    let expected = "prompt is required when lyrics, style, images, videos and recordings are left out";
    assert_eq!(invalid.violations()[0].to_string(), expected);
    // The classic route ignores a persona of simple mode or refuses it. The market route ignores it.
    assert_eq!(of(false, json!({ "prompt": "an idea", "personaId": "p" })), "");
    assert_eq!(of(false, json!({ "prompt": "an idea", "duration": 20 })), "duration");
}

#[test]
fn a_continuation_has_its_own_parameters_or_none() {
    assert_eq!(lacks::<ExtendMusic>(&extend(&json!({}))), "");
    assert_eq!(lacks::<ExtendMusic>(&json!({ "defaultParamFlag": true })), "audioId model");
    assert_eq!(lacks::<ExtendMusic>(&extend(&json!({ "continueAt": 0 }))), "continueAt");
    let upload = json!({ "defaultParamFlag": true, "uploadUrl": A, "model": "V6" });
    assert_eq!(lacks::<UploadAndExtendAudio>(&upload), "", "the newest page does not require continue_at");
    assert_eq!(lacks::<UploadAndExtendAudio>(&with(&upload, &json!({ "continueAt": -1 }))), "continueAt");

    // The route has no flag. So a field that the classic route ignores would take effect.
    let inherits = json!({ "defaultParamFlag": false });
    let own = json!({
        "prompt": "[Verse]\nOne", "lyrics": "[Verse]\nOne", "style": "polka", "title": "Stairs", "negativeTags": "edm",
        "vocalGender": "f", "styleWeight": 0.5, "weirdnessConstraint": 0.5, "audioWeight": 0.5, "variety": 2,
        "personaId": "p", "personaModel": "style_persona",
    });
    for (field, value) in own.as_object().unwrap() {
        let more = with(&inherits, &json!({ field: value }));
        assert_eq!(lacks::<ExtendMusic>(&extend(&more)), *field);
        assert_eq!(lacks::<UploadAndExtendAudio>(&with(&upload, &more)), *field);
        let invalid = check_on::<ExtendMusic>(&extend(&more), MARKET).result.unwrap_err();
        let expected = format!("{field} must be left out when defaultParamFlag is false");
        assert_eq!(invalid.violations()[0].to_string(), expected);
        let more = with(&more, &json!({ "defaultParamFlag": true }));
        assert_eq!(lacks::<ExtendMusic>(&extend(&more)), "", "{field}");
        assert_eq!(lacks::<UploadAndExtendAudio>(&with(&upload, &more)), "", "{field}");
    }
    assert_eq!(lacks::<ExtendMusic>(&extend(&with(&inherits, &json!({ "continueAt": 40 })))), "continueAt");
    assert_eq!(lacks::<ExtendMusic>(&extend(&with(&inherits, &json!({ "instrumental": true })))), "instrumental");
    assert_eq!(lacks::<ExtendMusic>(&extend(&with(&inherits, &json!({ "instrumental": false })))), "");
    assert_eq!(lacks::<UploadAndExtendAudio>(&with(&upload, &with(&inherits, &json!({ "continueAt": 40 })))), "");
    assert_eq!(body("extend-music", &extend(&inherits))["input"], json!({ "audio_id": TRACK, "model": "V6" }));
}

#[test]
fn a_continuation_without_singing_has_neither_words_nor_a_voice() {
    let words = json!({ "instrumental": true, "prompt": "One", "lyrics": "One", "vocalGender": "f" });
    assert_eq!(lacks::<ExtendMusic>(&extend(&words)), "prompt lyrics vocalGender");
    assert_eq!(lacks::<ExtendMusic>(&extend(&with(&words, &json!({ "instrumental": false })))), "");
}

#[test]
fn covers_and_mashups_are_always_custom() {
    let cover = json!({ "uploadUrl": A, "customMode": true, "instrumental": false, "model": "V6" });
    assert_eq!(lacks::<UploadAndCoverAudio>(&cover), "", "the page requires no text");
    assert_eq!(lacks::<UploadAndCoverAudio>(&with(&cover, &json!({ "customMode": false }))), "customMode");
    let persona = json!({ "customMode": false, "personaId": "p", "duration": 20 });
    assert_eq!(lacks::<UploadAndCoverAudio>(&with(&cover, &persona)), "customMode", "the mode alone is wrong");

    let mashup = json!({ "uploadUrlList": [A, A], "customMode": true, "model": "V6" });
    assert_eq!(lacks::<GenerateMashup>(&mashup), "style title");
    let named = with(&mashup, &json!({ "style": "polka", "title": "Stairs" }));
    assert_eq!(lacks::<GenerateMashup>(&named), "", "the page requires no lyrics");
    assert_eq!(lacks::<GenerateMashup>(&with(&named, &json!({ "instrumental": true }))), "instrumental");
    for (count, broken) in [(0, "uploadUrlList"), (1, "uploadUrlList"), (2, ""), (3, ""), (9, "")] {
        let request = with(&named, &json!({ "uploadUrlList": vec![A; count] }));
        assert_eq!(lacks::<GenerateMashup>(&request), broken, "{count}");
    }
    let voice = json!({ "model": "V4", "personaId": "p", "personaModel": "voice_persona" });
    assert_eq!(lacks::<GenerateMashup>(&with(&named, &voice)), "personaModel");
}

#[test]
fn vocals_need_no_prompt_and_a_section_takes_a_singer() {
    let vocals = AddVocals::new(A, "Stairs", "polka", "edm", "One");
    let mut without = vocals.clone();
    without.prompt = None;
    assert_eq!(broken_on(MARKET, &without), [""; 0]);
    assert_eq!(broken_on(Route::Classic, &without), ["prompt"]);
    assert_eq!(broken_on(MARKET, &vocals.model(Model::V4)), ["model"]);

    let track = || ReplaceSection::in_track(TASK, TRACK, 0.0..10.0, "polka", "Stairs", "One", "One");
    let singer = track().vocal_gender(VocalGender::from("x")).style_weight(1.01).persona_model("robot");
    assert_eq!(broken_on(MARKET, &singer), ["personaModel", "vocalGender", "styleWeight"]);
    assert_eq!(broken_on(Route::Classic, &singer), ["vocalGender", "styleWeight", "personaModel"]);
    let upload = ReplaceSection::in_upload(Model::V4, A, 0.0..10.0, "polka", "Stairs", "One", "One");
    assert_eq!(broken_on(MARKET, &upload.persona_model(PersonaModel::Voice)), ["personaModel"]);
    assert_eq!(broken_on(MARKET, &track().persona_model(PersonaModel::Voice)), [""; 0]);
}
