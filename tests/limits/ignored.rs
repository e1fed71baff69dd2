//! Tests of fields that the service ignores in one mode of an operation. These fields are valid, but `check` warns of
//! them.

use kie_types::{Endpoint, GenerateMusic, Model, WarningKind, catalog, check};
use serde_json::{Value, json};

/// Returns the request with the fields of `more` added.
fn with(request: &Value, more: &Value) -> Value {
    let mut request = request.clone();
    request.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    request
}

/// Returns the names of the fields for which `check` gives a warning. Checks that the request breaks no rule, and that
/// every warning is about an ignored field.
fn warned(operation: &str, request: &Value) -> Vec<String> {
    let checked = catalog::check_named(operation, request).unwrap();
    assert_eq!(checked.result.map(drop), Ok(()), "{operation}: {request}");
    assert!(checked.warnings.iter().all(|warning| warning.kind == WarningKind::Ignored), "{:?}", checked.warnings);
    let mut fields: Vec<_> = checked.warnings.into_iter().map(|warning| warning.field).collect();
    fields.sort();
    fields
}

fn assert_ignored(operation: &str, request: &Value, fields: &Value, until: &Value) {
    assert_eq!(warned(operation, request), [""; 0], "{operation}");
    let given = with(request, fields);
    let mut names: Vec<_> = fields.as_object().unwrap().keys().cloned().collect();
    names.sort();
    assert_eq!(warned(operation, &given), names, "{operation}");
    assert_eq!(warned(operation, &with(&given, until)), [""; 0], "{operation}: {until}");
}

#[test]
fn a_field_that_the_mode_ignores_is_legal_and_warned_of_until_the_mode_is_another() {
    let simple = json!({ "customMode": false, "instrumental": false, "model": "V5_5", "prompt": "an idea" });
    let custom =
        json!({ "customMode": true, "instrumental": true, "model": "V5_5", "style": "polka", "title": "Stairs" });
    let hints = json!({ "styleWeight": 0.5, "vocalGender": "f", "weirdnessConstraint": 0.5, "audioWeight": 0.5 });
    let texts = json!({
        "style": "polka", "title": "Stairs", "negativeTags": "drums", "personaModel": "style_persona",
    });
    let lyrics = json!({ "prompt": "[Verse]\nOne, two" });
    let url = "https://files.example.net/a.mp3";

    for (operation, upload) in [("generate-music", json!({})), ("upload-and-cover-audio", json!({ "uploadUrl": url }))]
    {
        let (simple, custom) = (with(&simple, &upload), with(&custom, &upload));
        assert_ignored(operation, &simple, &with(&hints, &texts), &json!({ "customMode": true }));
        assert_ignored(operation, &custom, &lyrics, &json!({ "instrumental": false }));
    }
    // The documentation page of generate-mashup requires style and title, whether `customMode` is true or false. So
    // these two fields get no warning.
    let mashup = with(&simple, &json!({ "uploadUrlList": [url, url], "style": "polka", "title": "Stairs" }));
    assert_ignored("generate-mashup", &mashup, &hints, &json!({ "customMode": true }));

    let source = json!({ "defaultParamFlag": false, "audioId": "7d0f3c52", "model": "V5" });
    let own = with(&with(&with(&hints, &texts), &lyrics), &json!({ "continueAt": 30 }));
    assert_ignored("extend-music", &source, &own, &json!({ "defaultParamFlag": true }));
    let until = json!({ "defaultParamFlag": true, "continueAt": 30, "style": "polka", "title": "Stairs" });
    assert_ignored("extend-music", &source, &json!({ "instrumental": true }), &until);
}

#[test]
fn the_warnings_are_data() {
    let rows: Vec<_> = GenerateMusic::ignored().iter().map(|ignored| serde_json::to_value(ignored).unwrap()).collect();
    let simple = json!({ "name": "simple", "field": "customMode", "value": { "flag": false } });
    assert_eq!(rows[0], json!({ "field": "style", "modes": [simple] }));
    let request = GenerateMusic::simple(Model::V5, "an idea").style("polka");
    let [warning] = &request.warnings()[..] else { panic!("{:?}", request.warnings()) };
    assert_eq!(warning.to_string(), "style: the service ignores it when customMode is false");
    assert_eq!(serde_json::to_value(warning).unwrap()["kind"], "ignored");
}

#[test]
fn an_empty_field_and_a_forbidden_field_have_no_warning() {
    let simple = json!({ "customMode": false, "instrumental": false, "model": "V5_5", "prompt": "an idea" });
    let nothing = json!({ "style": "", "title": null, "personaId": "b86e", "duration": 30 });
    let checked = check::<GenerateMusic>(&with(&simple, &nothing));
    let invalid = checked.result.unwrap_err();
    let fields: Vec<_> = invalid.violations().iter().map(|violation| violation.field.as_str()).collect();
    assert_eq!((fields, checked.warnings), (vec!["personaId", "duration"], Vec::new()));
}

#[test]
fn without_a_mode_there_is_no_warning() {
    let request = json!({ "instrumental": false, "model": "V5_5", "prompt": "an idea", "style": "polka" });
    for unsaid in [json!({}), json!({ "customMode": "no" })] {
        let checked = check::<GenerateMusic>(&with(&request, &unsaid));
        assert!(checked.result.is_err() && checked.warnings.is_empty(), "{unsaid}: {:?}", checked.warnings);
    }
}
