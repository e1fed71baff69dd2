//! Surface of the documents: the parts on which a program in another language can rely, one on each line. If a line
//! disappears, programs may break.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write as _,
};

use anyhow::{Context as _, bail};
use serde_json::{Map, Value};

use super::names::version;

/// Number of lines that the error shows.
const SHOWN: usize = 20;

/// Returns the surface of the documents, after their version. `recorded` is the surface that was recorded last.
///
/// # Errors
///
/// If a recorded part is gone, and the version is still the recorded one. A change of the first number that is not 0
/// declares that programs may break.
pub(super) fn compare(documents: &BTreeMap<&'static str, Value>, recorded: Option<&str>) -> anyhow::Result<String> {
    let version = version()?;
    let lines = lines(documents)?;
    if let Some((before, known)) = recorded.and_then(|text| text.split_once('\n')) {
        let gone: Vec<_> = known.lines().filter(|line| !lines.contains(*line)).collect();
        if !gone.is_empty() && !is_declared(before.trim(), version)? {
            bail!(
                "the documents break programs that use version {before}: give contract/CHANGELOG.md a heading with a \
                 version that says so, or bring back {} lines of contract/surface.txt, such as\n{}",
                gone.len(),
                gone.iter().take(SHOWN).copied().collect::<Vec<_>>().join("\n")
            );
        }
    }
    let mut text = format!("{version}\n");
    for line in lines {
        writeln!(text, "{line}")?;
    }
    Ok(text)
}

/// Returns `true` if the change of the version declares that programs may break: a change of the first number, or of the
/// second number while the first is 0.
fn is_declared(before: &str, now: &str) -> anyhow::Result<bool> {
    let promise = |version: &str| -> anyhow::Result<(u64, u64)> {
        let mut numbers = version.split('.').map(str::parse);
        let first = numbers.next().context("a version has three numbers")??;
        let second = numbers.next().context("a version has three numbers")??;
        Ok((first, if first == 0 { second } else { 0 }))
    };
    Ok(promise(now)? > promise(before)?)
}

fn lines(documents: &BTreeMap<&'static str, Value>) -> anyhow::Result<BTreeSet<String>> {
    let mut lines = BTreeSet::new();
    for (file, document) in documents {
        let server = document["servers"][0]["url"].as_str().context("a document has a server")?;
        lines.insert(format!("{file} server {server}"));
        for (kind, items) in [("path", &document["paths"]), ("webhook", &document["webhooks"])] {
            for (path, item) in items.as_object().into_iter().flatten() {
                for (method, operation) in item.as_object().into_iter().flatten() {
                    operation_lines(&format!("{file} {kind} {method} {path}"), operation, &mut lines);
                }
            }
        }
        let schemas = document["components"]["schemas"].as_object().context("a document has components")?;
        for (name, schema) in schemas {
            schema_lines(&format!("{file} {name}"), schema, &mut lines);
        }
    }
    Ok(lines)
}

/// Adds what can be said of an operation: its name, its parameters, and the schemas of its bodies.
fn operation_lines(at: &str, operation: &Value, lines: &mut BTreeSet<String>) {
    lines.insert(format!("{at} = {}", operation["operationId"].as_str().unwrap_or_default()));
    for parameter in operation["parameters"].as_array().into_iter().flatten() {
        let need = if parameter["required"] == true { "required" } else { "optional" };
        let kind = kind(&parameter["schema"]);
        lines.insert(format!("{at} {} {} {need}: {kind}", parameter["in"], parameter["name"]));
    }
    for (media, content) in operation["requestBody"]["content"].as_object().into_iter().flatten() {
        lines.insert(format!("{at} takes {media}: {}", kind(&content["schema"])));
    }
    for (status, response) in operation["responses"].as_object().into_iter().flatten() {
        for content in response["content"].as_object().into_iter().flatten().map(|(_, content)| content) {
            lines.insert(format!("{at} answers {status}: {}", kind(&content["schema"])));
        }
    }
}

/// Adds the fields and the words of a component. A field that becomes required or no longer is, and a field that
/// changes its type, are other lines.
fn schema_lines(at: &str, schema: &Value, lines: &mut BTreeSet<String>) {
    let required = schema["required"].as_array().map_or(&[][..], Vec::as_slice);
    for (field, property) in schema["properties"].as_object().into_iter().flatten() {
        let need = if required.iter().any(|name| name == field) { "required" } else { "optional" };
        lines.insert(format!("{at}.{field} {need}: {}", kind(property)));
    }
    for word in schema["enum"].as_array().into_iter().flatten() {
        lines.insert(format!("{at} word {word}"));
    }
    if schema.get("properties").is_none() && schema.get("enum").is_none() {
        lines.insert(format!("{at}: {}", kind(schema)));
    }
}

/// Returns the type of a schema in short, with the bounds that narrow it.
fn kind(schema: &Value) -> String {
    if let Some(target) = schema["$ref"].as_str() {
        return target.rsplit('/').next().unwrap_or(target).to_owned();
    }
    for choice in ["anyOf", "oneOf"] {
        if let Some(choices) = schema[choice].as_array() {
            return choices.iter().map(kind).collect::<Vec<_>>().join(" | ");
        }
    }
    if schema["type"] == "array" {
        return format!("[{}]", kind(&schema["items"]));
    }
    let kinds = match &schema["type"] {
        Value::Array(kinds) => kinds.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(" | "),
        kind => kind.as_str().unwrap_or("any").to_owned(),
    };
    let no_fields = Map::new();
    let bounds = schema.as_object().unwrap_or(&no_fields).iter();
    let bounds = bounds.filter(|(key, _)| BOUNDS.contains(&key.as_str()));
    bounds.fold(kinds, |text, (key, bound)| format!("{text} {key} {bound}"))
}

/// Keywords that narrow a type.
const BOUNDS: [&str; 9] =
    ["const", "exclusiveMinimum", "format", "maxItems", "maxLength", "maximum", "minItems", "minimum", "multipleOf"];

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn documents(title: &Value) -> BTreeMap<&'static str, Value> {
        let song = json!({ "properties": { "title": title }, "required": ["title"] });
        let servers = [json!({ "url": "https://api.example.net" })];
        BTreeMap::from([("a.json", json!({ "servers": servers, "components": { "schemas": { "Song": song } } }))])
    }

    #[test]
    fn a_change_that_breaks_programs_needs_a_version_that_says_so() -> anyhow::Result<()> {
        let recorded = compare(&documents(&json!({ "type": "string" })), None)?;
        assert!(recorded.ends_with("\na.json Song.title required: string\na.json server https://api.example.net\n"));
        assert_eq!(compare(&documents(&json!({ "type": "string" })), Some(&recorded))?, recorded);

        let narrower = documents(&json!({ "type": "string", "maxLength": 80 }));
        let error = compare(&narrower, Some(&recorded)).map_err(|error| error.to_string());
        assert!(error.is_err_and(|error| error.ends_with("a.json Song.title required: string")));
        let older = recorded.replacen(crate::openapi::names::version()?, "0.0.9", 1);
        assert!(compare(&narrower, Some(&older))?.contains("maxLength 80"));
        Ok(())
    }

    #[test]
    fn the_first_number_that_is_not_0_is_the_promise() -> anyhow::Result<()> {
        for (before, now, is_new) in [
            ("0.1.0", "0.1.1", false),
            ("0.1.0", "0.2.0", true),
            ("0.9.0", "1.0.0", true),
            ("1.0.0", "1.4.0", false),
            ("1.4.0", "2.0.0", true),
            ("0.2.0", "0.1.0", false),
        ] {
            assert_eq!(is_declared(before, now)?, is_new, "{before} {now}");
        }
        Ok(())
    }
}
