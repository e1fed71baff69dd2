//! Schemas of requests, with the rules of each request.

use schemars::Schema;
use serde_json::{Map, Value};

use super::{check::check, examples::Examples};
use crate::{
    describe::{describe_as, plain},
    market::MarketForm,
    request::{Bound, Limit, NO_CALLBACK, Rule},
    value::Model,
};

/// Completes the derived schema of a request. Adds the required fields, the limits, and a documentation text without
/// Rust terms.
pub(crate) fn request<E: Examples>(schema: &mut Schema) {
    let mut limits = E::limits();
    // The schema is that of the classic route. The fields that only the market route has are described too.
    let only_there = E::MARKET.map(MarketForm::fields_only_here).unwrap_or_default();
    limits.extend(E::market_limits().into_iter().filter(|limit| only_there.contains(&limit.field)));
    let required = required::<E>();
    let names = schema.get("properties").and_then(Value::as_object).into_iter().flat_map(Map::keys);
    let names: Vec<_> = names.cloned().collect();
    if let Some(Value::Object(properties)) = schema.get_mut("properties") {
        for (name, property) in properties.iter_mut() {
            let Value::Object(property) = property else { continue };
            property.remove("default");
            without_null(property);
            let of_field: Vec<_> = limits.iter().filter(|limit| limit.field == name).collect();
            bound(property, &of_field, &limits);
            if required.contains(name) && property.get("type") == Some(&"string".into()) {
                property.insert("minLength".into(), 1.into());
            }
            let mut text = spelled_out(property.get("description"), &limits, &names);
            if E::CALL_BACK_URL == Some(name) {
                text = format!(
                    "Address to which the service sends callbacks. Most operations require it. The word `{NO_CALLBACK}` in \
                     place of an address means that no callbacks are sent."
                );
            }
            if E::FILE == Some(name) {
                property.insert("contentMediaType".into(), "application/octet-stream".into());
                text = "Content of the file.".into();
            }
            let accepted: Vec<_> = of_field.iter().flat_map(|limit| limit.bound.words()).copied().collect();
            if name == "model" && !accepted.is_empty() {
                text = format!("{text} Accepted here: {}.", accepted.join(", "));
            }
            property.insert("description".into(), text.trim().into());
        }
    }
    let text = spelled_out(schema.get("description"), &limits, &names);
    describe_as(schema, &text);
    schema.remove("required");
    if !required.is_empty() {
        schema.insert("required".into(), required.into());
    }
}

/// Returns the fields that are always required. The function removes one field at a time from an example request, and
/// checks if the remaining request breaks a rule.
fn required<E: Examples>() -> Vec<String> {
    let sample = E::examples().into_iter().next().map(serde_json::to_value);
    let Some(Ok(Value::Object(sample))) = sample else { return Vec::new() };
    let is_required = |name: &&String| {
        let mut trial = sample.clone();
        trial.remove(*name);
        let checked = check::<E>(&Value::Object(trial));
        checked.result.is_err_and(|invalid| {
            let missing = Rule::Required { when: None };
            invalid.violations().iter().any(|violation| violation.field == **name && violation.rule == missing)
        })
    };
    let mut required: Vec<_> = sample.keys().filter(is_required).cloned().collect();
    required.sort();
    required
}

/// Removes null from the types of a schema, since a request leaves out a field instead of sending null.
fn without_null(schema: &mut Map<String, Value>) {
    match schema.get_mut("type") {
        Some(Value::Array(kinds)) => {
            kinds.retain(|kind| kind != "null");
            if let [only] = kinds.as_slice() {
                let only = only.clone();
                schema.insert("type".into(), only);
            }
        }
        _ => {
            let Some(Value::Array(choices)) = schema.get("anyOf") else { return };
            let rest: Vec<_> = choices.iter().filter(|choice| choice["type"] != "null").cloned().collect();
            if let [Value::Object(only)] = rest.as_slice() {
                schema.remove("anyOf");
                schema.extend(only.clone());
            }
        }
    }
}

/// Writes the lengths, counts, minimums and maximums of a field into the schema of the field. If the maximum lengths
/// differ between models or modes, the largest is written.
fn bound(schema: &mut Map<String, Value>, limits: &[&Limit], all: &[Limit]) {
    // A minimum can be relative to another field. If the number in that field is never below 0, the minimum is also
    // correct as an absolute number.
    let never_below_0 = |field| all.iter().any(|limit| limit.field == field && limit.bound == Bound::AtLeast(0.0));
    let mut longest = None;
    for limit in limits {
        match &limit.bound {
            Bound::Characters(most) => longest = longest.max(Some(*most)),
            Bound::Count(count) => {
                schema.insert("minItems".into(), (*count).into());
                schema.insert("maxItems".into(), (*count).into());
            }
            Bound::CountAtLeast(least) => {
                schema.insert("minItems".into(), (*least).into());
            }
            Bound::CountAtMost(most) => {
                schema.insert("maxItems".into(), (*most).into());
            }
            Bound::AtLeast(number) if limit.from.is_none_or(never_below_0) => {
                schema.insert("minimum".into(), (*number).into());
            }
            Bound::AtMost(number) if limit.from.is_none() => {
                schema.insert("maximum".into(), (*number).into());
            }
            _ => {}
        }
    }
    if let Some(longest) = longest {
        schema.insert("maxLength".into(), longest.into());
    }
}

/// Replaces the names of constants in a documentation text by their numbers, and Rust names of fields by their names on
/// the wire.
fn spelled_out(text: Option<&Value>, limits: &[Limit], names: &[String]) -> String {
    let mut text = plain(text.and_then(Value::as_str).unwrap_or_default());
    for name in names {
        text = text.replace(&format!("`{}`", snake_case(name)), &format!("`{name}`"));
    }
    for limit in limits.iter().filter(|limit| !limit.name.is_empty()) {
        let mention = format!("`{}`", limit.name);
        if !text.contains(&mention) {
            continue;
        }
        let same = limits.iter().filter(|other| (other.field, other.name) == (limit.field, limit.name));
        let mut groups: Vec<(String, Vec<_>)> = Vec::new();
        for other in same {
            let number = other.bound.number();
            match groups.iter_mut().find(|(known, _)| *known == number) {
                Some((_, models)) => models.extend(&other.model),
                None => groups.push((number, other.model.iter().collect())),
            }
        }
        let numbers: Vec<_> = match groups.as_slice() {
            [(number, _)] => vec![number.clone()],
            groups => groups.iter().map(|(number, models)| format!("{number} ({})", listed(models))).collect(),
        };
        text = text.replace(&mention, &numbers.join(" or "));
    }
    text
}

/// Converts the name of a field on the wire to its name in Rust.
fn snake_case(name: &str) -> String {
    let mut snake = String::new();
    for letter in name.chars() {
        if letter.is_uppercase() {
            snake.push('_');
        }
        snake.extend(letter.to_lowercase());
    }
    snake
}

fn listed(models: &[&Model]) -> String {
    models.iter().map(|model| model.as_str()).collect::<Vec<_>>().join(", ")
}
