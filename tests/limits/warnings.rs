//! Tests of near misses, which are refused, and of warnings about values that are valid but probably a mistake.

use kie_types::{
    AddVocals, Endpoint, GenerateMusic, GenerateSounds, Invalid, Model, NO_CALLBACK, PersonaModel, Rule,
    SeparateVocals, SeparationType, SoundKey, StemName, SunoVoiceRegenerate, SunoVoiceValidate, Violation, VocalGender,
    VoiceLanguage, Warning, WarningKind, check,
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

/// Returns the field, the word in the request and the meant word of each near miss. Panics if another rule is broken.
fn near_misses(invalid: &Invalid) -> Vec<(&str, &str, &str)> {
    fn near_miss(violation: &Violation) -> (&str, &str, &str) {
        match &violation.rule {
            Rule::NearMiss { actual, meant, .. } => (&violation.field, actual, meant),
            other => panic!("{other:?}"),
        }
    }
    invalid.violations().iter().map(near_miss).collect()
}

#[test]
fn a_near_miss_of_a_model_is_refused_with_the_meant_model() {
    for (said, meant) in [
        ("v5", "V5"),
        ("v5_5", "V5_5"),
        ("V5_5 ", "V5_5"),
        (" V5.5", "V5_5"),
        ("V5 5", "V5_5"),
        ("v5-5", "V5_5"),
        ("V5_", "V5"),
        ("v4.5", "V4_5"),
        ("v4.5+", "V4_5PLUS"),
        ("V6_MINY", "V6_MINI"),
        ("chirp-crow", "V5"),
        ("chirp-hawk-wild", "V6_WILD"),
        ("Chirp v4", "V4"),
    ] {
        let checked = check::<GenerateMusic>(&song(&json!({ "model": said })));
        let invalid = checked.result.unwrap_err();
        assert_eq!(near_misses(&invalid), [("model", said, meant)]);
        assert_eq!(invalid.violations()[0].to_string(), format!("model is {said:?}; did you mean {meant:?}?"));
        assert_eq!(checked.warnings, [], "the word is reported once");
        // The typed request is checked by the same rule.
        let mut request = GenerateMusic::simple(Model::from(said), "an idea");
        assert_eq!((request.validate(), request.warnings()), (Err(invalid), Vec::new()));
        request.model = Model::from(meant);
        assert_eq!((request.validate(), request.warnings()), (Ok(()), Vec::new()));
    }
    let invalid = GenerateMusic::simple(Model::from("v5"), "an idea").validate().unwrap_err();
    assert_eq!(
        serde_json::to_value(&invalid.violations()[0]).unwrap(),
        json!({
            "field": "model", "rule": "nearMiss", "actual": "v5", "meant": "V5",
            "message": "model is \"v5\"; did you mean \"V5\"?",
        })
    );
    // An optional model is checked too. If the meant model is a model that the operation does not accept, the request
    // breaks the rule `NotAccepted` instead of `NearMiss`.
    let vocals = AddVocals::new("https://files.example/a.mp3", "an idea", "a title", "drums", "polka");
    assert_eq!(near_misses(&vocals.clone().model(Model::from("v5_5")).validate().unwrap_err()).len(), 1);
    for said in ["v4", "chirp-v4", "V3.5"] {
        let invalid = vocals.clone().model(Model::from(said)).validate().unwrap_err();
        let Rule::NotAccepted { actual, .. } = &invalid.violations()[0].rule else { panic!("{invalid}") };
        assert_eq!(actual, said);
    }
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
    // A word with two wrong letters may be a new word too. The warning suggests the known word.
    let request = GenerateMusic::simple(Model::from("V6_MAXI"), "an idea");
    assert_eq!(
        (request.validate(), brief(&request.warnings())),
        (Ok(()), vec![("model", WarningKind::UnknownWord, Some("V6_MINI"))])
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
fn each_word_is_compared_with_the_list_of_its_field() {
    let song = GenerateMusic::song(Model::V5, "polka", "Stairs", "[Verse]\nOne, two");
    let stem = |name: &str| {
        let stem = SeparateVocals::of_track("4be1c0d2", "7d0f3c52").kind(SeparationType::SplitStemAdvanced);
        stem.stem_name(StemName::from(name)).validate()
    };
    for (broken, near_miss) in [
        (song.clone().vocal_gender(VocalGender::from("F")).validate(), ("vocalGender", "F", "f")),
        (
            song.clone().persona_model(PersonaModel::from("Voice Persona")).validate(),
            ("personaModel", "Voice Persona", "voice_persona"),
        ),
        (
            GenerateSounds::new(Model::V5, "a gate").sound_key(SoundKey::from("f#M")).validate(),
            ("soundKey", "f#M", "F#m"),
        ),
        (
            SeparateVocals::of_track("4be1c0d2", "7d0f3c52").kind(SeparationType::from("SplitStem")).validate(),
            ("type", "SplitStem", "split_stem"),
        ),
        (stem("lead vocals"), ("stemName", "lead vocals", "Lead Vocal")),
        (
            SunoVoiceValidate::new("https://files.example/a.mp3", 0, 10).language(VoiceLanguage::from("EN")).validate(),
            ("language", "EN", "en"),
        ),
    ] {
        assert_eq!(near_misses(&broken.unwrap_err()), [near_miss]);
    }
    // The list of stems can grow, so an unknown stem is accepted. The list of the genders of voices cannot grow, so an
    // unknown gender is refused.
    assert_eq!(stem("Theremin"), Ok(()));
    let request = song.vocal_gender(VocalGender::from("x"));
    let invalid = request.validate().unwrap_err();
    assert!(matches!(&invalid.violations()[0].rule, Rule::NotAccepted { accepted, .. } if *accepted == ["m", "f"]));
    assert!(request.warnings().is_empty());
    // A field with free text has no list of known words. So its text is not compared, even if the text is similar to a
    // known word of another field: `v5` is similar to the model `V5`.
    let song = GenerateMusic::song(Model::V5, "v5", "m", "title");
    assert_eq!((song.validate(), song.warnings()), (Ok(()), Vec::new()));
}

#[test]
fn a_callback_address_that_the_service_cannot_reach_has_a_warning() {
    let request = GenerateMusic::simple(Model::V5, "an idea").call_back_url("http://localhost:3000/cb");
    assert_eq!(request.validate(), Ok(()));
    assert_eq!(brief(&request.warnings()), [("callBackUrl", WarningKind::Unreachable, None)]);
    assert_eq!(
        request.warnings()[0].to_string(),
        r#"callBackUrl: "localhost" cannot be reached from the internet, so no callback will arrive"#
    );
    let checked = check::<SunoVoiceRegenerate>(&json!({ "taskId": "a", "calBackUrl": "https://192.168.1.2/kie" }));
    assert_eq!(brief(&checked.warnings), [("calBackUrl", WarningKind::Unreachable, None)]);
    for url in [NO_CALLBACK, "https://hooks.example.net/kie", "https://203.0.113.7/kie"] {
        assert_eq!(request.clone().call_back_url(url).warnings(), [], "{url}");
    }
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
    let warning = Warning::new("prompt", WarningKind::Ignored, "is the placeholder").meant("an idea");
    assert_eq!(warning.to_string(), "prompt: is the placeholder");
    assert_eq!(brief(&[warning]), [("prompt", WarningKind::Ignored, Some("an idea"))]);
}
