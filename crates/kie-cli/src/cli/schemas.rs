//! JSON Schemas of the documents that the verbs print, compared with the files in `schemas/`. To write these files anew,
//! run the tests with the environment variable `KIE_SCHEMAS=write`.

use std::{collections::BTreeMap, env, fs, io::ErrorKind, path::PathBuf};

use clap::Command;
use kie_suno::{
    catalogue::Drift,
    records::{BoostedStyle, Persona},
    types::schema::plain,
};
use schemars::{JsonSchema, Schema, SchemaGenerator, generate::SchemaSettings, json_schema};
use serde_json::{Map, Value, json};

use crate::{
    cli::parse::command,
    exit::ErrorDocument,
    follow::Document,
    output::VERSION,
    spend::{Answer, DryRun},
    verbs::{
        callbacks::{AllSamples, ListenStarted, ReceivedCallback, SentCallbacks},
        files::{link::FreshLink, upload::UploadLink},
        ledger::{
            copy::CopiedLedger, forget::AllForgotten, list::Listed, open::Opened, save::Saved, show::ShownCall,
            status::LedgerStatus, tasks::Tasks,
        },
        operations::documents::{AllOperations, Called, CheckedRequest, Inspection, OneOperation},
        service::{credits::CreditsLeft, models::Models},
        setup::{
            config::{InEffect, Paths},
            doctor::Diagnosis,
            login::LoggedIn,
            logout::LoggedOut,
        },
        tracks::timed_lyrics::TimedLyricsAnswer,
        voice::CheckedVoice,
    },
};

/// Function that adds a document to a generator and returns a reference to its schema.
type Make = fn(&mut SchemaGenerator) -> Schema;

/// Documents of verbs that start a task. With `--no-wait`, the document of the task is printed at once.
const STARTS: &[Make] = &[of::<Document>, of::<DryRun<'_>>];

/// Name of the schema of an error.
const ERROR: &str = "error";

/// Each verb that prints a JSON document, with its documents. Each verb can also print the document of an error.
const VERBS: [(&str, &[Make]); 47] = [
    ("generate", STARTS),
    ("extend", STARTS),
    ("cover", STARTS),
    ("add-vocals", STARTS),
    ("add-instrumental", STARTS),
    ("mashup", STARTS),
    ("sounds", STARTS),
    ("replace", STARTS),
    ("persona", &[of::<Answer<Persona>>, of::<DryRun<'_>>]),
    ("timed-lyrics", &[of::<TimedLyricsAnswer>, of::<DryRun<'_>>]),
    ("wav", STARTS),
    ("stems", STARTS),
    ("midi", STARTS),
    ("video", STARTS),
    ("artwork", STARTS),
    ("lyrics", STARTS),
    ("style", &[of::<Answer<BoostedStyle>>, of::<DryRun<'_>>]),
    ("voice-phrase", STARTS),
    ("voice-make", STARTS),
    ("voice-check", &[of::<CheckedVoice<'_>>]),
    ("call", &[of::<Document>, of::<Called<Value>>, of::<DryRun<'_>>]),
    ("check", &[of::<CheckedRequest<'_>>]),
    ("inspect", &[of::<Inspection>]),
    ("task", &[of::<Document>]),
    ("list", &[of::<Listed<'_>>]),
    ("show", &[of::<ShownCall<'_>>]),
    ("open", &[of::<Opened>]),
    ("tasks", &[of::<Tasks<'_>>]),
    ("save", &[of::<Saved>]),
    ("resume", &[of::<Document>]),
    ("forget", &[of::<AllForgotten<'_>>]),
    ("ledger-status", &[of::<LedgerStatus>]),
    ("ledger-copy", &[of::<CopiedLedger>]),
    ("upload", &[of::<UploadLink<'_>>]),
    ("link", &[of::<FreshLink>]),
    ("credits", &[of::<CreditsLeft>]),
    ("listen", &[of::<ListenStarted>, of::<ReceivedCallback>]),
    ("trigger", &[of::<AllSamples>, of::<SentCallbacks>]),
    ("replay", &[of::<SentCallbacks>]),
    ("operations", &[of::<AllOperations<'_>>, of::<OneOperation>]),
    ("models", &[of::<Models>, of::<Drift>]),
    ("login", &[of::<LoggedIn>]),
    ("logout", &[of::<LoggedOut>]),
    ("config", &[of::<InEffect>]),
    ("config-path", &[of::<Paths>]),
    ("doctor", &[of::<Diagnosis>]),
    // Wrong usage may name no verb.
    (ERROR, &[]),
];

/// Verbs that print no JSON document, with the reason.
const NO_DOCUMENT: [(&str, &str); 5] = [
    ("completions", "prints a script for a shell"),
    ("man", "writes man pages into a folder"),
    ("mcp", "speaks the Model Context Protocol"),
    ("skill", "prints Markdown"),
    ("sandbox", "prints a JSON object for each event of the simulator, one on each line"),
];

fn of<T: JsonSchema>(generator: &mut SchemaGenerator) -> Schema {
    generator.subschema_for::<T>()
}

/// Returns the commands that do something, with their descriptions. A command of a command has a name such as
/// `voice-phrase`.
fn leaves(command: &Command, prefix: &str) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    for verb in command.get_subcommands() {
        let name = format!("{prefix}{}", verb.get_name());
        found.extend(leaves(verb, &format!("{name}-")));
        if !verb.is_subcommand_required_set() {
            found.insert(name, verb.get_about().map(ToString::to_string).unwrap_or_default());
        }
    }
    found
}

/// Returns the schema of everything that a verb prints with `--format json`.
fn schema(verb: &str, about: &str, documents: &[Make]) -> Value {
    let mut generator = SchemaSettings::draft2020_12().for_serialize().into_generator();
    let own: &[Make] = if documents.is_empty() { &[of::<ErrorDocument>] } else { documents };
    let mut references: Vec<Schema> = own.iter().map(|make| make(&mut generator)).collect();
    let mut definitions = generator.take_definitions(true);
    for reference in &references {
        let name = reference.get("$ref").and_then(Value::as_str).and_then(|path| path.rsplit('/').next());
        if let Some(document) = name.and_then(|name| definitions.get_mut(name)) {
            add_version(document);
        }
    }
    // The document of an error is large and has a file of its own.
    if !documents.is_empty() {
        references.push(json_schema!({ "$ref": id(ERROR) }));
    }
    let (title, description) = match documents {
        [] => ("kie".to_owned(), "Document that a command prints with `--format json` if it fails.".to_owned()),
        _ => {
            let title = format!("kie {}", in_words(verb));
            let description = format!("Document that `{title}` prints with `--format json`. {about}.");
            (title, description)
        }
    };
    let mut schema = json_schema!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": id(verb),
        "title": title, "description": description, "anyOf": references, "$defs": definitions,
    })
    .to_value();
    tidy(&mut schema);
    schema
}

/// Returns the words of a verb, such as `voice phrase`.
fn in_words(verb: &str) -> String {
    let outer = ["config-", "ledger-", "voice-"].into_iter().find(|outer| verb.starts_with(outer));
    outer.map_or_else(|| verb.to_owned(), |outer| verb.replacen(outer, &outer.replace('-', " "), 1))
}

/// Returns the identifier of a schema.
fn id(verb: &str) -> String {
    format!("urn:kie-cli:{VERSION}:{verb}")
}

/// Adds the key that every document begins with.
fn add_version(document: &mut Value) {
    let version = json!({ "description": "Version of the form of the documents.", "const": VERSION });
    document["properties"]["version"] = version;
    if let Some(required) = document["required"].as_array_mut() {
        required.insert(0, "version".into());
    }
}

/// Makes descriptions plain, and removes what has no meaning for a reader of JSON: the formats of numbers, and defaults.
fn tidy(schema: &mut Value) {
    match schema {
        Value::Array(items) => items.iter_mut().for_each(tidy),
        Value::Object(keys) => {
            if let Some(Value::String(text)) = keys.get_mut("description") {
                describe(text);
            }
            if keys.get("type").is_some_and(|kind| kind.is_string() || kind.is_array()) {
                keys.remove("default");
            }
            // New keys are allowed everywhere.
            if keys.get("additionalProperties") == Some(&Value::Bool(false)) {
                keys.remove("additionalProperties");
            }
            if is_number(keys) {
                keys.remove("format");
            }
            tell_missing(keys);
            keys.values_mut().for_each(tidy);
        }
        _ => {}
    }
}

/// Removes the parts of a description that are only for Rust, also the introduction of an example, and ends the last
/// sentence. A text with a list has no such parts.
fn describe(text: &mut String) {
    if !text.contains("\n- ") {
        let plain = plain(text);
        let paragraphs: Vec<&str> = plain.split("\n\n").filter(|paragraph| !paragraph.ends_with(':')).collect();
        *text = paragraphs.join("\n\n");
    }
    if text.ends_with(char::is_alphanumeric) {
        text.push('.');
    }
}

/// Says in the description of each optional key that the key is missing. For other keys, `None` stands for null.
fn tell_missing(object: &mut Map<String, Value>) {
    let required: Vec<Value> = object.get("required").and_then(Value::as_array).cloned().unwrap_or_default();
    let Some(Value::Object(properties)) = object.get_mut("properties") else { return };
    for (_, property) in properties.iter_mut().filter(|(name, _)| !required.contains(&name.as_str().into())) {
        if let Some(Value::String(text)) = property.get_mut("description") {
            *text = text.replace("`None`", "Missing");
        }
    }
}

fn is_number(schema: &Map<String, Value>) -> bool {
    let is = |kind: &Value| kind == "integer" || kind == "number";
    schema.get("type").is_some_and(|kind| is(kind) || kind.as_array().is_some_and(|kinds| kinds.iter().any(is)))
}

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("schemas")
}

#[test]
fn every_verb_with_a_json_document_has_a_schema() {
    let verbs: Vec<String> = leaves(&command(), "").into_keys().collect();
    let with_document = VERBS.iter().map(|(verb, _)| *verb).filter(|verb| *verb != ERROR);
    let mut named: Vec<&str> = with_document.chain(NO_DOCUMENT.iter().map(|(verb, _)| *verb)).collect();
    named.sort_unstable();
    assert_eq!(named, verbs);
    assert!(NO_DOCUMENT.iter().all(|(_, reason)| !reason.is_empty()));
}

#[test]
fn the_schemas_are_those_of_this_version() -> anyhow::Result<()> {
    let about = leaves(&command(), "");
    let is_written = env::var("KIE_SCHEMAS").is_ok_and(|word| word == "write");
    let mut files = Vec::new();
    for (verb, documents) in VERBS {
        let schema = schema(verb, about.get(verb).map_or("", String::as_str), documents);
        let text = format!("{schema:#}\n");
        let name = format!("{verb}.json");
        let path = folder().join(&name);
        if is_written {
            fs::write(&path, &text)?;
        }
        let found = match fs::read_to_string(&path) {
            Err(error) if error.kind() == ErrorKind::NotFound => String::new(),
            read => read?,
        };
        assert!(found == text, "{name} is not up to date: run the tests with KIE_SCHEMAS=write");
        files.push(name);
    }
    files.sort_unstable();
    let mut found = Vec::new();
    for entry in fs::read_dir(folder())? {
        found.push(entry?.file_name().to_string_lossy().into_owned());
    }
    found.sort_unstable();
    assert_eq!(found, files, "each file belongs to a verb");
    Ok(())
}
