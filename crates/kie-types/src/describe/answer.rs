//! Schemas of responses, made from the fields of a response.

use schemars::Schema;
use serde_json::{Map, Value, json};

use super::prose::{describe_as, plain};

/// A field of a response: its name on the wire, its other names, the lines of its documentation, and its schema.
pub(crate) type Field<'a> = (&'a str, &'a [&'a str], &'a [&'a str], Schema);

/// Returns the schema of a response. No field is required, and each field may be null, as in recorded responses. Each
/// other name of a field is a property too.
pub(crate) fn answer<const N: usize>(docs: &[&str], fields: [Field<'_>; N]) -> Schema {
    let mut properties = Map::new();
    for (name, aliases, docs, mut schema) in fields {
        or_null(&mut schema);
        for alias in aliases {
            let mut alias_schema = schema.clone();
            describe_as(&mut alias_schema, &another_name_of(name));
            alias_schema.insert(ALIAS_OF.into(), name.into());
            properties.insert((*alias).to_owned(), alias_schema.to_value());
        }
        describe_as(&mut schema, &plain(&docs.join("\n")));
        if !aliases.is_empty() {
            schema.insert(ALIASES.into(), aliases.into());
        }
        properties.insert(name.to_owned(), schema.to_value());
    }
    let mut schema = schemars::json_schema!({ "type": "object", "properties": properties });
    describe_as(&mut schema, &plain(&docs.join("\n")));
    schema
}

/// Keyword of a property with the list of its other names.
pub(crate) const ALIASES: &str = "x-aliases";

/// Keyword of a property that is another name of a documented property.
pub(crate) const ALIAS_OF: &str = "x-alias-of";

/// Returns the description of another name of a property.
pub(crate) fn another_name_of(name: &str) -> String {
    format!("Another name of `{name}`.")
}

fn or_null(schema: &mut Schema) {
    let null = json!({ "type": "null" });
    if let Some(Value::Array(choices)) = schema.get_mut("anyOf") {
        let nested = choices.iter_mut().flat_map(|choice| match choice.get_mut("anyOf") {
            Some(Value::Array(inner)) => std::mem::take(inner),
            _ => vec![choice.take()],
        });
        *choices = nested.filter(|choice| *choice != null).collect();
        choices.push(null);
        return;
    }
    let Some(kinds) = schema.get("type") else { return };
    let mut kinds: Vec<_> = kinds.as_array().cloned().unwrap_or_else(|| vec![kinds.clone()]);
    if !kinds.contains(&"null".into()) {
        kinds.push("null".into());
    }
    schema.insert("type".into(), kinds.into());
}
