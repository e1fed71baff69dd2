//! Documentation texts without Rust terms.

use serde_json::{Map, Value};

use super::wire::Wire;
use crate::{describe::plain, request::Limit, value::Model};

/// Beginning of a paragraph that is only for Rust.
const RUST: &str = "In Rust, ";

/// Returns a documentation text for users of every language: without the paragraphs for Rust, with numbers in place of
/// the names of constants, and with the names that the fields have on the route. `fields` are the fields of the request
/// type.
pub(super) fn plain_of(text: Option<&Value>, wire: &Wire, fields: &Map<String, Value>) -> String {
    let text = plain(text.and_then(Value::as_str).unwrap_or_default());
    let paragraphs: Vec<_> = text.split("\n\n").filter(|paragraph| !paragraph.starts_with(RUST)).collect();
    let text = spelled_out(paragraphs.join("\n\n"), &wire.limits);
    let mut text = spelled_out(text, &wire.other_limits);
    for name in fields.keys() {
        for spelling in [snake_case(name), name.clone()] {
            text = text.replace(&format!("`{spelling}`"), &format!("`{}`", wire.name(name)));
        }
    }
    text
}

/// Replaces the names of constants in a documentation text by their numbers.
fn spelled_out(mut text: String, limits: &[Limit]) -> String {
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
