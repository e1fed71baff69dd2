//! Tests that the texts of the OpenAPI documents use the words of the service, and not those of the Rust crates.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

use serde_json::Value;

/// The documents whose texts are checked.
const DOCUMENTS: [&str; 1] = [kie_types::OPENAPI];

/// Words in texts that neither a document nor a fixture has: schemes of addresses, and names of file formats.
const OTHER_WORDS: [&str; 11] =
    ["http", "https", "data:", "jpeg", "png", "webp", "bmp", "mp4", "mov", "webm", kie_types::NO_CALLBACK];

/// Adds the names that a document defines: properties, known words, operations, parameters, paths and `x-` words.
/// Collects its texts, each with its place.
fn read(value: &Value, at: &str, known: &mut BTreeSet<String>, texts: &mut Vec<(String, String)>) {
    for (index, value) in value.as_array().into_iter().flatten().enumerate() {
        read(value, &format!("{at}/{index}"), known, texts);
    }
    for (key, value) in value.as_object().into_iter().flatten() {
        match (&**key, value) {
            ("summary" | "description", Value::String(text)) => texts.push((at.to_owned(), text.clone())),
            ("operationId" | "name", Value::String(name)) => drop(known.insert(name.clone())),
            ("properties" | "paths", Value::Object(named)) => known.extend(named.keys().cloned()),
            ("enum" | "const" | "example" | "examples" | "default", value) => words(value, known),
            (key, _) if key.starts_with("x-") => drop(known.insert(key.to_owned())),
            _ => {}
        }
        read(value, &format!("{at}/{key}"), known, texts);
    }
}

/// Adds all keys, texts and numbers of a value.
fn words(value: &Value, known: &mut BTreeSet<String>) {
    match value {
        Value::Object(fields) => {
            for (key, value) in fields {
                known.insert(key.clone());
                words(value, known);
            }
        }
        Value::Array(items) => items.iter().for_each(|item| words(item, known)),
        Value::String(text) => drop(known.insert(text.clone())),
        other => drop(known.insert(other.to_string())),
    }
}

fn fixtures(folder: PathBuf) -> Vec<Value> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(fixtures(path));
        } else {
            found.push(serde_json::from_slice::<Value>(&fs::read(path).unwrap()).unwrap()["body"].clone());
        }
    }
    found
}

/// Returns the parts of a text between backticks.
fn code_words(text: &str) -> impl Iterator<Item = &str> {
    text.split('`').skip(1).step_by(2)
}

#[test]
fn every_code_word_is_a_word_of_the_service() {
    let mut known: BTreeSet<String> = OTHER_WORDS.map(str::to_owned).into();
    let mut texts = Vec::new();
    for document in DOCUMENTS {
        read(&serde_json::from_str(document).unwrap(), "", &mut known, &mut texts);
    }
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures");
    for body in ["documented", "market"].into_iter().flat_map(|folder| fixtures(root.join(folder))) {
        words(&body, &mut known);
    }
    // A tag such as `[Verse]` is part of a text. The name of a file format can have a dot before it.
    let is_known = |word: &str| {
        let is_tag = word.starts_with('[') && word.ends_with(']');
        is_tag || word.parse::<f64>().is_ok() || known.contains(word) || known.contains(word.trim_start_matches('.'))
    };
    let mut unknown = Vec::new();
    for (at, text) in &texts {
        unknown.extend(code_words(text).filter(|word| !is_known(word)).map(|word| format!("{at}: {word}")));
    }
    assert_eq!(unknown, [""; 0]);
    assert!(texts.iter().flat_map(|(_, text)| code_words(text)).count() > 500);
}
