//! Definitions in the spelling of callbacks. A record spells its names in camelCase. A callback spells most of the same
//! names in snake_case.

use std::collections::BTreeSet;

use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde_json::{Map, Value};

use crate::describe::{ALIAS_OF, ALIASES, another_name_of};

/// Names that callbacks spell in camelCase too.
const KEPT: [&str; 1] = ["createTime"];

/// Returns the schema of a type inside of a callback. A named type that callbacks spell in their own way gets a second
/// definition, such as `CallbackTrack` beside `Track`. The names in `T` itself are those of the callback already.
pub(super) fn in_callback<T: JsonSchema>(generator: &mut SchemaGenerator) -> Schema {
    let mut apart = generator.settings().clone().into_generator();
    let mut schema = apart.subschema_for::<T>().to_value();
    let mut definitions = apart.take_definitions(false);
    let mut respelled = BTreeSet::new();
    for (name, definition) in &mut definitions {
        if *name != T::schema_name() && respell(definition) {
            respelled.insert(name.clone());
        }
    }
    refer(&mut schema, &respelled);
    for (name, mut definition) in definitions {
        refer(&mut definition, &respelled);
        let name = if respelled.contains(&name) { format!("Callback{name}") } else { name };
        generator.definitions_mut().insert(name, definition);
    }
    schema.try_into().unwrap_or_default()
}

/// Makes the snake_case names of a definition its documented names. Returns `false` if nothing changed.
fn respell(definition: &mut Value) -> bool {
    let Some(Value::Object(properties)) = definition.get_mut("properties") else { return false };
    let camel: Vec<_> = properties.keys().filter(|name| !KEPT.contains(&name.as_str())).cloned().collect();
    let swapped = camel.into_iter().filter_map(|name| swap(properties, &name));
    swapped.count() > 0
}

/// Swaps a property with its other name in snake_case, if it has one.
fn swap(properties: &mut Map<String, Value>, camel: &str) -> Option<()> {
    let mut aliases: Vec<String> = serde_json::from_value(properties.get(camel)?.get(ALIASES)?.clone()).ok()?;
    let is_snake = |name: &&mut String| name.contains('_') && name.replace('_', "").eq_ignore_ascii_case(camel);
    let place = aliases.iter_mut().find(is_snake)?;
    let snake = std::mem::replace(place, camel.to_owned());
    let mut documented = properties.remove(camel)?;
    let mut other = properties.remove(&snake)?;
    for alias in &aliases {
        other["description"] = another_name_of(&snake).into();
        other[ALIAS_OF] = snake.as_str().into();
        properties.insert(alias.clone(), other.clone());
    }
    documented[ALIASES] = aliases.into();
    properties.insert(snake, documented);
    Some(())
}

/// Lets all references to a definition that has a second definition for callbacks lead there.
fn refer(schema: &mut Value, respelled: &BTreeSet<String>) {
    match schema {
        Value::Object(fields) => {
            for (key, value) in fields {
                match value {
                    Value::String(reference) if key == "$ref" => {
                        let Some((path, name)) = reference.rsplit_once('/') else { continue };
                        if respelled.contains(name) {
                            *reference = format!("{path}/Callback{name}");
                        }
                    }
                    _ => refer(value, respelled),
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|item| refer(item, respelled)),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::{
        AnyCallback, Callback, GenerateMusic, Lyrics, Music, MusicRecord, Recovery, VocalSeparation,
        schema::MarketCallbackBody,
    };

    /// Returns the schema of a type with all its definitions. Every reference leads to a definition, and every
    /// definition is in use.
    fn complete<T: JsonSchema>() -> Value {
        fn references(value: &Value, found: &mut BTreeSet<String>) {
            found.extend(value.get("$ref").and_then(Value::as_str).map(str::to_owned));
            let inner = value.as_object().into_iter().flat_map(Map::values);
            inner.chain(value.as_array().into_iter().flatten()).for_each(|value| references(value, found));
        }
        let schema = schemars::schema_for!(T).to_value();
        let mut found = BTreeSet::new();
        references(&schema, &mut found);
        assert_eq!(found, names(&schema["$defs"]).iter().map(|name| format!("#/$defs/{name}")).collect());
        schema
    }

    fn names(object: &Value) -> Vec<String> {
        object.as_object().into_iter().flat_map(Map::keys).cloned().collect()
    }

    #[test]
    fn a_schema_outside_of_the_openapi_document_is_complete() {
        complete::<GenerateMusic>();
        complete::<MusicRecord>();
        complete::<Callback<Recovery>>();
        complete::<MarketCallbackBody>();
        assert_eq!(complete::<AnyCallback>()["anyOf"].as_array().map(Vec::len), Some(12));
    }

    #[test]
    fn a_type_inside_of_a_callback_has_the_names_of_callbacks() {
        let of_callback = complete::<Callback<Music>>();
        let track = &of_callback["$defs"]["CallbackTrack"]["properties"];
        assert_eq!(track["audio_url"]["x-aliases"], json!(["audioUrl"]));
        assert_eq!(track["audioUrl"]["x-alias-of"], "audio_url");
        assert_eq!(track["audioUrl"]["description"], "Another name of `audio_url`.");
        assert_eq!(track["createTime"]["x-aliases"], json!(["create_time"]));
        assert_eq!(
            of_callback["$defs"]["MusicCallback"]["properties"]["data"]["items"]["$ref"],
            "#/$defs/CallbackTrack"
        );
        // A record has the same names, but documents the others.
        let of_record = complete::<MusicRecord>();
        let of_record = &of_record["$defs"]["Track"]["properties"];
        assert_eq!(of_record["audioUrl"]["x-aliases"], json!(["audio_url"]));
        assert_eq!(names(track), names(of_record));
        assert_eq!(track["audio_url"]["description"], of_record["audioUrl"]["description"]);
    }

    #[test]
    fn a_type_that_is_spelled_alike_everywhere_has_one_definition() {
        let stems = ["CallbackStems", "OriginData", "Stem", "VocalSeparationCallback"];
        assert_eq!(names(&complete::<Callback<VocalSeparation>>()["$defs"]), stems);
        let lyrics = ["CallbackLyricsVariant", "LyricsCallback", "LyricsVariantStatusKnown"];
        assert_eq!(names(&complete::<Callback<Lyrics>>()["$defs"]), lyrics);
    }
}
