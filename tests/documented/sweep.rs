//! Tests that every documented file is read by its operation, and that every operation has such files.

use std::{collections::BTreeSet, fs, path::Path};

use kie_types::{
    Callback, Credits, Endpoint, Job, Music, MusicRecord, Started, TaskEndpoint,
    catalog::{self, Visitor},
    check,
    envelope::{self, ReadError},
};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;

use super::{Fixture, Kind, root};

/// Names of the documented responses that report success but contain no result that can be read.
const UNREADABLE: &[&str] = &[
    "boost-music-style/response-empty",
    "create-music-video/response-placeholder",
    "envelope/empty-200",
    "envelope/html-200",
    "envelope/truncated-200",
    "generate-music/response-null-data",
    "generate-music/response-without-id",
    "generate-persona/response-without-id",
    "get-music-details/record-truncated",
];

/// Names of documented requests that break a rule. Most of these requests agree with an example, a schema or an earlier
/// version of a documentation page, but contradict the rules of the page or the live service. Some are requests of the
/// sister service sunoapi.org, which has other field names, and fields that KIE documents only for the market route.
const CONTRADICTED: &[&str] = &[
    "generate-mashup/request-sister-persona",
    "generate-music/request-older-quickstart-v3-5",
    "generate-music/request-sister-lyrics-and-variety",
    "generate-sounds/request-key-any",
    "recovery-audio/request-sister",
    "replace-section/request-section-of-6-seconds",
    "replace-section/request-without-full-lyrics",
    "separate-vocals/request-schema-of-its-own",
];

/// Names of the operations that start a task, but have no documented callback.
const WITHOUT_CALLBACK: &[&str] = &["generate-sounds"];

#[test]
fn every_fixture_is_read_by_its_operation() {
    let mut problems = Vec::new();
    let names = names(&root(), "", &mut problems);
    assert!(names.len() > 100, "only {} fixtures found", names.len());
    for name in &names {
        let text = fs::read_to_string(root().join(format!("{name}.json"))).unwrap();
        let outcome = Fixture::read(name, &text).and_then(|fixture| read_by_operation(&fixture));
        problems.extend(outcome.err().map(|problem| format!("{name}: {problem}")));
    }
    for name in UNREADABLE.iter().chain(CONTRADICTED).filter(|name| !names.contains(**name)) {
        problems.push(format!("{name}: the list names a file that is not there"));
    }
    assert!(problems.is_empty(), "{} of {} fixtures:\n{}", problems.len(), names.len(), problems.join("\n"));
}

#[test]
fn every_operation_has_fixtures_of_its_own() {
    let names = names(&root(), "", &mut Vec::new());
    for operation in catalog::OPERATIONS {
        let request = format!("{}/request", operation.name);
        assert!(names.iter().any(|name| name.starts_with(&request)), "{} has no request", operation.name);
        if operation.job.is_some() {
            let callback = format!("callbacks/{}/", operation.name);
            let is_there = names.iter().any(|name| name.starts_with(&callback));
            assert_eq!(is_there, !WITHOUT_CALLBACK.contains(&operation.name), "the callbacks of {}", operation.name);
        }
    }
}

/// Returns all documented files.
pub(super) fn all() -> impl Iterator<Item = Fixture> {
    names(&root(), "", &mut Vec::new()).into_iter().map(|name| super::fixture(&name))
}

/// Returns the names of all JSON files in the folder and below it, without their extension. Adds a problem for each
/// other file.
fn names(folder: &Path, prefix: &str, problems: &mut Vec<String>) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    for entry in fs::read_dir(folder).unwrap() {
        let entry = entry.unwrap();
        let name = format!("{prefix}{}", entry.file_name().to_string_lossy());
        if entry.path().is_dir() {
            names.extend(self::names(&entry.path(), &format!("{name}/"), problems));
        } else if let Some(name) = name.strip_suffix(".json") {
            names.insert(name.to_owned());
        } else {
            problems.push(format!("{name}: only JSON files belong here"));
        }
    }
    names
}

fn read_by_operation(fixture: &Fixture) -> Result<(), String> {
    let parts: Vec<&str> = fixture.name.split('/').collect();
    let visited = match (parts.as_slice(), fixture.kind) {
        (["callbacks", slug, _], Kind::Callback) => catalog::visit(slug, ReadFixture(fixture)),
        (["callbacks", ..], _) | (_, Kind::Callback) => {
            return Err("callbacks/ holds all callbacks and nothing else".into());
        }
        // The files in `envelope/` are refused or unreadable for every type of result. Three types of results are
        // tried.
        (["envelope", _], Kind::Response | Kind::Refusal) => Some(
            answer(fixture, envelope::open::<Started<Music>>)
                .and_then(|()| answer(fixture, envelope::open::<Option<MusicRecord>>))
                .and_then(|()| answer(fixture, envelope::open::<Credits>)),
        ),
        ([slug, _], _) => catalog::visit(slug, ReadFixture(fixture)),
        _ => None,
    };
    visited.unwrap_or_else(|| Err("no operation reads this file".into()))
}

struct ReadFixture<'a>(&'a Fixture);

impl Visitor for ReadFixture<'_> {
    type Output = Result<(), String>;

    fn call<E: Endpoint>(self) -> Self::Output {
        match self.0.kind {
            Kind::Request => request::<E>(self.0),
            Kind::Response | Kind::Record | Kind::Refusal => answer(self.0, E::read),
            Kind::Callback => Err("this operation has no callback".into()),
        }
    }

    fn start<E: TaskEndpoint>(self) -> Self::Output {
        match self.0.kind {
            Kind::Callback => callback::<E::Job>(self.0),
            Kind::Record => Err("the record belongs to the operation that looks it up".into()),
            _ => self.call::<E>(),
        }
    }
}

/// Checks that a documented request breaks no rule, unless it is in [`CONTRADICTED`]. Also checks that the request is
/// written with the same fields and values that were read. Unknown fields are left out of this check.
fn request<E: Endpoint>(fixture: &Fixture) -> Result<(), String> {
    let body = fixture.json();
    let checked = check::<E>(&body);
    let request = match checked.result {
        Ok(request) => request,
        Err(_) if CONTRADICTED.contains(&fixture.name.as_str()) => return Ok(()),
        Err(invalid) => return Err(invalid.to_string()),
    };
    let mut expected = body;
    for unknown in &checked.unknown {
        expected.as_object_mut().unwrap().remove(unknown);
    }
    let printed = serde_json::to_value(&request).map_err(|error| error.to_string())?;
    same_numbers(&printed, &expected).then_some(()).ok_or_else(|| format!("printed as {printed}, and was {expected}"))
}

/// Returns `true` if the two JSON values are equal. The numbers 1 and 1.0 count as equal.
fn same_numbers(one: &Value, other: &Value) -> bool {
    match (one, other) {
        (Value::Number(one), Value::Number(other)) => one.as_f64() == other.as_f64(),
        (Value::Object(one), Value::Object(other)) => {
            one.len() == other.len()
                && one.iter().all(|(key, value)| other.get(key).is_some_and(|other| same_numbers(value, other)))
        }
        (Value::Array(one), Value::Array(other)) => {
            one.len() == other.len() && one.iter().zip(other).all(|(one, other)| same_numbers(one, other))
        }
        _ => one == other,
    }
}

/// Checks that a documented response can be read, and that it does not change when it is written and read again. A
/// documented refusal must be read as an error, and a response in [`UNREADABLE`] must be unreadable.
fn answer<T: Serialize + DeserializeOwned>(
    fixture: &Fixture,
    read: impl Fn(u16, &[u8]) -> Result<T, ReadError>,
) -> Result<(), String> {
    let opened = read(fixture.http_status, &fixture.body);
    if fixture.kind == Kind::Refusal {
        return match opened {
            Err(ReadError::Refused(refusal)) if refusal.http_status() == fixture.http_status => Ok(()),
            Err(other) => Err(format!("not a refusal: {other}")),
            Ok(_) => Err("a refusal was opened".into()),
        };
    }
    let holds_nothing = UNREADABLE.contains(&fixture.name.as_str());
    match opened {
        Ok(_) if holds_nothing => Err("it holds no result, and yet it was read".into()),
        Err(ReadError::Unreadable(_)) if holds_nothing => Ok(()),
        Err(error) => Err(error.to_string()),
        Ok(data) => stays_the_same(&data),
    }
}

fn stays_the_same<T: Serialize + DeserializeOwned>(answer: &T) -> Result<(), String> {
    let printed = serde_json::to_value(answer).map_err(|error| error.to_string())?;
    let again: T = serde_json::from_value(printed.clone()).map_err(|error| format!("{printed}: {error}"))?;
    let reprinted = serde_json::to_value(&again).map_err(|error| error.to_string())?;
    (printed == reprinted).then_some(()).ok_or_else(|| format!("{printed} became {reprinted}"))
}

/// Checks that a documented callback can be read and has a task id. Also checks that the callback does not change when
/// it is written and read again.
fn callback<J: Job>(fixture: &Fixture) -> Result<(), String> {
    let callback = Callback::<J>::parse(&fixture.body).map_err(|error| error.to_string())?;
    if callback.task_id.is_none() {
        return Err("the task id is lost".into());
    }
    stays_the_same(&callback)
}
