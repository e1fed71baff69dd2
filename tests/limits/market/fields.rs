//! Tests of the names of the fields, and of the operations by name.

use std::collections::BTreeSet;

use kie_types::{
    EncodedBody, Endpoint, Route, Rule, TaskEndpoint, WarningKind,
    catalog::{self, OPERATIONS, UnknownOperation, Visitor},
    check_on,
};
use serde_json::{Value, json};

use super::{MARKET, words};

/// Operations, their slugs after `ai-music-api/`, their required fields and their other fields, as the pages of the
/// market route list them.
const PAGES: [(&str, &str, &str, &str); 23] = [
    (
        "generate-music",
        "generate",
        "custom_mode instrumental model",
        "prompt lyrics style title negative_tags vocal_gender style_weight weirdness_constraint audio_weight variety \
         duration persona_id persona_model image_urls video_urls audio_urls",
    ),
    (
        "extend-music",
        "extend",
        "audio_id model",
        "continue_at instrumental prompt lyrics style title negative_tags vocal_gender style_weight \
         weirdness_constraint audio_weight variety persona_id persona_model",
    ),
    (
        "upload-and-cover-audio",
        "upload-and-cover-audio",
        "upload_url instrumental model",
        "prompt lyrics style title duration negative_tags vocal_gender style_weight weirdness_constraint audio_weight \
         variety persona_id persona_model",
    ),
    (
        "upload-and-extend-audio",
        "upload-and-extend-audio",
        "upload_url model",
        "continue_at instrumental prompt lyrics style title negative_tags vocal_gender style_weight \
         weirdness_constraint audio_weight variety persona_id persona_model",
    ),
    (
        "add-instrumental",
        "add-instrumental",
        "upload_url title tags negative_tags",
        "model lyrics vocal_gender style_weight weirdness_constraint audio_weight variety",
    ),
    (
        "add-vocals",
        "add-vocals",
        "upload_url title style negative_tags",
        "model prompt lyrics vocal_gender style_weight weirdness_constraint audio_weight variety",
    ),
    (
        "generate-mashup",
        "mashup",
        "upload_url_list model style title",
        "prompt lyrics duration persona_id persona_model variety style_weight weirdness_constraint audio_weight \
         vocal_gender",
    ),
    ("generate-sounds", "sounds", "prompt model", "sound_loop sound_tempo sound_key grab_lyrics"),
    (
        "replace-section",
        "replace-section",
        "prompt tags title full_lyrics infill_start_s infill_end_s",
        "task_id audio_id upload_url model lyrics negative_tags persona_id persona_model style_weight \
         weirdness_constraint audio_weight variety vocal_gender",
    ),
    ("generate-persona", "generate-persona", "task_id audio_id name description", "vocal_start vocal_end style"),
    ("boost-music-style", "boost-music-style", "content", ""),
    ("get-timestamped-lyrics", "timeStamped-lyrics", "task_id audio_id", ""),
    ("cover-suno", "cover-generate", "task_id", ""),
    ("recovery-audio", "suno-recovery-audio", "task_id", ""),
    ("generate-lyrics", "generate-lyrics", "prompt", ""),
    ("convert-to-wav", "convert-to-wav-format", "task_id audio_id", ""),
    ("create-music-video", "create-music-video", "task_id audio_id", "author domain_name"),
    ("separate-vocals", "separate-vocals", "", "task_id audio_id audio_url type stem_name"),
    ("generate-midi", "generate-midi-from-audio", "task_id", "audio_id"),
    ("suno-voice-validate", "validation-phrase", "voice_url vocal_start_s vocal_end_s", "language"),
    ("suno-voice-generate", "create-voice", "task_id verify_url", "voice_name description style singer_skill_level"),
    ("suno-voice-regenerate", "regenerate-phrase", "task_id", ""),
    ("suno-voice-check-voice", "check-voice", "task_id", ""),
];

/// Returns the keys of a JSON object.
fn names(object: &Value) -> BTreeSet<String> {
    object.as_object().unwrap().keys().cloned().collect()
}

/// Returns the examples of an operation that the market route can carry.
fn carried(operation: &str) -> Vec<Value> {
    let mut examples = catalog::examples(operation).unwrap();
    examples.retain(|example| catalog::check_named_on(operation, example, MARKET).unwrap().result.is_ok());
    examples.extend(catalog::market_examples(operation).unwrap());
    examples
}

/// Returns the body of a request on the market route.
pub(super) fn body(operation: &str, request: &Value) -> Value {
    let encoded = catalog::encode_named_on(operation, request, MARKET).unwrap().unwrap();
    assert_eq!(encoded.url(), "https://api.kie.ai/api/v1/jobs/createTask", "{operation}");
    let EncodedBody::Json(body) = encoded.content else { panic!("{operation} has no body") };
    serde_json::from_slice(&body).unwrap()
}

#[test]
fn every_operation_sends_exactly_the_fields_of_its_page() {
    let with_slug = OPERATIONS.iter().filter(|operation| operation.market.is_some());
    assert_eq!(with_slug.count(), PAGES.len());
    for (operation, slug, required, optional) in PAGES {
        assert_eq!(catalog::find(operation).unwrap().market, Some(&*format!("ai-music-api/{slug}")));
        let mut sent = BTreeSet::new();
        for example in carried(operation) {
            let body = body(operation, &example);
            assert_eq!(body["model"], format!("ai-music-api/{slug}"));
            let call_back = catalog::find(operation).unwrap().call_back_url.map(|field| &example[field]);
            assert_eq!(body.get("callBackUrl"), call_back.filter(|url| !url.is_null()), "{operation}");
            let others: Vec<_> = body.as_object().unwrap().keys().filter(|key| *key != "callBackUrl").collect();
            assert_eq!(others, ["input", "model"], "{operation}");
            let input = names(&body["input"]);
            assert!(input.is_superset(&words(required)), "{operation} sends only {input:?}");
            sent.extend(input);
        }
        let documented: BTreeSet<_> = words(required).union(&words(optional)).cloned().collect();
        assert_eq!(sent, documented, "{operation}");
    }
}

#[test]
fn every_field_that_a_page_requires_is_required() {
    for (operation, _, required, _) in PAGES {
        let example = carried(operation).remove(0);
        for field in example.as_object().unwrap().keys() {
            let mut less = example.clone();
            less.as_object_mut().unwrap().remove(field);
            let invalid = catalog::check_named_on(operation, &less, MARKET).unwrap().result.err();
            let mut broken = invalid.iter().flat_map(kie_types::Invalid::violations);
            let is_reported = broken.any(|violation| violation.field == *field);
            let snake: String = field
                .chars()
                .map(|letter| if letter.is_uppercase() { format!("_{}", letter.to_lowercase()) } else { letter.into() })
                .collect();
            if words(required).contains(&snake) {
                assert!(is_reported, "{operation}: {field} can be left out of {example}");
            }
        }
    }
}

struct Agree;

impl Visitor for Agree {
    type Output = usize;

    fn call<E: Endpoint>(self) -> usize {
        let only_here = E::MARKET.map(kie_types::MarketForm::fields_only_here).unwrap_or_default();
        let mut refused = BTreeSet::new();
        for example in catalog::market_examples(E::NAME).unwrap() {
            let request: E = serde_json::from_value(example.clone()).unwrap();
            assert_eq!(serde_json::to_value(&request).unwrap(), example, "{}", E::NAME);
            assert_eq!(request.validate_on(MARKET), Ok(()), "{}: {example}", E::NAME);
            let checked = check_on::<E>(&example, MARKET);
            assert_eq!((checked.result.as_ref(), checked.unknown), (Ok(&request), Vec::new()), "{}", E::NAME);
            assert_eq!(checked.warnings, request.warnings_on(MARKET), "{}", E::NAME);
            // The page of this operation does not name the V6 family for `personaModel`.
            let is_known = |kind| E::NAME == "upload-and-cover-audio" && kind == WarningKind::Undocumented;
            assert!(checked.warnings.iter().all(|warning| is_known(warning.kind)), "{:?}", checked.warnings);
            let invalid = request.validate_on(Route::Classic).unwrap_err();
            for violation in invalid.violations() {
                if let Rule::NotCarried { route, .. } = &violation.rule {
                    assert_eq!(*route, Route::Classic);
                    refused.insert(violation.field.clone());
                }
            }
            // Each of the fields is refused alone too, and the other route carries it.
            for field in only_here.iter().filter(|field| example.get(**field).is_some()) {
                assert!(invalid.violations().iter().any(|it| it.field == *field), "{}: {field}", E::NAME);
            }
        }
        assert_eq!(refused, only_here.iter().map(ToString::to_string).collect(), "{}", E::NAME);
        let is_only_here = |field| only_here.contains(&field);
        assert!(!E::limits().iter().any(|limit| is_only_here(limit.field)), "{}: the classic limits", E::NAME);
        assert!(!E::ignored().iter().any(|ignored| is_only_here(ignored.field)), "{}: the classic route", E::NAME);
        only_here.len()
    }

    fn start<E: TaskEndpoint>(self) -> usize {
        self.call::<E>()
    }
}

#[test]
fn every_field_of_the_market_route_is_refused_on_the_classic_route() {
    let count: usize = OPERATIONS.iter().map(|operation| catalog::visit(operation.name, Agree).unwrap()).sum();
    assert_eq!(count, 27);
}

#[test]
fn an_example_is_refused_on_the_market_route_only_for_a_mode_that_it_lacks() {
    let mut refused = Vec::new();
    for operation in OPERATIONS {
        for example in catalog::examples(operation.name).unwrap() {
            let Err(invalid) = catalog::check_named_on(operation.name, &example, MARKET).unwrap().result else {
                continue;
            };
            let rules: Vec<_> = invalid.violations().iter().map(|violation| &violation.rule).collect();
            let is_mode = rules.iter().any(|rule| matches!(rule, Rule::Fixed { .. }));
            let has_form = !rules.iter().any(|rule| matches!(rule, Rule::NoForm { .. }));
            assert!(is_mode || !has_form, "{}: {invalid}", operation.name);
            if has_form {
                refused.push(operation.name);
            }
        }
    }
    // Two examples of a cover are in simple mode. One example of a mashup is in simple mode, and one is instrumental.
    let expected =
        ["upload-and-cover-audio", "upload-and-cover-audio", "generate-mashup", "generate-mashup"].map(String::from);
    assert_eq!(refused, expected);
}

#[test]
fn an_operation_is_checked_encoded_and_read_by_name_on_both_routes() {
    let request = json!({ "content": "polka" });
    for (route, path) in [(Route::Classic, "/api/v1/style/generate"), (MARKET, "/api/v1/jobs/createTask")] {
        let checked = catalog::check_named_on("boost-music-style", &request, route).unwrap();
        assert_eq!(checked.result.as_ref(), Ok(&request));
        let encoded = catalog::encode_named_on("boost-music-style", &request, route).unwrap().unwrap();
        assert_eq!(encoded.path_and_query, path);
        let body = br#"{"code":200,"msg":"success","data":{"result":"a fast polka"}}"#;
        let read = catalog::read_named_on("boost-music-style", 200, body, route).unwrap().unwrap();
        assert_eq!(read["result"], "a fast polka");
        let unknown = UnknownOperation::new("generate-noise");
        assert_eq!(catalog::check_named_on("generate-noise", &request, route), Err(unknown));
        assert!(catalog::encode_named_on("generate-noise", &request, route).is_err());
        assert!(catalog::read_named_on("generate-noise", 200, body, route).is_err());
    }
    let task = br#"{"code":200,"msg":"success","data":{"taskId":"b7e2"}}"#;
    assert_eq!(
        catalog::read_named_on("boost-music-style", 200, task, MARKET).unwrap().unwrap(),
        json!({ "taskId": "b7e2" })
    );
    assert!(catalog::read_named_on("boost-music-style", 200, task, Route::Classic).unwrap().is_err());
    let checked = catalog::check_named_on("get-account-credits", &json!({}), MARKET).unwrap();
    assert!(matches!(checked.result.unwrap_err().violations()[0].rule, Rule::NoForm { .. }));
    assert!(catalog::encode_named_on("get-account-credits", &json!({}), MARKET).unwrap().is_err());
}
