//! Documentation texts without Rust terms.

use serde_json::{Map, Value};

use super::wire::Wire;
use crate::{describe::plain, market::market_name, request::Limit, value::Model};

/// Returns a documentation text for users of every language: with numbers in place of
/// the names of constants, and with the names that the fields have on the route. `fields` are the fields of the request
/// type.
pub(super) fn plain_of(text: Option<&Value>, wire: &Wire, fields: &Map<String, Value>) -> String {
    let text = plain(text.and_then(Value::as_str).unwrap_or_default());
    let text = spelled_out(text, &wire.limits);
    let mut text = spelled_out(text, &wire.other_limits);
    for name in fields.keys() {
        // In Rust, a field has the same name as on the market route.
        for spelling in [market_name(name), name.clone()] {
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

fn listed(models: &[&Model]) -> String {
    models.iter().map(|model| model.as_str()).collect::<Vec<_>>().join(", ")
}
