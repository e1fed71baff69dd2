//! Tests that the OpenAPI documents describe every key of every documented body.

use std::{collections::BTreeSet, fs, path::Path};

use kie_types::catalog;
use serde_json::Value;

/// The documents of the classic route and of the uploads.
const DOCUMENTS: [&str; 2] = [kie_types::OPENAPI, kie_types::OPENAPI_UPLOADS];

/// Keys that no document describes, with the reason.
const UNDESCRIBED: [(&str, &str); 13] = [
    ("callbacks/separate-vocals/unrecorded-form.json: data.somewhere_else", "a key of the fixture, not of the service"),
    ("envelope/code-missing-http-503.json: error", "the body of a proxy"),
    ("generate-mashup/request-sister-persona.json: personaId", "a field of the market route"),
    ("generate-mashup/request-sister-persona.json: personaModel", "a field of the market route"),
    ("generate-music/request-sister-lyrics-and-variety.json: lyrics", "a field of the market route"),
    ("generate-music/request-sister-lyrics-and-variety.json: variety", "a field of the market route"),
    ("generate-persona/request-schema-keys.json:  vocalEnd", "a spelling mistake of the page"),
    ("generate-persona/request-schema-keys.json:  vocalStart", "a spelling mistake of the page"),
    ("recovery-audio/request-sister.json: callBackUrl", "a name of sunoapi.org"),
    ("recovery-audio/request-sister.json: sunoTaskId", "a name of sunoapi.org"),
    ("suno-voice-check-voice/request-with-unknown-names.json: taskId", "a name that no page has"),
    ("suno-voice-check-voice/request-with-unknown-names.json: voice_id", "a name that no page has"),
    ("upload-file-base-64/request-live-with-mime-type.json: mimeType", "a name that no page has"),
];

/// A documented body, with the path of its file, its kind, and the folder of its operation.
struct Documented {
    file: String,
    kind: String,
    folder: String,
    body: Value,
}

fn documented() -> Vec<Documented> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/documented");
    let mut found = Vec::new();
    let mut folders = vec![root.clone()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let fixture: Value = serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
            let folder = path.parent().and_then(Path::file_name).unwrap().to_str().unwrap().to_owned();
            let file = path.strip_prefix(&root).unwrap().to_str().unwrap().to_owned();
            let kind = fixture["kind"].as_str().unwrap().to_owned();
            found.push(Documented { file, kind, folder, body: fixture["body"].clone() });
        }
    }
    found.sort_by(|one, other| one.file.cmp(&other.file));
    found
}

/// Returns the place to which references lead.
fn resolve<'a>(document: &'a Value, mut schema: &'a Value) -> &'a Value {
    while let Some(reference) = schema.get("$ref") {
        let pointer = reference.as_str().unwrap().strip_prefix('#').expect("a reference inside the document");
        schema = document.pointer(pointer).unwrap_or_else(|| panic!("{reference} is not in the document"));
    }
    schema
}

/// Returns the schemas of a body, from its `content`.
fn contents<'a>(document: &'a Value, body: &'a Value) -> Vec<&'a Value> {
    resolve(document, body)["content"]
        .as_object()
        .into_iter()
        .flatten()
        .map(|(_, content)| &content["schema"])
        .collect()
}

/// Returns the schemas of the bodies of this kind, and the document that has them.
fn schemas<'a>(documents: &'a [Value], of: &Documented) -> Option<(&'a Value, Vec<&'a Value>)> {
    // The bodies in this folder can be responses of any operation.
    let name = if of.folder == "envelope" { "generate-music" } else { &of.folder };
    let operation = catalog::find(name).unwrap();
    let method = operation.method.as_str().to_lowercase();
    documents.iter().find_map(|document| {
        let described = document["paths"][operation.path].get(&method)?;
        let schemas = match &*of.kind {
            "request" if described.get("parameters").is_some() => return None,
            "request" => contents(document, &described["requestBody"]),
            "callback" => {
                let webhook = resolve(document, &document["webhooks"][operation.job?]);
                contents(document, &webhook["post"]["requestBody"])
            }
            _ => described["responses"].as_object()?.values().flat_map(|body| contents(document, body)).collect(),
        };
        Some((document, schemas))
    })
}

/// Returns a schema without references, and all schemas that it consists of.
fn parts<'a>(document: &'a Value, schema: &'a Value) -> Vec<&'a Value> {
    let schema = resolve(document, schema);
    let mut parts = vec![schema];
    for key in ["anyOf", "oneOf", "allOf"] {
        parts.extend(schema[key].as_array().into_iter().flatten().flat_map(|part| self::parts(document, part)));
    }
    for key in ["then", "else"] {
        parts.extend(schema.get(key).into_iter().flat_map(|part| self::parts(document, part)));
    }
    parts
}

/// Returns the path of each key in a value, and the schemas that describe the key. The keys inside of a key that no
/// schema describes are left out.
fn keys<'a>(document: &'a Value, schemas: &[&'a Value], value: &Value, at: &str) -> Vec<(String, Vec<&'a Value>)> {
    let parts: Vec<_> = schemas.iter().flat_map(|schema| parts(document, schema)).collect();
    let mut found = Vec::new();
    match value {
        Value::Object(fields) => {
            for (key, value) in fields {
                let at = format!("{at}{}{key}", if at.is_empty() { "" } else { "." });
                let describing: Vec<_> = parts.iter().filter_map(|part| part["properties"].get(key)).collect();
                if !describing.is_empty() {
                    found.extend(keys(document, &describing, value, &at));
                }
                found.push((at, describing));
            }
        }
        Value::Array(items) => {
            let describing: Vec<_> = parts.iter().filter_map(|part| part.get("items")).collect();
            found.extend(items.iter().flat_map(|item| keys(document, &describing, item, &format!("{at}[]"))));
        }
        _ => {}
    }
    found
}

#[test]
fn every_key_of_every_documented_body_is_described() {
    let documents = DOCUMENTS.map(|text| serde_json::from_str::<Value>(text).unwrap());
    let (mut bodies, mut described) = (0, 0);
    let mut undescribed = BTreeSet::new();
    for fixture in documented() {
        let Some((document, schemas)) = schemas(&documents, &fixture) else { continue };
        assert!(!schemas.is_empty(), "{} has no schema", fixture.file);
        for (key, describing) in keys(document, &schemas, &fixture.body, "") {
            if describing.is_empty() {
                undescribed.insert(format!("{}: {key}", fixture.file));
            } else {
                described += 1;
            }
        }
        bodies += 1;
    }
    let expected: BTreeSet<_> = UNDESCRIBED.iter().map(|(key, _)| (*key).to_owned()).collect();
    assert_eq!(undescribed, expected);
    assert!(bodies > 480 && described > 3_000, "{described} keys of {bodies} bodies");
    println!(
        "{described} keys of {bodies} bodies are described, {} with a reason are not described",
        undescribed.len()
    );
}

#[test]
fn callbacks_are_described_in_the_spelling_of_documented_callbacks() {
    let documents = DOCUMENTS.map(|text| serde_json::from_str::<Value>(text).unwrap());
    // The keys that occur, and those that have another name that should occur too.
    let (mut seen, mut aliases) = (BTreeSet::new(), BTreeSet::new());
    for fixture in documented().into_iter().filter(|fixture| fixture.kind == "callback") {
        let job = catalog::find(&fixture.folder).unwrap().job.unwrap();
        let (document, schemas) = schemas(&documents, &fixture).unwrap();
        for (key, describing) in keys(document, &schemas, &fixture.body, "") {
            if let Some(name) = describing.iter().find_map(|schema| schema["x-alias-of"].as_str()) {
                let place = key.rsplit_once('.').map_or("", |(place, _)| place);
                let documented = if place.is_empty() { name.to_owned() } else { format!("{place}.{name}") };
                aliases.insert((job, documented));
            }
            seen.insert((job, key));
        }
    }
    assert!(aliases.len() > 5, "{aliases:?}");
    let unseen: Vec<_> = aliases.difference(&seen).collect();
    assert!(unseen.is_empty(), "only other names of these occur: {unseen:?}");
}
