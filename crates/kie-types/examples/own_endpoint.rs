//! Adds an operation that this crate does not have, with rules and limits. Clients, checks and encoders treat the
//! operation like an operation of the catalogue.
//!
//! `cargo run -p kie-types --example own_endpoint`

#![allow(clippy::print_stdout)]

use kie_types::{
    AudioId, Bound, CallbackField, Effect, EncodedBody, Endpoint, Invalid, Limit, Method, Model, Music, Rule, Rules,
    Started, TaskEndpoint, check,
};
use serde::{Deserialize, Serialize};
use serde_json::json;

/// Changes the pitch of a track. This operation is invented for the example.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct ShiftPitch {
    audio_id: AudioId,
    model: Model,
    semitones: f64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    title: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    call_back_url: Option<String>,
}

/// Maximum number of characters of `title`.
const TITLE: usize = 80;
/// Maximum number of semitones by which the pitch goes up or down.
const SEMITONES: f64 = 12.0;
/// Models that accept the operation.
const MODELS: [Model; 2] = [Model::V5, Model::V5_5];

impl Endpoint for ShiftPitch {
    const NAME: &'static str = "shift-pitch";
    const DOCS: &'static str = "https://docs.example.net/shift-pitch";
    const METHOD: Method = Method::Post;
    const PATH: &'static str = "/api/v1/generate/shift-pitch";
    const EFFECT: Effect = Effect::Creates;
    const CALL_BACK: Option<CallbackField<Self>> =
        Some(CallbackField::new("callBackUrl", |request| &mut request.call_back_url));
    type Response = Started<Music>;

    fn validate(&self) -> Result<(), Invalid> {
        let mut rules = Rules::new(Self::NAME);
        rules.required("audioId", self.audio_id.as_str());
        rules.accepted("model", self.model.as_str(), MODELS.iter().map(Model::as_str));
        rules.range("semitones", Some(self.semitones), -SEMITONES..=SEMITONES);
        if self.semitones == 0.0 {
            rules.broken("semitones", Rule::custom("must not be 0, which would pay for the same song"));
        }
        rules.at_most("title", self.title.as_deref(), TITLE);
        rules.call_back_url("callBackUrl", self.call_back_url.as_deref());
        rules.finish()
    }

    fn limits() -> Vec<Limit> {
        vec![
            Limit::new("model", Bound::Known(MODELS.iter().map(Model::as_str).collect())).named("MODELS"),
            Limit::new("semitones", Bound::AtLeast(-SEMITONES)).named("SEMITONES"),
            Limit::new("semitones", Bound::AtMost(SEMITONES)).named("SEMITONES"),
            Limit::new("title", Bound::Characters(TITLE)).named("TITLE"),
        ]
    }
}

/// The tasks of this operation are music tasks. They have the same lookups, callbacks and files as other music tasks.
impl TaskEndpoint for ShiftPitch {
    type Job = Music;
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    // `check` reports all problems of a document together, and also the keys that the operation does not have.
    let checked = check::<ShiftPitch>(&json!({ "audioId": "", "model": "V4", "semitones": 0, "key": "D" }));
    println!("{}", checked.result.err().ok_or("the document is invalid")?);
    println!("unknown: {}", checked.unknown.join(", "));

    let document = json!({ "audioId": "7d0f3c52", "model": "V5", "semitones": -2 });
    let mut request = check::<ShiftPitch>(&document).result?;
    if let Some(place) = request.call_back_url() {
        *place = Some("https://hooks.example.net/kie".into());
    }
    let encoded = request.encode()?;
    println!("{} {}", encoded.method, encoded.url());
    if let EncodedBody::Json(json) = &encoded.content {
        println!("{}", String::from_utf8_lossy(json));
    }

    let answer = br#"{"code":200,"msg":"success","data":{"taskId":"4be1"}}"#;
    println!("started {}", ShiftPitch::read(200, answer)?.task_id);
    Ok(())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    fn broken(document: &serde_json::Value) -> Vec<String> {
        let invalid = check::<ShiftPitch>(document).result.err();
        invalid.iter().flat_map(Invalid::violations).map(|violation| violation.field.clone()).collect()
    }

    #[test]
    fn its_rules_are_checked_like_those_of_the_catalogue() {
        let good = json!({ "audioId": "7d0f3c52", "model": "V5", "semitones": -12, "title": "x".repeat(80) });
        assert_eq!(broken(&good), [""; 0]);
        for (field, bad) in [
            ("audioId", json!(" ")),
            ("model", json!("V4")),
            ("model", json!(5)),
            ("semitones", json!(12.5)),
            ("semitones", json!(0)),
            ("semitones", json!("two")),
            ("title", json!("x".repeat(81))),
            ("callBackUrl", json!("nowhere")),
        ] {
            let mut document = good.clone();
            document[field] = bad.clone();
            assert_eq!(broken(&document), [field], "{bad}");
        }
        assert_eq!(
            broken(&json!({})),
            ["audioId", "model", "semitones"],
            "missing fields are found without an example"
        );
    }

    #[test]
    fn its_limits_are_those_that_it_checks() {
        let bound = |field| ShiftPitch::limits().into_iter().find(|limit| limit.field == field).unwrap().bound;
        assert_eq!(bound("title"), Bound::Characters(TITLE));
        assert_eq!(bound("model"), Bound::Known(MODELS.iter().map(Model::as_str).collect()));
    }

    #[test]
    fn it_is_encoded_and_its_answer_read() {
        let document = json!({ "audioId": "7d0f3c52", "model": "V5", "semitones": 2.0 });
        let mut request = check::<ShiftPitch>(&document).result.unwrap();
        let encoded = request.encode().unwrap();
        assert_eq!(
            (encoded.method, encoded.url().as_str()),
            (Method::Post, "https://api.kie.ai/api/v1/generate/shift-pitch")
        );
        let EncodedBody::Json(json) = encoded.content else { unreachable!("a request is JSON") };
        assert_eq!(serde_json::from_slice::<serde_json::Value>(&json).unwrap(), document);

        assert_eq!(ShiftPitch::CALL_BACK_URL, Some("callBackUrl"));
        assert_eq!(request.call_back_url(), Some(&mut None));
        let started = ShiftPitch::read(200, br#"{"code":200,"data":{"taskId":"4be1"}}"#).unwrap();
        assert_eq!(started.task_id.as_str(), "4be1");
    }
}
