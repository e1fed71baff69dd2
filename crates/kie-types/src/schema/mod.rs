//! JSON Schema of what is said: requests, answers, records and callbacks.
//!
//! Every type that goes over the wire is a [`JsonSchema`]; [`catalog::describe`](crate::catalog::describe) finds those of
//! an operation by its name. What a schema says of limits and of what is required comes from the constants and the rules
//! that [`Endpoint::validate`] goes by; a rule about several fields together is told in words only.
//!
//! ```
//! use kie_types::GenerateLyrics;
//!
//! let schema = schemars::schema_for!(GenerateLyrics);
//! assert_eq!(schema.pointer("/properties/prompt/maxLength"), Some(&200.into()));
//! assert_eq!(schema.get("required"), Some(&["prompt"].as_slice().into()));
//! ```

mod request;
mod values;

use schemars::{JsonSchema, Schema, SchemaGenerator, generate::SchemaSettings};
use serde_json::{Map, Value, json};

use crate::{
    callback::Callback,
    endpoint::{Endpoint, Method},
    job::Job,
    started::TaskEndpoint,
};

/// The schemas of one operation. Named types are references into the generator's definitions.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Described {
    /// What the operation is for, in Markdown.
    pub about: String,
    /// The request: a reference if it is a body, the object itself if its fields are the query.
    pub request: Schema,
    /// What `data` holds when the call succeeds.
    pub response: Schema,
    /// What the service posts to the callback address of a task.
    pub callback: Option<Schema>,
}

impl Described {
    pub(crate) fn call<E>(generator: &mut SchemaGenerator) -> Self
    where
        E: Endpoint<Response: JsonSchema> + JsonSchema,
    {
        let object = E::json_schema(generator);
        let about = object.get("description").and_then(Value::as_str).unwrap_or_default().to_owned();
        let request = match E::METHOD {
            Method::Get => object,
            Method::Post => generator.subschema_for::<E>(),
        };
        // Where an answer without data is read as one, the data may be null.
        let response = match E::read(200, br#"{"code": 200, "data": null}"#) {
            Ok(_) => generator.subschema_for::<Option<E::Response>>(),
            Err(_) => generator.subschema_for::<E::Response>(),
        };
        Self { about, request, response, callback: None }
    }

    pub(crate) fn start<E>(generator: &mut SchemaGenerator) -> Self
    where
        E: TaskEndpoint<Response: JsonSchema> + JsonSchema,
        <E::Job as Job>::Callback: JsonSchema,
    {
        let callback = Some(generator.subschema_for::<Callback<E::Job>>());
        Self { callback, ..Self::call::<E>(generator) }
    }
}

pub(crate) use request::request;

/// A generator for an OpenAPI 3.1 document: JSON Schema 2020-12, with the named types in `components/schemas`.
pub fn generator() -> SchemaGenerator {
    let settings = SchemaSettings::draft2020_12().with(|settings| {
        settings.definitions_path = "/components/schemas".into();
        settings.meta_schema = None;
    });
    settings.for_serialize().into_generator()
}

/// A field of an answer: its names on the wire, its documentation and its schema.
pub(crate) type Field<'a> = (&'a str, &'a [&'a str], &'a [&'a str], Schema);

/// The schema of an answer. Nothing is required and everything may be null, as captures show it.
pub(crate) fn answer<const N: usize>(docs: &[&str], fields: [Field<'_>; N]) -> Schema {
    let mut properties = Map::new();
    for (name, aliases, docs, mut schema) in fields {
        let mut description = plain(&docs.join("\n"));
        if !aliases.is_empty() {
            let aliases: Vec<_> = aliases.iter().map(|alias| format!("`{alias}`")).collect();
            description = format!("{description} Also seen as {}.", aliases.join(", ")).trim_start().to_owned();
        }
        or_null(&mut schema);
        schema.insert("description".into(), description.into());
        properties.insert(name.to_owned(), schema.to_value());
    }
    let mut schema = schemars::json_schema!({ "type": "object", "properties": properties });
    describe_as(&mut schema, &plain(&docs.join("\n")));
    schema
}

/// Lets a list be null, and a fraction a text, which is how some pages print them.
fn or_null(schema: &mut Schema) {
    let Some(kinds) = schema.get("type") else { return };
    let mut kinds: Vec<_> = kinds.as_array().cloned().unwrap_or_else(|| vec![kinds.clone()]);
    if kinds.contains(&"number".into()) {
        kinds.insert(1, "string".into());
    }
    if !kinds.contains(&"null".into()) {
        kinds.push("null".into());
    }
    schema.insert("type".into(), kinds.into());
}

/// The schema of an open enum: the known words, and any other.
pub(crate) fn words<const N: usize>(docs: &[&str], words: [(&str, &[&str]); N]) -> Schema {
    // Flags are words that are numbers, and stand as numbers on the wire.
    let flags: Result<Vec<i64>, _> = words.iter().map(|(word, _)| word.parse()).collect();
    let choices = match flags {
        Ok(flags) => json!([{ "type": "integer", "enum": flags }, { "type": ["integer", "string"] }]),
        Err(_) => {
            let known: Vec<_> = words.iter().map(|(word, _)| *word).collect();
            json!([{ "type": "string", "enum": known }, { "type": "string" }])
        }
    };
    let said = words.iter().map(|(word, docs)| format!("- `{word}`: {}", plain(&docs.join("\n"))));
    let said: Vec<_> = said.collect();
    let mut schema = schemars::json_schema!({ "anyOf": choices });
    describe_as(&mut schema, &format!("{}\n\nOther words may come.\n\n{}", plain(&docs.join("\n")), said.join("\n")));
    schema
}

fn describe_as(schema: &mut Schema, text: &str) {
    if !text.is_empty() {
        schema.insert("description".into(), text.into());
    }
}

/// A documentation comment without what only Rust understands: examples, links to items, the page's address.
pub(crate) fn plain(docs: &str) -> String {
    let prose = docs.split("```").step_by(2).collect::<String>();
    let paragraphs = prose.split("\n\n").map(|it| it.split_whitespace().collect::<Vec<_>>().join(" "));
    let kept: Vec<_> = paragraphs.filter(|it| !it.is_empty() && !it.starts_with("Documentation: ")).collect();
    let mut rest = &*kept.join("\n\n");
    let mut text = String::new();
    while let Some((before, from)) = rest.split_once('[') {
        text += before;
        let Some((name, after)) = from.split_once(']') else {
            rest = from;
            continue;
        };
        let is_link = name.starts_with('`') || after.starts_with('(');
        text += &if is_link { name.to_owned() } else { format!("[{name}]") };
        rest = match after.strip_prefix('(').and_then(|target| target.split_once(')')) {
            Some((_, after)) if is_link => after,
            _ => after,
        };
    }
    // What Rust calls `None` is `null` on the wire.
    (text + rest).replace("`None`", "`null`")
}
