//! Examples of bodies, from the documented fixtures and from the examples of the catalog.

use std::{collections::BTreeMap, fs, path::Path};

use anyhow::Context as _;
use kie_types::{
    CallbackField, EncodedBody, Endpoint, Route, WarningKind,
    catalog::{self, Operation},
};
use serde_json::{Map, Value, json};

/// Beginning of the names of documented requests.
const REQUEST: &str = "request-";

/// Documented request that the live service was seen to refuse.
const REFUSED: &str = "data-address";

/// Beginning of the addresses of KIE's documentation pages.
const PAGES: &str = "https://docs.kie.ai";

/// Address that stands in an example for the receiver of callbacks.
const CALL_BACK_URL: &str = "https://hooks.example.net/kie";

/// Returns the examples of a request: the documented ones that break no rule, and the last one of the catalog, which has
/// the most fields.
pub(super) fn requests<E: Endpoint>() -> anyhow::Result<Map<String, Value>> {
    let mut found: Vec<(String, Value)> = Vec::new();
    let mut documented = documented(E::NAME, REQUEST)?;
    documented.remove(REFUSED);
    let catalog = catalog::examples(E::NAME).context("every operation has examples")?;
    let fullest = catalog.last().cloned().map(|mut example| {
        if let Some(field) = E::CALL_BACK.map(CallbackField::name) {
            example[field] = CALL_BACK_URL.into();
        }
        ("with-all-fields".to_owned(), example)
    });
    for (name, body) in documented.into_iter().chain(fullest) {
        let checked = kie_types::check::<E>(&body);
        // A page may show a misspelt name.
        let has_unknown = checked.warnings.iter().any(|warning| warning.kind == WarningKind::UnknownField);
        let is_valid = checked.result.is_ok() && !has_unknown;
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

/// Returns bodies that start a task on the market route: the smallest and the fullest example of the catalog that the
/// route can carry.
pub(super) fn on_market(operation: &Operation) -> anyhow::Result<Vec<Value>> {
    let mut examples = catalog::examples(operation.name).context("every operation has examples")?;
    examples.extend(catalog::market_examples(operation.name).context("every operation has examples")?);
    let mut bodies: Vec<Value> = Vec::new();
    for example in examples {
        if catalog::check_named_on(operation.name, &example, Route::Market)?.result.is_ok() {
            let encoded = catalog::encode_named_on(operation.name, &example, Route::Market)??;
            let EncodedBody::Json(json) = encoded.content else { continue };
            bodies.push(serde_json::from_slice(&json)?);
        }
    }
    if bodies.len() > 2 {
        bodies.drain(1..bodies.len() - 1);
    }
    Ok(bodies)
}

/// Returns the bodies of the market route in a folder of fixtures that KIE documents, or that were recorded. A body
/// that only a client shows is no example.
pub(super) fn of_market(folder: &str) -> anyhow::Result<Map<String, Value>> {
    let mut found = in_folder(&format!("market/{folder}"))?;
    found.retain(|_, fixture| fixture["tag"] != "client" && fixture["body"]["code"].is_i64());
    found.retain(|name, _| !name.starts_with("refusal-"));
    Ok(named(found.into_iter().map(|(name, fixture)| (name, fixture["body"].clone()))))
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
    let mut found = BTreeMap::new();
    for (name, fixture) in in_folder(&format!("documented/{folder}"))? {
        // Bodies of the similar service sunoapi.org are no examples of this one.
        let Some(name) = name.strip_prefix(prefix).filter(|name| !name.contains("sister")) else { continue };
        if fixture["body"].is_object() && fixture["http_status"].as_u64().is_none_or(|status| status == 200) {
            found.insert(name.to_owned(), fixture);
        }
    }
    let is_of_kie = |fixture: &Value| fixture["source"].as_str().is_some_and(|source| source.starts_with(PAGES));
    if prefix != REQUEST && found.values().any(is_of_kie) {
        found.retain(|_, fixture| is_of_kie(fixture));
    }
    Ok(found.into_iter().map(|(name, fixture)| (name, fixture["body"].clone())).collect())
}

/// Returns the fixtures in a folder by their names.
fn in_folder(folder: &str) -> anyhow::Result<BTreeMap<String, Value>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/fixtures").join(folder);
    let mut found = BTreeMap::new();
    for entry in fs::read_dir(folder).into_iter().flatten() {
        let path = entry?.path();
        if let Some(name) = path.file_stem().and_then(|name| name.to_str()) {
            found.insert(name.to_owned(), serde_json::from_str(&fs::read_to_string(&path)?)?);
        }
    }
    Ok(found)
}
