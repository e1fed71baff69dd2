//! Tests of the generated fixtures: every request is valid, and every limit is the limit that the rules enforce.

use std::{fs, path::PathBuf};

use kie_types::{
    Endpoint, TaskEndpoint,
    catalog::{self, OPERATIONS, Visitor},
    check,
};
use serde_json::Value;

fn read(name: &str) -> Value {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("fixtures/generated").join(name);
    serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap()
}

/// Visitor that checks this request against the rules of an operation. Returns the names of the fields that break a
/// rule.
struct Violated<'a>(&'a Value);

impl Visitor for Violated<'_> {
    type Output = Vec<String>;

    fn call<E: Endpoint>(self) -> Vec<String> {
        match check::<E>(self.0).result {
            Ok(_) => Vec::new(),
            Err(invalid) => invalid.violations().iter().map(|violation| violation.field.clone()).collect(),
        }
    }

    fn start<E: TaskEndpoint>(self) -> Vec<String> {
        self.call::<E>()
    }
}

#[test]
fn every_operation_has_valid_requests() {
    for operation in OPERATIONS {
        let requests = read(&format!("requests/{}.json", operation.name));
        let requests = requests.as_array().unwrap();
        assert!(!requests.is_empty());
        for request in requests {
            assert_eq!(catalog::visit(operation.name, Violated(request)), Some(vec![]), "{request}");
        }
    }
}

#[test]
fn every_limit_is_accepted_exactly() {
    let limits = read("limits.json");
    let rows = limits.as_array().unwrap();
    assert!(rows.len() > 50, "{} rows", rows.len());
    for row in rows {
        let name = row["operation"].as_str().unwrap();
        let field = row["field"].as_str().unwrap();
        let limit = usize::try_from(row["limit"].as_u64().unwrap()).unwrap();
        for (length, valid) in [(limit - 1, true), (limit, true), (limit + 1, false)] {
            let mut request = row["request"].clone();
            request[field] = "x".repeat(length).into();
            let violated = catalog::visit(name, Violated(&request)).unwrap();
            let expected: &[&str] = if valid { &[] } else { &[field] };
            assert_eq!(violated, expected, "{name} {field} with {length} characters");
        }
    }
}
