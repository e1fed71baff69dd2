//! Gives the fields of a request on the market route their classic names.
//!
//! The sandbox has its own code for this, so that errors in the encoding of kie-types become visible.

use kie_types::{MarketForm, catalog};
use serde_json::{Map, Value, json};

use crate::operations::snake_case;

/// Texts whose absence means that an extension inherits them from its source.
const TEXTS: [&str; 4] = ["prompt", "lyrics", "style", "title"];

/// Returns the fields of the classic request to the operation with this name. `input` has the fields of the market
/// request. Fields that the market route does not have are dropped, and so are names that are not in snake_case.
pub(super) fn classic_fields(operation: &str, input: &Map<String, Value>, call_back_url: Option<&str>) -> Value {
    let Ok(operation) = catalog::find(operation) else { return Value::Null };
    let only_classic: Vec<_> = operation.market_form.into_iter().flat_map(MarketForm::fields_only_classic).collect();
    let is_classic = |name: &String| {
        only_classic.iter().copied().chain(operation.call_back_url).any(|classic| snake_case(classic) == **name)
    };
    let is_market = |name: &String| !name.contains(|letter: char| letter.is_ascii_uppercase());
    let known = input.iter().filter(|(name, _)| is_market(name) && !is_classic(name));
    let mut fields: Map<String, Value> = known.map(|(name, value)| (camel_case(name), value.clone())).collect();
    // Some names have underscores on the classic route too.
    let checked = catalog::check_named(operation.name, &fields.clone().into());
    for unknown in checked.map(|checked| checked.unknown).unwrap_or_default() {
        if let Some(value) = fields.remove(&unknown) {
            fields.insert(snake_case(&unknown), value);
        }
    }
    for field in only_classic {
        fields.insert(field.into(), implied(input, field));
    }
    if let (Some(field), Some(url)) = (operation.call_back_url, call_back_url) {
        fields.insert(field.into(), json!(url));
    }
    fields.into()
}

/// Returns the value of a field that the market route does not have.
fn implied(input: &Map<String, Value>, field: &str) -> Value {
    let is_given = |text: &&str| input.get(*text).and_then(Value::as_str).is_some_and(|text| !text.is_empty());
    match field {
        "customMode" => json!(true),
        "defaultParamFlag" => json!(TEXTS.iter().any(is_given)),
        _ => json!(false),
    }
}

/// Returns the name of a field in camelCase, such as `vocalEndS` for `vocal_end_s`.
fn camel_case(market: &str) -> String {
    let mut words = market.split('_');
    let first = words.next().unwrap_or_default().to_owned();
    words.fold(first, |mut name, word| {
        name.extend(word.chars().next().map(|letter| letter.to_ascii_uppercase()));
        name.extend(word.chars().skip(1));
        name
    })
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn classic(operation: &str, input: Value) -> Value {
        let Value::Object(input) = input else { return Value::Null };
        classic_fields(operation, &input, Some("https://hooks.example.net"))
    }

    #[test]
    fn names_are_in_camel_case_unless_the_classic_route_has_underscores() {
        let input = json!({ "task_id": "7c1d", "voice_url": "u", "vocal_start_s": 1, "vocal_end_s": 9 });
        let voice = classic("suno-voice-validate", input.clone());
        assert_eq!((&voice["vocalStartS"], &voice["vocalEndS"]), (&json!(1), &json!(9)));
        let recovery = classic("recovery-audio", json!({ "task_id": "7c1d", "call_back_url": "http://a" }));
        assert_eq!(recovery, json!({ "task_id": "7c1d", "call_back_url": "https://hooks.example.net" }));
        let again = classic("suno-voice-regenerate", json!({ "task_id": "7c1d" }));
        assert_eq!(again, json!({ "taskId": "7c1d", "calBackUrl": "https://hooks.example.net" }));
    }

    #[test]
    fn fields_without_a_market_form_are_implied() {
        let mashup = classic("generate-mashup", json!({ "custom_mode": false, "customMode": false, "style": "dub" }));
        assert_eq!((&mashup["customMode"], &mashup["instrumental"]), (&json!(true), &json!(false)));
        for (input, flag) in [(json!({ "model": "V6", "title": "" }), false), (json!({ "lyrics": "la" }), true)] {
            assert_eq!(classic("extend-music", input)["defaultParamFlag"], flag);
        }
        let song = classic("generate-music", json!({ "custom_mode": false, "instrumental": true }));
        assert_eq!((&song["customMode"], &song["instrumental"]), (&json!(false), &json!(true)));
    }
}
