//! The schemas of the documents, by which the tests check each document that they read.

use std::{collections::BTreeSet, ffi::OsStr, fs, path::PathBuf};

use serde_json::Value;

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("schemas")
}

fn path(verb: &str) -> PathBuf {
    folder().join(format!("{verb}.json"))
}

/// Returns the names of all schemas.
pub(crate) fn schemas() -> BTreeSet<String> {
    let files = fs::read_dir(folder()).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    files.map(|file| file.strip_suffix(".json").unwrap().to_owned()).collect()
}

/// Returns the verb of a command, such as `voice-phrase`: the name of its schema. Arguments without a verb have the schema
/// `error`.
pub(crate) fn verb<'a>(arguments: impl Iterator<Item = &'a OsStr>) -> String {
    let words: Vec<&str> = arguments.filter_map(OsStr::to_str).collect();
    for (index, word) in words.iter().enumerate() {
        let next = words.get(index + 1).copied().unwrap_or_default();
        let both = format!("{word}-{next}");
        let is_name = |name: &str| name.chars().all(|c| c.is_ascii_lowercase() || c == '-');
        let named = [both.as_str(), word].into_iter().find(|name| is_name(name) && path(name).is_file());
        if let Some(name) = named {
            return name.to_owned();
        }
    }
    "error".to_owned()
}

/// Returns the problems of a document that a verb has printed. There are none if it fits one of the documents in the schema
/// of the verb.
pub(crate) fn problems(verb: &str, document: &Value) -> Vec<String> {
    let schema: Value = serde_json::from_slice(&fs::read(path(verb)).unwrap()).unwrap();
    let mut problems = Vec::new();
    for choice in schema["anyOf"].as_array().unwrap() {
        // The schema of an error is in a file of its own.
        if choice["$ref"] == "urn:kie-cli:1:error" {
            let found = self::problems("error", document);
            if found.is_empty() {
                return found;
            }
            problems.extend(found);
            continue;
        }
        let mut of_choice = choice.clone();
        of_choice["$defs"] = schema["$defs"].clone();
        let validator = jsonschema::draft202012::new(&of_choice).unwrap();
        let found: Vec<_> = validator.iter_errors(document).collect();
        if found.is_empty() {
            return Vec::new();
        }
        problems
            .extend(found.iter().map(|error| format!("{}: {error} at {:?}", choice["$ref"], error.instance_path())));
    }
    problems
}
