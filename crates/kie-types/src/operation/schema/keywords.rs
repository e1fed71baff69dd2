//! Keywords of JSON Schema for the bounds of a field.

use serde_json::{Map, Value, json};

use crate::{
    request::{Bound, NO_CALLBACK},
    value::Model,
};

/// Pattern of a text that is not blank.
pub(super) const NOT_BLANK: &str = r"\S";

/// Pattern of an `http` or `https` address, without its ends. The host has no space, the address has no control character,
/// and no space is at its end.
const ADDRESS: &str = r"https?://[^/?# \x00-\x1f\x7f-\x9f]+(?:[/?#](?:[^\x00-\x1f\x7f-\x9f]*[^ \x00-\x1f\x7f-\x9f])?)?";

/// Pattern of a folder: a text that is not blank, without a slash at either end. Some validators know no lookahead, so the
/// blanks at the begin have an alternative of their own.
const FOLDER: &str = r"^(?:\s+(?:[^/\s]|\S[\s\S]*[^/])|[^/\s](?:[\s\S]*[^/])?)$";

/// Returns the keywords that a bound adds to the schema of a field. Returns no keyword for a bound that the schema
/// cannot express, or that belongs beside the properties.
pub(super) fn keywords(bound: &Bound, property: &Map<String, Value>) -> Map<String, Value> {
    let keywords = match bound {
        Bound::Characters(most) => json!({ "maxLength": most }),
        Bound::Count(count) => json!({ "minItems": count, "maxItems": count }),
        Bound::CountAtLeast(least) => json!({ "minItems": least }),
        Bound::CountAtMost(most) => json!({ "maxItems": most }),
        Bound::AtLeast(least) => json!({ "minimum": number(*least) }),
        Bound::AtMost(most) => json!({ "maximum": number(*most) }),
        Bound::Above(floor) => json!({ "exclusiveMinimum": number(*floor) }),
        Bound::Step(step) if is_in_schema(bound) && !is_a(property, "integer") => {
            json!({ "multipleOf": number(*step) })
        }
        Bound::OneOf(words) => json!({ "enum": words }),
        Bound::Known(words) if words.iter().any(|word| Model::WORDS.contains(word)) => {
            let refused: Vec<_> = Model::WORDS.into_iter().filter(|word| !words.contains(word)).collect();
            json!({ "pattern": NOT_BLANK, "not": { "enum": refused } })
        }
        Bound::Address if is_a(property, "array") => json!({ "items": { "type": "string", "pattern": address() } }),
        Bound::Address => json!({ "pattern": address() }),
        Bound::Folder => json!({ "pattern": FOLDER }),
        Bound::Required if is_a(property, "array") => json!({ "minItems": 1 }),
        // The other patterns allow no blank text.
        Bound::Required if is_text(property) && !property.contains_key("pattern") => json!({ "pattern": NOT_BLANK }),
        _ => json!({}),
    };
    if let Value::Object(keywords) = keywords { keywords } else { Map::new() }
}

/// Returns `true` if the schema can express the bound. A multiple of a decimal fraction has rounding errors: as a float,
/// 0.29 is not an exact multiple of 0.01.
pub(super) fn is_in_schema(bound: &Bound) -> bool {
    !matches!(bound, Bound::Step(step) if step.fract() != 0.0)
}

/// Returns the pattern of a callback address.
pub(super) fn call_back() -> String {
    format!("^(?:{NO_CALLBACK}|{ADDRESS})$")
}

fn address() -> String {
    format!("^{ADDRESS}$")
}

/// Writes a whole number without a fraction.
fn number(number: f64) -> Value {
    if number.fract() == 0.0 && number.abs() < 1e15 { json!(number as i64) } else { json!(number) }
}

pub(super) fn is_a(property: &Map<String, Value>, kind: &str) -> bool {
    property.get("type").is_some_and(|of| of == kind)
}

/// Returns `true` for a text, and for a word of an enum.
fn is_text(property: &Map<String, Value>) -> bool {
    is_a(property, "string") || property.contains_key("anyOf") || property.contains_key("$ref")
}
