//! Tests of the responses, records and callbacks of the market route. They read the files in `fixtures/market` through
//! the public API of `kie-types`.

mod callbacks;
mod made_up;
mod rows;

use std::{fs, path::Path};

use kie_types::{
    AnyCallback, Callback, Charged, Endpoint, Failure, Item, Job, MarketAnswer, MarketRecord, Outcome, Record,
    RefusalKind, Report, TaskEndpoint, TaskState,
    catalog::{self, Visitor},
    envelope::ReadError,
};
use serde::Deserialize;
use serde_json::{Map, Value, json};

const TASK: &str = "7c1d0b9e55a84f62a0d3e1f4b6c7d890";

/// Number of fixtures. A fixture that is lost or not found fails a test.
const FIXTURES: usize = 113;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    source: String,
    tag: Tag,
    date: String,
    operation: String,
    kind: Kind,
    http_status: Option<u16>,
    note: String,
    expected: Map<String, Value>,
    body: Option<Value>,
    body_text: Option<String>,
}

/// Strength of the evidence: seen on the wire, documented by KIE, or only in the code of another client.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Tag {
    Live,
    Kie,
    Client,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Kind {
    Response,
    Record,
    Callback,
}

/// A body, with the operation that started its task, and the result that every reader must find in it.
struct Fixture {
    name: String,
    operation: String,
    kind: Kind,
    http_status: u16,
    expected: Map<String, Value>,
    body: Vec<u8>,
}

fn root() -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/market")
}

fn fixture(name: &str) -> Fixture {
    let text =
        fs::read_to_string(root().join(format!("{name}.json"))).unwrap_or_else(|error| panic!("{name}: {error}"));
    let file: File = serde_json::from_str(&text).unwrap_or_else(|error| panic!("{name}: {error}"));
    assert!(!file.source.is_empty() && !file.note.is_empty(), "{name} has a source and a note");
    assert!(file.date == "undated" || file.date.starts_with("2026-"), "{name} has a date");
    assert!(file.tag != Tag::Live || file.date != "undated" || file.source.starts_with("section"), "{name} has a day");
    assert_eq!(file.http_status.is_some(), file.kind != Kind::Callback, "{name} has an HTTP status");
    let folder = match file.kind {
        Kind::Response => "submits/",
        Kind::Record => "records/",
        Kind::Callback => "callbacks/",
    };
    assert!(name.starts_with(folder), "{name} is in {folder}");
    let body = match (file.body, file.body_text) {
        (Some(body), None) => body.to_string(),
        (None, Some(text)) => text,
        _ => panic!("{name} has either a body or a body_text"),
    };
    Fixture {
        name: name.to_owned(),
        operation: file.operation,
        kind: file.kind,
        http_status: file.http_status.unwrap_or(200),
        expected: file.expected,
        body: body.into_bytes(),
    }
}

/// Returns the names of all fixtures.
fn names() -> Vec<String> {
    let mut names = Vec::new();
    for folder in ["callbacks", "records", "submits"] {
        for file in fs::read_dir(root().join(folder)).unwrap() {
            let file = file.unwrap().file_name().into_string().unwrap();
            names.push(format!("{folder}/{}", file.strip_suffix(".json").unwrap()));
        }
    }
    names.sort();
    names
}

#[test]
fn every_fixture_is_read_as_it_states() {
    let names = names();
    assert_eq!(names.len(), FIXTURES);
    let mut problems = Vec::new();
    for name in &names {
        let fixture = fixture(name);
        let found = catalog::visit(&fixture.operation, Read(&fixture)).unwrap();
        let mut expected = fixture.expected.clone();
        // A fixture states only some fields of a record.
        if let (Some(part), Some(whole)) = (expected.remove("record"), found.get("record")) {
            if !is_part(&part, whole) {
                problems.push(format!("{name}: the record has not {part}, but {whole}"));
            }
        }
        if let (Some(texts), Some(body)) = (expected.get("unreadable").cloned(), found.get("unreadable")) {
            let body = body.as_str().unwrap();
            for text in texts.as_array().unwrap().iter().filter(|text| !body.contains(text.as_str().unwrap())) {
                problems.push(format!("{name}: {text} is not in {body}"));
            }
            continue;
        }
        let found: Map<_, _> = found.into_iter().filter(|(key, _)| key != "record").collect();
        if !same(&Value::Object(found.clone()), &Value::Object(expected.clone())) {
            problems.push(format!("{name}:\n  found    {}\n  expected {}", json!(found), json!(expected)));
        }
    }
    assert!(problems.is_empty(), "{} of {} fixtures:\n{}", problems.len(), names.len(), problems.join("\n"));
}

/// Reads a fixture, and returns its result in a form that is equal for all operations.
struct Read<'a>(&'a Fixture);

impl Visitor for Read<'_> {
    type Output = Map<String, Value>;

    fn call<E: Endpoint>(self) -> Self::Output {
        let Self(Fixture { http_status, body, kind, name, .. }) = self;
        match kind {
            Kind::Response => match E::read_market(*http_status, body) {
                Ok(MarketAnswer::Result(result)) => object(json!({ "result": result })),
                Ok(MarketAnswer::Task(id)) => object(json!({ "task": id })),
                Err(error) => of_error(&error),
            },
            Kind::Record => match MarketRecord::read(*http_status, body) {
                Ok(Some(record)) => object(json!({
                    "outcome": record.status("running", "success", "failed"),
                    "result": E::of_market(&record),
                })),
                Ok(None) => object(json!({ "outcome": "notFound" })),
                Err(error) => of_error(&error),
            },
            Kind::Callback => panic!("{name}: the operation has no callbacks"),
        }
    }

    fn start<E: TaskEndpoint>(self) -> Self::Output {
        let Self(Fixture { http_status, body, kind, .. }) = self;
        match kind {
            Kind::Response => match E::read_market(*http_status, body) {
                Ok(MarketAnswer::Result(started)) => object(json!({ "task": started.task_id.as_str() })),
                _ => self.call::<E>(),
            },
            Kind::Record => match <E::Job as Job>::Lookup::read_market(*http_status, body) {
                Ok(MarketAnswer::Result(record)) => {
                    let mut found = of_report(&Report::of_record::<E::Job>(record.as_ref()));
                    if let Some(record) = record {
                        found.extend(of_state(&record.state()));
                        found.insert("record".to_owned(), serde_json::to_value(&record).unwrap());
                    }
                    found
                }
                Ok(_) => panic!("a lookup starts no task"),
                Err(error) => of_error(&error),
            },
            Kind::Callback => {
                let callback = Callback::<E::Job>::parse(body).unwrap();
                let report = Report::of_callback(&callback);
                let any = AnyCallback::parse(body).unwrap();
                assert_eq!(any.task_id(), report.task_id.as_deref());
                assert!(any.report().is_none_or(|any| any == report), "{any:?}");
                let mut found = of_report(&report);
                found.extend(of_state(&callback.state()));
                found.insert("job".to_owned(), any.job().into());
                found
            }
        }
    }
}

fn object(value: Value) -> Map<String, Value> {
    let Value::Object(fields) = value else { panic!("{value} is no object") };
    fields
}

fn of_error(error: &ReadError) -> Map<String, Value> {
    object(match error {
        ReadError::Refused(refusal) => {
            json!({ "refused": { "code": refusal.code(), "kind": refusal.kind().to_string() } })
        }
        ReadError::Unreadable(unreadable) => json!({ "unreadable": unreadable.body() }),
    })
}

fn of_state(state: &TaskState) -> Option<(String, Value)> {
    let TaskState::Failed(failure) = state else { return None };
    Some(("failure".to_owned(), Failure::kind(failure).to_string().into()))
}

/// Returns the fields of a report that have a value.
fn of_report(report: &Report) -> Map<String, Value> {
    let items: Vec<_> = report.items.iter().map(of_item).collect();
    let is_charged = (report.charged != Charged::Unknown).then_some(report.charged);
    let stage = report.stage.filter(|_| report.outcome == Outcome::Running);
    let mut found = object(json!({
        "taskId": report.task_id,
        "outcome": report.outcome,
        "stage": stage,
        "code": report.code,
        "message": report.message,
        "charged": is_charged,
        "credits": report.credits,
    }));
    found.retain(|_, value| !value.is_null());
    found.insert("items".to_owned(), items.into());
    found
}

fn of_item(item: &Item) -> Value {
    let mut found = object(json!({
        "id": item.id,
        "title": item.title,
        "durationS": item.duration_s,
        "url": item.url,
        "text": item.text,
        "error": item.error,
        "file": item.inline.as_ref().map(|file| file.extension),
    }));
    found.retain(|_, value| !value.is_null());
    found.into()
}

/// Returns `true` if the two JSON values are equal. The numbers 1 and 1.0 count as equal.
fn same(one: &Value, other: &Value) -> bool {
    match (one, other) {
        (Value::Object(one), Value::Object(other)) => one.len() == other.len() && is_part(&json!(one), &json!(other)),
        (Value::Array(one), Value::Array(other)) => {
            one.len() == other.len() && one.iter().zip(other).all(|(one, other)| same(one, other))
        }
        _ => is_part(one, other),
    }
}

/// Returns `true` if every field of the first value is in the second value. Lists have the same length.
fn is_part(part: &Value, whole: &Value) -> bool {
    match (part, whole) {
        (Value::Number(part), Value::Number(whole)) => part.as_f64() == whole.as_f64(),
        (Value::Object(part), Value::Object(whole)) => {
            part.iter().all(|(key, value)| whole.get(key).is_some_and(|whole| is_part(value, whole)))
        }
        (Value::Array(part), Value::Array(whole)) => {
            part.len() == whole.len() && part.iter().zip(whole).all(|(part, whole)| is_part(part, whole))
        }
        _ => part == whole,
    }
}

/// Returns the kind of the failure in this state.
fn failure_kind(state: &TaskState) -> Option<RefusalKind> {
    let TaskState::Failed(failure) = state else { return None };
    Some(failure.kind())
}
