//! Tests that read the files in `fixtures/documented` through the public API of `kie-types`. The files hold examples
//! from the documentation pages, and messages that were recorded at the live service.

// `sweep` reads every file. The other modules test single points, such as each point on which the documentation and the
// live service disagree.
mod any_callback;
mod course;
mod envelope;
mod families;
mod lifetimes;
mod requests;
mod signed;
mod submits;
mod sweep;
mod without_code;

use std::{fs, path::Path};

use kie_types::{
    AudioId, Callback, Endpoint, Failure, Job, Music, MusicRecord, MusicVideoRecord, Refusal, Started, TaskState,
    Track, check, envelope::ReadError,
};
use serde::{Deserialize, de::DeserializeOwned};
use serde_json::Value;

const TASK: &str = "4be1c0d29f7a4f7f8d0b6c1e2a3f4d5e";
const VIDEO_TASK: &str = "9c7f0e15d3ab4e1fa0b2c6d84e73f519";
const TRACK: &str = "7d0f3c52-0b1e-4d5a-9a55-1f2e3d4c5b6a";
const SECOND_TRACK: &str = "c2a94e18-6d37-4f0b-8e21-90b7d3f5a6c4";
const MP3: &str = "https://files.example.net/a.mp3";
const MP4: &str = "https://files.example.net/9c7f.mp4";

// ---- The files

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    source: String,
    date: String,
    kind: Kind,
    http_status: Option<u16>,
    note: String,
    body: Option<Value>,
    body_text: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Kind {
    Request,
    Response,
    Record,
    Callback,
    Refusal,
}

struct Fixture {
    name: String,
    kind: Kind,
    http_status: u16,
    body: Vec<u8>,
}

impl Fixture {
    fn read(name: &str, text: &str) -> Result<Self, String> {
        let file: File = serde_json::from_str(text).map_err(|error| error.to_string())?;
        if file.source.is_empty() || file.note.is_empty() {
            return Err("source and note must say something".into());
        }
        let is_date = file.date.len() >= 7 && file.date.starts_with("20");
        if !is_date && file.date != "undated" {
            return Err(format!("{:?} is no date", file.date));
        }
        // A file of a response must contain the HTTP status, because the meaning of the body can depend on it. A file
        // of a request or a callback must not contain a status.
        let is_answer = matches!(file.kind, Kind::Response | Kind::Record | Kind::Refusal);
        if is_answer != file.http_status.is_some() {
            return Err("every response has an http_status, and nothing else has one".into());
        }
        let body = match (file.body, file.body_text) {
            (Some(body), None) => body.to_string().into_bytes(),
            (None, Some(text)) => text.into_bytes(),
            _ => return Err("there must be either a body or a body_text".into()),
        };
        Ok(Self { name: name.to_owned(), kind: file.kind, http_status: file.http_status.unwrap_or(200), body })
    }

    fn open<T: DeserializeOwned>(&self) -> Result<T, ReadError> {
        kie_types::envelope::open(self.http_status, &self.body)
    }

    fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap()
    }
}

fn root() -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/documented")
}

fn fixture(name: &str) -> Fixture {
    let path = root().join(format!("{name}.json"));
    let text = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{name}: {error}"));
    Fixture::read(name, &text).unwrap_or_else(|error| panic!("{name}: {error}"))
}

// ---- Helpers of the named tests

fn music(name: &str) -> MusicRecord {
    let fixture = fixture(&format!("get-music-details/{name}"));
    fixture.open::<Option<MusicRecord>>().unwrap().expect("a record")
}

fn video(name: &str) -> MusicVideoRecord {
    let fixture = fixture(&format!("get-music-video-details/{name}"));
    fixture.open::<Option<MusicVideoRecord>>().unwrap().expect("a record")
}

/// Returns the record in this fixture, as the lookup operation of job `J` reads it.
fn record<J: Job>(name: &str) -> J::Record {
    let fixture = fixture(&format!("{}/{name}", J::Lookup::NAME));
    J::Lookup::read(fixture.http_status, &fixture.body).unwrap().expect("a record")
}

fn push<J: Job>(name: &str) -> Callback<J> {
    Callback::parse(&fixture(&format!("callbacks/{name}")).body).unwrap()
}

fn refusal(name: &str) -> Refusal {
    match fixture(name).open::<Started<Music>>() {
        Err(ReadError::Refused(refusal)) => refusal,
        other => panic!("{name} is no refusal: {other:?}"),
    }
}

fn failure(state: TaskState) -> Failure {
    match state {
        TaskState::Failed(failure) => failure,
        other => panic!("not failed: {other:?}"),
    }
}

fn finished(tracks: &[Track]) -> Vec<&str> {
    tracks
        .iter()
        .filter(|track| track.url().is_some())
        .filter_map(|track| track.id.as_ref())
        .map(AudioId::as_str)
        .collect()
}

fn valid<E: Endpoint>(name: &str) -> E {
    check(&fixture(name).json()).result.unwrap_or_else(|invalid| panic!("{name}: {invalid}"))
}
