//! Schemas of the fields of a request, with the limits that always apply.

use serde_json::{Map, Value};

use super::{
    defaults,
    keywords::{call_back, keywords},
    texts,
    wire::Wire,
};
use crate::request::{Bound, NO_CALLBACK};

/// Schema of each field that is sent, by the name of the field in requests of this crate.
pub(super) struct Fields(Map<String, Value>);

impl Fields {
    /// Completes the derived schemas of the fields.
    pub(super) fn of(derived: &Map<String, Value>, wire: &Wire) -> Self {
        let mut fields = Map::new();
        for (name, property) in derived {
            let Value::Object(property) = property else { continue };
            if !wire.absent.contains(&name.as_str()) {
                let text = texts::plain_of(property.get("description"), wire, derived);
                fields.insert(name.clone(), Value::Object(completed(property.clone(), name, text, wire)));
            }
        }
        Self(fields)
    }

    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }

    /// Returns the schema of a field.
    pub(super) fn get(&self, name: &str) -> Option<&Map<String, Value>> {
        self.0.get(name)?.as_object()
    }

    /// Returns the schema of each field by the name of the field on the route.
    pub(super) fn properties(self, wire: &Wire) -> Map<String, Value> {
        self.0.into_iter().map(|(name, property)| (wire.name(&name), property)).collect()
    }
}

fn completed(mut property: Map<String, Value>, name: &str, mut text: String, wire: &Wire) -> Map<String, Value> {
    property.remove("default");
    property.remove("format");
    without_null(&mut property);
    let mut of_field: Vec<_> = wire.always().filter(|limit| limit.field == name).collect();
    // An address is stricter than a text that is not blank, and a count than a list that is not empty.
    of_field.sort_by_key(|limit| limit.bound != Bound::Required);
    for limit in of_field.iter().filter(|limit| limit.from.is_none_or(|from| is_minimum(wire, from, &limit.bound))) {
        match (&limit.bound, known(&property)) {
            (Bound::OneOf(_), Some(known)) => property = Map::from_iter([("$ref".to_owned(), known)]),
            (Bound::Known(_), _) => {}
            (Bound::Required, _) if !property.contains_key("type") => {}
            (bound, _) => {
                if matches!(bound, Bound::OneOf(_)) {
                    property.remove("$ref");
                }
                property.extend(keywords(bound, &property));
            }
        }
    }
    if let Some(of) = wire.call_back.filter(|of| of.name == name) {
        let missing = if of.is_required { " The service refuses a request without it." } else { "" };
        text = format!(
            "Address to which the service sends callbacks.{missing} The word `{NO_CALLBACK}` in place of an address means \
             that no callbacks are sent."
        );
        property.insert("pattern".into(), call_back().into());
    }
    if wire.file == Some(name) {
        property.remove("pattern");
        property.insert("minLength".into(), 1.into());
        property.insert("format".into(), "binary".into());
        property.insert("contentMediaType".into(), "application/octet-stream".into());
        text = "Content of the file.".into();
    }
    let accepted: Vec<_> = of_field.iter().flat_map(|limit| limit.bound.words()).copied().collect();
    if name == "model" && !accepted.is_empty() {
        text = format!("{text} Accepted here: {}.", accepted.join(", "));
    }
    if let Some(value) = defaults::default(wire.operation, name, wire.route) {
        property.insert(defaults::KEYWORD.into(), value);
    }
    property.insert("description".into(), text.trim().into());
    property
}

/// Returns `true` if a minimum relative to the number in the field `from` is also correct as an absolute number: the
/// number in that field is never below 0.
fn is_minimum(wire: &Wire, from: &str, bound: &Bound) -> bool {
    matches!(bound, Bound::AtLeast(_))
        && wire.always().any(|limit| limit.field == from && limit.bound == Bound::AtLeast(0.0))
}

/// Returns the reference to the known words of an open enum.
fn known(property: &Map<String, Value>) -> Option<Value> {
    let choices = property.get("anyOf")?.as_array()?;
    let reference = choices.iter().find_map(|choice| choice.get("$ref"))?;
    reference.as_str()?.ends_with("Known").then(|| reference.clone())
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
            let is_null = |choice: &Value| choice["type"] == "null";
            let rest: Vec<_> = choices.iter().filter(|choice| !is_null(choice)).cloned().collect();
            if let ([Value::Object(only)], true) = (rest.as_slice(), choices.iter().any(is_null)) {
                schema.remove("anyOf");
                for (keyword, value) in only {
                    schema.entry(keyword.clone()).or_insert_with(|| value.clone());
                }
            }
        }
    }
}
