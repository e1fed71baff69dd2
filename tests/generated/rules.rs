//! Tests that compare the schemas of requests with the rules of the crate.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    fs,
    path::{Path, PathBuf},
};

use jsonschema::Validator;
use kie_types::{
    EncodedBody, Route,
    catalog::{self, OPERATIONS},
};
use serde_json::{Map, Value, json};

const CALL_BACK_URL: &str = "https://hooks.example.net/kie";

fn read(path: &str) -> Value {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("fixtures").join(path);
    serde_json::from_slice(&fs::read(path).unwrap()).unwrap()
}

fn contract(path: &str) -> Value {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../crates/kie-types/contract").join(path);
    serde_json::from_slice(&fs::read(path).unwrap()).unwrap()
}

/// Schemas of the requests of all operations, by operation and route.
pub(super) struct Schemas(HashMap<(&'static str, Route), Validator>);

impl Schemas {
    pub(super) fn new() -> Self {
        let compiled = OPERATIONS.iter().flat_map(|of| {
            let name: String = of.name.split('-').map(|word| word[..1].to_uppercase() + &word[1..]).collect();
            let classic = compiled(&format!("{name}Request"));
            let market = of.market.map(|_| ((of.name, Route::Market), compiled(&format!("{name}MarketRequest"))));
            [Some(((of.name, Route::Classic), classic)), market].into_iter().flatten()
        });
        Self(compiled.collect())
    }

    /// Returns `true` if the schema accepts the request as it is sent on the route.
    pub(super) fn accepts(&self, operation: &str, route: Route, request: &Value) -> bool {
        let of = catalog::find(operation).unwrap();
        if route == Route::Classic || of.market.is_none() {
            return self.0[&(of.name, Route::Classic)].is_valid(request);
        }
        let encoded = catalog::encode_named_on(operation, request, route).unwrap().unwrap();
        let EncodedBody::Json(body) = encoded.content else { panic!("{operation} has no JSON body") };
        self.0[&(of.name, route)].is_valid(&serde_json::from_slice(&body).unwrap())
    }
}

fn compiled(name: &str) -> Validator {
    let schema = contract(&format!("schemas/{name}.json"));
    jsonschema::draft202012::new(&schema).unwrap_or_else(|error| panic!("{name}: {error}"))
}

pub(super) fn checked(operation: &str, route: Route, request: &Value) -> Result<Value, kie_types::Invalid> {
    catalog::check_named_on(operation, request, route).unwrap().result
}

/// Adds the callback address, which the client adds too.
pub(super) fn with_call_back(operation: &str, mut request: Value) -> Value {
    if let (Some(field), Some(fields)) = (catalog::find(operation).unwrap().call_back_url, request.as_object_mut()) {
        fields.entry(field).or_insert(CALL_BACK_URL.into());
    }
    request
}

fn route(row: &Value) -> Route {
    row["route"].as_str().unwrap().parse().unwrap()
}

/// Returns the request of a row with its long text.
fn request(row: &Value) -> Value {
    let mut request = row["request"].clone();
    if let Some(text) = row.get("text") {
        let length = usize::try_from(text["characters"].as_u64().unwrap()).unwrap();
        request[text["field"].as_str().unwrap()] = "x".repeat(length).into();
    }
    request
}

#[test]
fn a_schema_refuses_what_the_rules_refuse_or_the_row_says_why_not() {
    let schemas = Schemas::new();
    let rows = read("generated/rules.json");
    let (mut refused, mut excused, mut kept) = (0, 0, 0);
    for row in rows.as_array().unwrap() {
        let (name, route, request) = (row["operation"].as_str().unwrap(), route(row), request(row));
        let broken = checked(name, route, &request);
        let is_kept = row.get("keeps").is_some();
        assert_eq!(broken.is_ok(), is_kept, "{row}: {broken:?}");
        if let Some(limit) = row.get("breaks").filter(|limit| limit.is_object()) {
            let fields: BTreeSet<_> = broken.unwrap_err().violations().iter().map(|it| it.field.clone()).collect();
            let field = limit["field"].as_str().unwrap();
            assert!(fields.iter().any(|broken| broken.split('[').next() == Some(field)), "{row}: {fields:?}");
        }
        let accepted = schemas.accepts(name, route, &request);
        let should = if is_kept { row.get("refused").is_none() } else { row.get("accepted").is_some() };
        assert_eq!(accepted, should, "{row}");
        match (is_kept, accepted) {
            (true, _) => kept += 1,
            (_, true) => excused += 1,
            _ => refused += 1,
        }
    }
    assert!(refused > 900 && kept > 800 && excused < 120, "{refused} refused, {excused} excused, {kept} kept");
}

#[test]
fn every_limit_has_rows() {
    let rows = read("generated/rules.json");
    let mut counts: BTreeMap<(&str, &str, &str), usize> = BTreeMap::new();
    for row in rows.as_array().unwrap() {
        for about in ["keeps", "breaks"] {
            if let Some(limit) = row.get(about).filter(|limit| limit.is_object()) {
                let key = (row["operation"].as_str().unwrap(), row["route"].as_str().unwrap(), about);
                assert!(limit["bound"].is_object() || limit["bound"].is_string(), "{row}");
                *counts.entry(key).or_default() += 1;
            }
        }
    }
    let limits = contract("limits.json");
    let schema = jsonschema::draft202012::new(&contract("schemas/Limits.json")).unwrap();
    assert_eq!(schema.validate(&limits).map_err(|error| error.to_string()), Ok(()));
    assert!(!schema.is_valid(&json!({ "version": 1, "operations": { "a": { "classic": [{ "field": "b" }] } } })));
    for (name, routes) in limits["operations"].as_object().unwrap() {
        for (route, limits) in routes.as_object().unwrap() {
            let count = limits.as_array().unwrap().len();
            let of = |about| counts.get(&(name.as_str(), route.as_str(), about)).copied().unwrap_or_default();
            assert_eq!(of("keeps"), count, "{name} on the {route} route");
            assert!(of("breaks") >= count, "{name} on the {route} route");
        }
    }
}

#[test]
fn every_maximum_length_is_that_of_the_schema() {
    let schemas = Schemas::new();
    let rows = read("generated/limits.json");
    for row in rows.as_array().unwrap() {
        let (name, field) = (row["operation"].as_str().unwrap(), row["field"].as_str().unwrap());
        let limit = usize::try_from(row["limit"].as_u64().unwrap()).unwrap();
        let mut request = with_call_back(name, row["request"].clone());
        for (length, is_valid) in [(limit, true), (limit + 1, false)] {
            request[field] = "x".repeat(length).into();
            assert_eq!(schemas.accepts(name, Route::Classic, &request), is_valid, "{name} {field} {length}");
            assert_eq!(checked(name, Route::Classic, &request).is_ok(), is_valid, "{name} {field} {length}");
        }
    }
    assert_eq!(rows.as_array().unwrap().len(), 171);
    println!("the schema refuses {0} of {0} texts above their limits", rows.as_array().unwrap().len());
}

#[test]
fn every_example_and_every_documented_request_is_valid_for_both_or_for_neither() {
    let schemas = Schemas::new();
    let (mut counts, mut differ) = ([0, 0], BTreeSet::new());
    for of in OPERATIONS {
        let mut requests = catalog::examples(of.name).unwrap();
        requests.extend(catalog::market_examples(of.name).unwrap());
        requests.extend(documented(of.name));
        for request in requests {
            let request = with_call_back(of.name, request);
            let routes = [Some(Route::Classic), of.market.map(|_| Route::Market)];
            for route in routes.into_iter().flatten() {
                // On the market route, a flag of the classic route cannot be sent.
                let broken = checked(of.name, route, &request);
                let is_unsent = |invalid: &kie_types::Invalid| {
                    invalid.violations().iter().any(|it| matches!(it.rule, kie_types::Rule::Fixed { .. }))
                };
                if broken.as_ref().is_err_and(is_unsent) {
                    continue;
                }
                let accepted = schemas.accepts(of.name, route, &request);
                if accepted != broken.is_ok() {
                    let broken = broken.map_or_else(|invalid| invalid.to_string(), |_| "no rule is broken".to_owned());
                    differ.insert(format!("{} on {route}: {broken}", of.name));
                }
                counts[usize::from(accepted)] += 1;
            }
        }
    }
    // The schema cannot add the minimum duration to the start of the section.
    let end = "replace-section breaks 1 documented rule: infillEndS is 16, and must be at least 20";
    let expected = Route::ALL.map(|route| format!("replace-section on {route}: {end}"));
    assert_eq!(differ, BTreeSet::from(expected));
    let [refused, accepted] = counts;
    assert!(accepted > 100 && refused > 5, "{accepted} accepted, {refused} refused");
}

/// Returns the documented requests of an operation.
fn documented(operation: &str) -> Vec<Value> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/documented").join(operation);
    let files = fs::read_dir(folder).into_iter().flatten().map(|entry| entry.unwrap().path());
    let fixtures = files.map(|path| serde_json::from_slice::<Map<String, Value>>(&fs::read(path).unwrap()).unwrap());
    fixtures.filter(|it| it["kind"] == "request" && it["body"].is_object()).map(|it| it["body"].clone()).collect()
}
