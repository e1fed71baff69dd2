//! Examples of bodies, from the documented fixtures and from the examples of the catalog.

use std::{collections::BTreeMap, fs, path::Path};

use anyhow::Context as _;
use kie_types::{
    CallbackField, Endpoint,
    catalog::{self, Operation},
};
use serde_json::{Map, Value, json};

const FIXTURES: &str = "tests/fixtures/documented";

/// Beginning of the addresses of KIE's documentation pages.
const PAGES: &str = "https://docs.kie.ai";

/// Address that stands in an example for the receiver of callbacks.
const CALL_BACK_URL: &str = "https://hooks.example.net/kie";

/// Returns the examples of a request: the documented ones that break no rule, and the last one of the catalog, which has
/// the most fields.
pub(super) fn requests<E: Endpoint>() -> anyhow::Result<Map<String, Value>> {
    let mut found: Vec<(String, Value)> = Vec::new();
    let documented = documented(E::NAME, "request-")?;
    let catalog = catalog::examples(E::NAME).context("every operation has examples")?;
    let fullest = catalog.last().cloned().map(|mut example| {
        if let Some(field) = E::CALL_BACK.map(CallbackField::name) {
            example[field] = CALL_BACK_URL.into();
        }
        ("with-all-fields".to_owned(), example)
    });
    for (name, body) in documented.into_iter().chain(fullest) {
        let is_valid = kie_types::check::<E>(&body).result.is_ok();
        let is_complete = E::CALL_BACK_URL.is_none_or(|field| body.get(field).is_some());
        if is_valid && is_complete && found.iter().all(|(_, known)| *known != body) {
            found.push((name, body));
        }
    }
    Ok(named(found))
}

/// Returns the examples of an answer: the documented ones that the service sends with HTTP status 200.
pub(super) fn answers<E: Endpoint>() -> anyhow::Result<Map<String, Value>> {
    let mut found = documented(E::NAME, "response-")?;
    found.extend(documented(E::NAME, "record-")?);
    found.retain(|_, body| E::read(200, body.to_string().as_bytes()).is_ok() && body["code"].is_i64());
    Ok(named(found))
}

/// Returns the documented callbacks of an operation.
pub(super) fn callbacks(operation: &Operation) -> anyhow::Result<Map<String, Value>> {
    let found = documented(&format!("callbacks/{}", operation.name), "")?;
    Ok(named(found.into_iter().filter(|(_, body)| body["code"].is_i64())))
}

fn named(examples: impl IntoIterator<Item = (String, Value)>) -> Map<String, Value> {
    examples.into_iter().map(|(name, body)| (name, json!({ "value": body }))).collect()
}

/// Returns the bodies in a folder of documented fixtures by the rest of their names after `prefix`. If KIE's own pages
/// show such bodies, only these are returned.
fn documented(folder: &str, prefix: &str) -> anyhow::Result<BTreeMap<String, Value>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(FIXTURES).join(folder);
    let mut found = BTreeMap::new();
    for entry in fs::read_dir(folder).into_iter().flatten() {
        let path = entry?.path();
        let name = path.file_stem().and_then(|name| name.to_str()).and_then(|name| name.strip_prefix(prefix));
        // Bodies of the similar service sunoapi.org are no examples of this one.
        let Some(name) = name.filter(|name| !name.contains("sister")) else { continue };
        let fixture: Value = serde_json::from_str(&fs::read_to_string(&path)?)?;
        if fixture["body"].is_object() && fixture["http_status"].as_u64().is_none_or(|status| status == 200) {
            found.insert(name.to_owned(), fixture);
        }
    }
    let is_of_kie = |fixture: &Value| fixture["source"].as_str().is_some_and(|source| source.starts_with(PAGES));
    if prefix != "request-" && found.values().any(is_of_kie) {
        found.retain(|_, fixture| is_of_kie(fixture));
    }
    Ok(found.into_iter().map(|(name, fixture)| (name, fixture["body"].clone())).collect())
}
