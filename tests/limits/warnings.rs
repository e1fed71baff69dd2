//! Tests of warnings about values that are valid but probably a mistake.

use kie_types::{
    Endpoint, GenerateMusic, GenerateSounds, Model, SeparateVocals, SeparationType, SoundKey, StemName,
    SunoVoiceRegenerate, Violation, VocalGender, Warning, WarningKind, check,
};
use serde_json::{Value, json};

fn song(more: &Value) -> Value {
    let mut body = json!({ "customMode": false, "instrumental": false, "model": "V5_5", "prompt": "an idea" });
    body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    body
}

/// Returns the field, the kind and the suggestion of each warning.
fn brief(warnings: &[Warning]) -> Vec<(&str, WarningKind, Option<&str>)> {
    warnings.iter().map(|warning| (warning.field.as_str(), warning.kind, warning.meant.as_deref())).collect()
}

#[test]
fn a_misspelt_model_is_valid_and_has_a_warning() {
    for said in ["v5_5", "V5_5 ", " V5.5", "v5-5"] {
        let checked = check::<GenerateMusic>(&song(&json!({ "model": said })));
        assert_eq!(brief(&checked.warnings), [("model", WarningKind::NearMiss, Some("V5_5"))], "{said:?}");
        let request = checked.result.unwrap();
        assert_eq!((request.validate(), request.warnings()), (Ok(()), checked.warnings), "{said:?}");
    }
    let checked = check::<GenerateMusic>(&song(&json!({ "model": "V5_5" })));
    assert_eq!((checked.result.map(drop), checked.warnings), (Ok(()), Vec::new()));
}

#[test]
fn a_model_of_the_future_is_valid_and_has_a_warning() {
    for said in ["V7", "V9", "V5_6", "V6_GIANT"] {
        let checked = check::<GenerateMusic>(&song(&json!({ "model": said })));
        assert_eq!(brief(&checked.warnings), [("model", WarningKind::UnknownWord, None)], "{said:?}");
        let request = checked.result.unwrap();
        assert_eq!((request.validate(), request.warnings()), (Ok(()), checked.warnings), "{said:?}");
    }
    let request = GenerateMusic::simple(Model::from("V9"), "an idea");
    assert_eq!(
        request.warnings()[0].to_string(),
        "model: \"V9\" is not a word that this version knows; it knows V4, V4_5, V4_5PLUS, V4_5ALL, V5, V5_5, V6, \
         V6_MINI, V6_WILD"
    );
    // A missing model breaks a rule, and so does a retired model. So each of these two requests has a violation instead
    // of a warning.
    for said in ["", "V3_5"] {
        let request = GenerateMusic::simple(Model::from(said), "an idea");
        assert!(request.validate().is_err() && request.warnings().is_empty(), "{said:?}");
    }
}

#[test]
fn a_misspelt_field_is_unknown_and_the_right_name_is_suggested() {
    let checked = check::<GenerateMusic>(&song(&json!({ "vocal_gender": "f", "titel": "Stairs", "mood": "blue" })));
    assert!(checked.result.is_ok());
    assert_eq!(checked.unknown, ["mood", "titel", "vocal_gender"]);
    assert_eq!(
        brief(&checked.warnings),
        [
            ("mood", WarningKind::UnknownField, None),
            ("titel", WarningKind::UnknownField, Some("title")),
            ("vocal_gender", WarningKind::UnknownField, Some("vocalGender")),
        ]
    );
    assert_eq!(checked.warnings[0].to_string(), "mood: the operation has no such field");
    assert_eq!(
        serde_json::to_value(&checked.warnings[2]).unwrap(),
        json!({
            "field": "vocal_gender",
            "kind": "unknownField",
            "advice": "the operation has no such field; did you mean \"vocalGender\"?",
            "meant": "vocalGender",
        })
    );
    // KIE's documentation spells this field `calBackUrl`, with one `l`, and the SDK uses this name too. So
    // `callBackUrl` gets a warning.
    let checked = check::<SunoVoiceRegenerate>(&json!({ "taskId": "a", "callBackUrl": "https://hooks.example.net" }));
    assert_eq!(brief(&checked.warnings), [("callBackUrl", WarningKind::UnknownField, Some("calBackUrl"))]);
}

#[test]
fn a_misspelt_word_that_is_refused_is_a_violation_and_a_warning() {
    let song = GenerateMusic::song(Model::V5, "polka", "Stairs", "[Verse]\nOne, two");
    let request = song.clone().vocal_gender(VocalGender::from("F"));
    let invalid = request.validate().unwrap_err();
    let fields: Vec<_> = invalid.violations().iter().map(|Violation { field, .. }| field.as_str()).collect();
    assert_eq!(fields, ["vocalGender"]);
    assert_eq!(brief(&request.warnings()), [("vocalGender", WarningKind::NearMiss, Some("f"))]);
    // A word that is not similar to any known word causes a violation and no warning.
    let request = song.vocal_gender(VocalGender::from("x"));
    assert!(request.validate().is_err() && request.warnings().is_empty());
}

#[test]
fn each_word_is_compared_with_the_list_of_its_field() {
    let sound = GenerateSounds::new(Model::V5, "a gate").sound_key(SoundKey::from("f#M"));
    assert_eq!(brief(&sound.warnings()), [("soundKey", WarningKind::NearMiss, Some("F#m"))]);
    let stem = SeparateVocals::of_track("4be1c0d2", "7d0f3c52")
        .kind(SeparationType::SplitStemAdvanced)
        .stem_name(StemName::from("lead vocals"));
    assert_eq!(stem.validate(), Ok(()));
    assert_eq!(brief(&stem.warnings()), [("stemName", WarningKind::NearMiss, Some("Lead Vocal"))]);
    // A field with free text has no list of known words. So its text causes no warning, even if the text is similar to
    // a known word of another field: `v5` is similar to the model `V5`.
    let song = GenerateMusic::song(Model::V5, "v5", "m", "title");
    assert_eq!(song.warnings(), []);
}

#[test]
fn a_warning_shows_no_more_of_a_text_than_its_beginning() {
    let key = "k".repeat(1_000);
    let checked = check::<GenerateMusic>(&song(&json!({ key.clone(): 1 })));
    let [warning] = &checked.warnings[..] else { panic!("{:?}", checked.warnings) };
    assert_eq!(warning.field, key);
    assert!(warning.to_string().len() < 100, "{warning}");
    assert!(check::<GenerateMusic>(&json!("v5")).warnings.is_empty());
}

#[test]
fn a_warning_of_an_application_is_built_like_ours() {
    let warning = Warning::new("prompt", WarningKind::NearMiss, "is the placeholder").meant("an idea");
    assert_eq!(warning.to_string(), "prompt: is the placeholder");
    assert_eq!(brief(&[warning]), [("prompt", WarningKind::NearMiss, Some("an idea"))]);
}
