//! What the service's pages and captures show, read through the public doors of `kie-types`.
//!
//! The sweep reads every file; the named tests below it say what the particular ones mean, one per row of what the
//! documentation and the wire disagree about.

use std::{collections::BTreeSet, fs, path::Path};

use kie_types::{
    AddInstrumental, AudioId, Callback, CallbackType, Charged, CreateMusicVideo, Credits, Endpoint, ErrorKind,
    ExtendMusic, Failure, GenerateMusic, Job, Model, Music, MusicRecord, MusicStatus, MusicVideo, MusicVideoRecord,
    Output, PersonaModel, Record, Refusal, Report, Rule, Seconds, Stage, Started, State, TaskEndpoint, Track,
    VocalGender,
    catalog::{self, Visitor},
    check,
    envelope::{self, Unopened},
};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use serde_json::Value;

const TASK: &str = "4be1c0d29f7a4f7f8d0b6c1e2a3f4d5e";
const VIDEO_TASK: &str = "9c7f0e15d3ab4e1fa0b2c6d84e73f519";
const TRACK: &str = "7d0f3c52-0b1e-4d5a-9a55-1f2e3d4c5b6a";
const SECOND_TRACK: &str = "c2a94e18-6d37-4f0b-8e21-90b7d3f5a6c4";
const MP3: &str = "https://files.example.net/a.mp3";
const MP4: &str = "https://files.example.net/9c7f.mp4";

/// Answers that claim success and hold nothing that was asked for.
const UNREADABLE: &[&str] = &[
    "create-music-video/response-placeholder",
    "envelope/empty-200",
    "envelope/html-200",
    "envelope/truncated-200",
    "generate-music/response-null-data",
    "generate-music/response-without-id",
    "get-music-details/record-truncated",
];

/// Requests that the pages show, and that the same pages' rules refuse.
const CONTRADICTED: &[&str] = &["generate-music/request-older-quickstart-v3-5"];

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
        // Requests and callbacks have no status; answers have one, since the body does not always decide.
        let is_answer = matches!(file.kind, Kind::Response | Kind::Record | Kind::Refusal);
        if is_answer != file.http_status.is_some() {
            return Err("http_status belongs to answers, and to all of them".into());
        }
        let body = match (file.body, file.body_text) {
            (Some(body), None) => body.to_string().into_bytes(),
            (None, Some(text)) => text.into_bytes(),
            _ => return Err("there must be either a body or a body_text".into()),
        };
        Ok(Self { name: name.to_owned(), kind: file.kind, http_status: file.http_status.unwrap_or(200), body })
    }

    fn open<T: DeserializeOwned>(&self) -> Result<T, Unopened> {
        envelope::open(self.http_status, &self.body)
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

/// The names of all files below the folder, without their ending; anything else that lies there is reported.
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

// ---- The sweep

#[test]
fn every_fixture_goes_through_its_door() {
    let mut problems = Vec::new();
    let names = names(&root(), "", &mut problems);
    assert!(names.len() > 100, "only {} fixtures found", names.len());
    for name in &names {
        let text = fs::read_to_string(root().join(format!("{name}.json"))).unwrap();
        let outcome = Fixture::read(name, &text).and_then(|fixture| through_its_door(&fixture));
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
            assert!(names.iter().any(|name| name.starts_with(&callback)), "{} has no callback", operation.name);
        }
    }
}

fn through_its_door(fixture: &Fixture) -> Result<(), String> {
    let parts: Vec<&str> = fixture.name.split('/').collect();
    let visited = match (parts.as_slice(), fixture.kind) {
        (["callbacks", slug, _], Kind::Callback) => catalog::visit(slug, Door(fixture)),
        (["callbacks", ..], _) | (_, Kind::Callback) => return Err("callbacks lie in callbacks/, alone".into()),
        // The envelope does not depend on what it holds: it must not open, whatever is asked for.
        (["envelope", _], Kind::Response | Kind::Refusal) => Some(
            answer::<Started<Music>>(fixture)
                .and_then(|()| answer::<Option<MusicRecord>>(fixture))
                .and_then(|()| answer::<Credits>(fixture)),
        ),
        ([slug, _], _) => catalog::visit(slug, Door(fixture)),
        _ => None,
    };
    visited.unwrap_or_else(|| Err("no operation reads this file".into()))
}

struct Door<'a>(&'a Fixture);

impl Visitor for Door<'_> {
    type Output = Result<(), String>;

    fn call<E: Endpoint>(self) -> Self::Output {
        match self.0.kind {
            Kind::Request => request::<E>(self.0),
            Kind::Response | Kind::Record | Kind::Refusal => answer::<E::Response>(self.0),
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

/// A documented request breaks no rule and is printed as it was read, field for field.
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

/// Equality that takes 1 and 1.0 for the same.
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

/// A documented answer opens, and says the same after it was printed and read again; a refusal is told as one.
fn answer<T: Serialize + DeserializeOwned>(fixture: &Fixture) -> Result<(), String> {
    let opened = fixture.open::<T>();
    if fixture.kind == Kind::Refusal {
        return match opened {
            Err(Unopened::Refused(refusal)) if refusal.http_status() == fixture.http_status => Ok(()),
            Err(other) => Err(format!("not a refusal: {other}")),
            Ok(_) => Err("a refusal was opened".into()),
        };
    }
    let holds_nothing = UNREADABLE.contains(&fixture.name.as_str());
    match opened {
        Ok(_) if holds_nothing => Err("there is nothing in it, and yet it was opened".into()),
        Err(Unopened::Unreadable(_)) if holds_nothing => Ok(()),
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

/// A documented callback is read, names its task, and says the same after it was printed and read again.
fn callback<J: Job>(fixture: &Fixture) -> Result<(), String> {
    let callback = Callback::<J>::parse(&fixture.body).map_err(|error| error.to_string())?;
    if callback.task_id.is_none() {
        return Err("the task id is lost".into());
    }
    stays_the_same(&callback)
}

// ---- What the named tests share

fn music(name: &str) -> MusicRecord {
    let fixture = fixture(&format!("get-music-details/{name}"));
    fixture.open::<Option<MusicRecord>>().unwrap().expect("a record")
}

fn video(name: &str) -> MusicVideoRecord {
    let fixture = fixture(&format!("get-music-video-details/{name}"));
    fixture.open::<Option<MusicVideoRecord>>().unwrap().expect("a record")
}

fn push<J: Job>(name: &str) -> Callback<J> {
    Callback::parse(&fixture(&format!("callbacks/{name}")).body).unwrap()
}

fn refusal(name: &str) -> Refusal {
    match fixture(name).open::<Started<Music>>() {
        Err(Unopened::Refused(refusal)) => refusal,
        other => panic!("{name} is no refusal: {other:?}"),
    }
}

fn failure(state: State) -> Failure {
    match state {
        State::Failed(failure) => failure,
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

// ---- Requests

#[test]
fn the_printed_extend_request_is_read_with_its_masked_id_and_chinese_words() {
    let request: ExtendMusic = valid("extend-music/request-as-printed");
    assert!(request.default_param_flag);
    assert_eq!(request.audio_id.as_str(), "e231****-****-****-****-****8cadc7dc");
    assert_eq!(request.prompt.as_deref(), Some("用更多放松的音符和一个柔和的过渡段延长音乐"));
    assert_eq!(request.continue_at.map(Seconds::get), Some(60.0));
    assert_eq!(request.model, Model::V4);
    assert_eq!(request.vocal_gender, Some(VocalGender::Male));
}

#[test]
fn the_printed_add_instrumental_request_has_every_field_of_its_page() {
    let request: AddInstrumental = valid("add-instrumental/request-as-printed");
    assert_eq!(request.upload_url, "https://example.com/music.mp3");
    assert_eq!(request.model, Some(Model::V4_5Plus));
    assert_eq!(request.negative_tags, "重金属, 快节奏鼓点");
    assert_eq!(request.audio_weight.map(kie_types::Weight::get), Some(0.65));
    assert_eq!(serde_json::to_value(&request).unwrap().as_object().unwrap().len(), 10);
}

#[test]
fn the_printed_video_request_is_read() {
    let request: CreateMusicVideo = valid("create-music-video/request-as-printed");
    assert_eq!(request.task_id.as_str(), "taskId_774b9aa0422f");
    assert_eq!(request.author.as_deref(), Some("电子音乐DJ"));
}

#[test]
fn a_cloned_voice_stands_in_for_a_persona() {
    let request: GenerateMusic = valid("generate-music/request-voice-as-persona");
    assert_eq!(request.persona_model, Some(PersonaModel::Voice));
}

#[test]
fn the_sister_s_extra_fields_are_named_as_unknown_and_do_no_harm() {
    let checked = check::<GenerateMusic>(&fixture("generate-music/request-sister-lyrics-and-variety").json());
    assert_eq!(checked.unknown, ["lyrics", "variety"]);
    assert!(checked.result.is_ok());
}

#[test]
fn the_pages_examples_are_valid_against_the_pages_text_on_persona_kinds() {
    valid::<GenerateMusic>("generate-music/request-page-example");
    valid::<ExtendMusic>("extend-music/request-page-example");
}

// ---- Music records

#[test]
fn each_status_of_a_music_record_is_a_state() {
    let running = |stage| State::Running(stage);
    assert_eq!(music("record-pending").state(), running(None));
    assert_eq!(music("record-text-success").state(), running(Some(Stage::Text)));
    assert_eq!(music("record-first-success").state(), running(Some(Stage::First)));
    assert_eq!(music("record-success-documented").state(), State::Complete);
    assert_eq!(music("record-unknown-status").state(), running(None));
    assert_eq!(music("record-unknown-status").status.unwrap().as_str(), "SECOND_SUCCESS");
    for (name, status) in [
        ("record-create-task-failed", MusicStatus::CreateTaskFailed),
        ("record-generate-audio-failed-400", MusicStatus::GenerateAudioFailed),
        ("record-sensitive-word-error", MusicStatus::SensitiveWordError),
    ] {
        assert_eq!(failure(music(name).state()).status.as_deref(), Some(status.as_str()), "{name}");
    }
}

#[test]
fn failed_records_say_what_failed_and_who_paid() {
    let of = |name| failure(music(name).state());
    for (name, code, kind, charged) in [
        ("record-create-task-failed", Some(408), ErrorKind::TaskFailed, Charged::Unknown),
        ("record-generate-audio-failed-400", Some(400), ErrorKind::Content, Charged::Unknown),
        ("record-generate-audio-failed-413", Some(413), ErrorKind::Content, Charged::Unknown),
        ("record-generate-audio-failed-501", Some(501), ErrorKind::TaskFailed, Charged::Unknown),
        ("record-generate-audio-failed-531", Some(531), ErrorKind::TaskFailed, Charged::Refunded),
        ("record-sensitive-word-error", None, ErrorKind::Content, Charged::Unknown),
    ] {
        let failure = of(name);
        assert_eq!((failure.code, failure.kind(), failure.charged()), (code, kind, charged), "{name}");
    }
    // The words can stand inside `response`.
    assert_eq!(of("record-generate-audio-failed-501").message.as_deref(), Some("generation failed"));
}

#[test]
fn a_live_record_is_read_to_its_last_field() {
    let record = music("record-success-live");
    assert_eq!(record.task_id.as_ref().unwrap().as_str(), TASK);
    assert_eq!(record.parent_music_id, None);
    assert_eq!(record.kind.as_deref(), Some("chirp-crow"));
    assert_eq!(record.operation_type.as_deref(), Some("generate"));
    assert_eq!((record.error_code, record.error_message.as_deref()), (None, None));
    assert_eq!(record.create_time.as_ref().and_then(kie_types::Timestamp::as_millis), Some(1_770_127_700_000));
    let [first, second] = record.tracks() else { panic!("two tracks") };
    assert_eq!(first.id.as_ref().unwrap().as_str(), TRACK);
    assert_eq!(first.url(), Some(MP3));
    assert_eq!(
        first.source_audio_url.as_deref(),
        Some("https://source.example.org/7d0f3c52-0b1e-4d5a-9a55-1f2e3d4c5b6a.mp3")
    );
    assert_eq!(first.stream_audio_url.as_deref(), Some("https://stream.example.net/a"));
    assert_eq!(first.image_url.as_deref(), Some("https://files.example.net/a.jpeg"));
    assert!(first.source_stream_audio_url.is_some() && first.source_image_url.is_some());
    assert_eq!(first.model(), Some(Model::V5));
    assert_eq!(first.duration.map(Seconds::get), Some(151.2));
    // A whole number of seconds comes as an integer.
    assert_eq!(second.duration.map(Seconds::get), Some(164.0));
    assert_eq!(second.title.as_deref(), Some("One More Stop"));
    assert_eq!(second.tags.as_deref(), Some("chamber pop"));
    assert!(second.prompt.as_deref().unwrap().starts_with("[Verse]"));
}

#[test]
fn the_request_inside_param_can_be_read_as_a_request() {
    let record = music("record-success-live");
    let request: GenerateMusic = record.param.unwrap().parse().unwrap();
    assert_eq!(request.model, Model::V5);
    assert_eq!(request.title.as_deref(), Some("One More Stop"));
    assert_eq!(music("record-empty-param").param, None);
}

#[test]
fn a_pending_record_has_no_tracks() {
    let record = music("record-pending");
    assert_eq!(record.response, None);
    assert!(record.tracks().is_empty() && record.output().is_none());
}

#[test]
fn empty_and_null_links_are_absent_while_the_lyrics_are_ready() {
    let record = music("record-text-success");
    assert_eq!(record.tracks().len(), 2);
    for track in record.tracks() {
        assert_eq!((track.url(), track.audio_url.as_ref(), track.duration), (None, None, None));
        assert!(track.stream_audio_url.is_some(), "the stream already plays");
    }
    let record = music("record-text-success-no-links");
    let [track] = record.tracks() else { panic!("one track") };
    assert_eq!((&track.stream_audio_url, &track.image_url, &track.title, &track.tags), (&None, &None, &None, &None));
}

#[test]
fn an_upstream_link_before_completion_is_not_a_finished_file() {
    let record = music("record-text-success-source-link-early");
    assert_eq!(finished(record.tracks()), Vec::<&str>::new());
    assert!(record.output().unwrap().items().iter().all(|item| item.url.is_none()));
}

#[test]
fn the_first_finished_row_is_the_only_finished_one() {
    let record = music("record-first-success");
    assert_eq!(record.tracks().len(), 2);
    assert_eq!(finished(record.tracks()), [TRACK]);
}

#[test]
fn rows_survive_what_they_lack() {
    let record = music("record-placeholder-row");
    assert_eq!(record.tracks().len(), 2);
    assert_eq!((record.tracks()[1].id.as_ref(), record.tracks()[1].url()), (None, None));
    assert_eq!(finished(music("record-partial-second-row").tracks()), [TRACK, SECOND_TRACK]);
    assert_eq!(music("record-response-without-task-id").tracks().len(), 2);
    assert_eq!(music("record-title-is-the-id").tracks()[0].title.as_deref(), Some(TRACK));
    let record = music("record-instrumental");
    let [first, second] = record.tracks() else { panic!("two tracks") };
    assert_eq!((first.prompt.as_deref(), second.prompt.as_deref()), (Some("[Instrumental]"), None));
}

#[test]
fn both_spellings_of_a_row_are_read() {
    let record = music("record-snake-case-rows");
    let [track] = record.tracks() else { panic!("one track") };
    assert_eq!(track.url(), Some(MP3));
    assert_eq!(track.model(), Some(Model::V5));
    assert_eq!((track.stream_audio_url.is_some(), track.image_url.is_some()), (true, true));
}

#[test]
fn what_is_filled_wins_over_what_is_empty_and_repeated_keys_do_no_harm() {
    let record = music("record-both-spellings-twice");
    assert_eq!(record.task_id.as_ref().unwrap().as_str(), TASK);
    assert_eq!(record.tracks()[0].url(), Some(MP3));
    assert_eq!(record.tracks()[0].title.as_deref(), Some("One More Stop"));
}

#[test]
fn a_repeated_code_in_an_envelope_does_no_harm() {
    let body = format!(r#"{{"code":200,"msg":"success","code":200,"data":{{"taskId":"{TASK}"}}}}"#);
    let started = envelope::open::<Started<Music>>(200, body.as_bytes()).unwrap();
    assert_eq!(started.task_id.as_str(), TASK);
    let body = format!(r#"{{"code":200,"msg":"a","msg":"b","data":{{"callbackType":"first","task_id":"{TASK}"}}}}"#);
    assert_eq!(Callback::<Music>::parse(body.as_bytes()).unwrap().task_id.unwrap().as_str(), TASK);
}

#[test]
fn numbers_may_be_texts() {
    let record = music("record-numbers-as-text");
    assert_eq!(record.error_code, None);
    assert_eq!(record.create_time.unwrap().as_millis(), Some(1_770_127_700_000));
    let track = &record.response.unwrap().suno_data[0];
    assert_eq!(track.duration.map(Seconds::get), Some(151.2));
    assert_eq!(track.create_time.as_ref().unwrap().as_millis(), Some(1_770_127_702_000));
}

#[test]
fn an_undelivered_callback_with_tracks_is_a_success_and_without_is_not_yet_a_failure() {
    assert_eq!(music("record-callback-exception-with-tracks").state(), State::Complete);
    assert_eq!(music("record-callback-exception-one-track").state(), State::Complete);
    assert_eq!(finished(music("record-callback-exception-one-track").tracks()), [TRACK]);
    assert_eq!(music("record-callback-exception-without-tracks").state(), State::Undelivered);
}

#[test]
fn a_record_becomes_a_report() {
    let record = music("record-first-success");
    let report = Report::new::<Music>(&TASK.into(), Some(&record));
    assert_eq!((report.outcome, report.stage), (kie_types::Outcome::Running, Some(Stage::First)));
    assert_eq!(report.items.iter().filter(|item| item.url.is_some()).count(), 1);
    assert_eq!(report.items[0].urls["audioUrl"], MP3);
    let report = Report::new::<Music>(&TASK.into(), Some(&music("record-generate-audio-failed-531")));
    assert_eq!((report.code, report.charged), (Some(531), Charged::Refunded));
    assert_eq!(Report::new::<Music>(&TASK.into(), None).outcome, kie_types::Outcome::NotFound);
}

// ---- Submits

#[test]
fn an_accepted_submit_gives_its_id_in_every_spelling_that_was_met() {
    for (name, id) in [
        ("generate-music/response-accepted", TASK),
        ("generate-music/response-accepted-snake-case", TASK),
        ("generate-music/response-accepted-id-at-root", TASK),
        ("extend-music/response-accepted", "4be1****4d5e"),
        ("add-instrumental/response-accepted", "8d0b****c6e1"),
    ] {
        let started = fixture(name).open::<Started<Music>>();
        assert_eq!(started.map(|started| started.task_id.to_string()), Ok(id.to_owned()), "{name}");
    }
}

#[test]
fn a_submit_without_an_id_is_neither_started_nor_refused() {
    for name in ["generate-music/response-without-id", "generate-music/response-null-data"] {
        match fixture(name).open::<Started<Music>>() {
            Err(Unopened::Unreadable(unreadable)) => assert_eq!(unreadable.body().as_bytes(), fixture(name).body),
            other => panic!("{name}: {other:?}"),
        }
    }
}

#[test]
fn extend_accepts_a_track_that_does_not_exist() {
    let started = fixture("extend-music/response-accepted-unknown-track").open::<Started<Music>>().unwrap();
    assert_eq!(started.task_id.as_str(), "61f0c9d2e8b74a35917d3f4e5a6b7c8d");
}

// ---- The discrepancies of the music pages

#[test]
fn music_row_01_an_unknown_task_is_null_live_and_404_on_the_page() {
    for name in ["record-unknown-task", "record-task-of-another-kind"] {
        let opened = fixture(&format!("get-music-details/{name}")).open::<Option<MusicRecord>>();
        assert_eq!(opened, Ok(None), "{name}");
    }
    assert_eq!(refusal("get-music-details/refusal-not-found").kind(), ErrorKind::NotFound);
}

#[test]
fn music_row_02_errors_come_inside_http_200_and_as_http_500() {
    let live = refusal("generate-music/refusal-call-back-url-missing");
    assert_eq!((live.http_status(), live.code()), (200, 422));
    let documented = refusal("extend-music/refusal-http-500");
    assert_eq!((documented.http_status(), documented.code(), documented.kind()), (500, 500, ErrorKind::Server));
    assert!(documented.has_envelope());
}

#[test]
fn music_row_03_create_time_is_text_on_the_page_and_milliseconds_live() {
    let of = |name| music(name).response.unwrap().suno_data.remove(0).create_time.unwrap();
    assert_eq!(of("record-success-documented").to_string(), "2025-01-01 00:00:00");
    assert_eq!(of("record-success-documented").system_time(), None);
    assert_eq!(of("record-success-live").as_millis(), Some(1_770_127_702_000));
    assert!(of("record-success-live").system_time().is_some());
    assert_eq!(of("record-iso-time").to_string(), "2026-02-03T14:08:22.000Z");
}

#[test]
fn music_row_04_type_is_any_upstream_name_or_generate() {
    assert_eq!(music("record-success-documented").kind.as_deref(), Some("GENERATE"));
    assert_eq!(music("record-v5-5").kind.as_deref(), Some("chirp-fenix"));
    assert_eq!(music("record-v5-5").tracks()[0].model(), Some(Model::V5_5));
    assert_eq!(music("record-upload-cover").tracks()[0].model(), Some(Model::V4_5All));
    assert_eq!(music("record-success-documented").tracks()[0].model(), Some(Model::V3_5));
}

#[test]
fn music_row_05_operation_type_has_more_words_than_the_page() {
    let of = |name| music(name).operation_type;
    assert_eq!(of("record-add-instrumental").as_deref(), Some("underpainting"));
    assert_eq!(of("record-upload-cover").as_deref(), Some("upload_cover"));
    assert_eq!(of("record-success-documented"), None);
    assert_eq!(of("record-extend").as_deref(), Some("extend"));
    assert!(music("record-extend").parent_music_id.is_some());
}

#[test]
fn music_row_11_duration_of_generate_need_not_be_whole() {
    let request: GenerateMusic = valid("generate-music/request-full");
    assert_eq!(request.duration.map(Seconds::get), Some(92.5));
    let whole: GenerateMusic = valid("generate-music/request-custom-song");
    assert_eq!(serde_json::to_value(whole).unwrap()["duration"], 150);
}

#[test]
fn music_row_12_extend_takes_a_persona_with_its_own_flag() {
    let request: ExtendMusic = valid("extend-music/request-as-printed");
    assert_eq!(request.persona_id.unwrap().as_str(), "persona_123");
}

#[test]
fn music_row_16_an_error_callback_has_null_or_an_empty_list() {
    for name in ["generate-music/error", "extend-music/error", "add-instrumental/error"] {
        let callback = push::<Music>(name);
        assert!(callback.data.tracks.is_empty() && callback.output().is_none(), "{name}");
        let failure = failure(callback.state());
        assert_eq!((failure.code, failure.kind()), (Some(501), ErrorKind::TaskFailed), "{name}");
        assert!(failure.message.unwrap().starts_with("Audio generation failed"), "{name}");
    }
}

#[test]
fn music_row_21_an_idea_may_have_3000_characters() {
    let idea = |length| GenerateMusic::simple(Model::V4, "x".repeat(length)).validate();
    assert!(idea(400).is_ok() && idea(500).is_ok() && idea(3_000).is_ok());
    assert!(idea(3_001).is_err());
}

#[test]
fn music_row_22_generate_takes_titles_of_80_characters_though_the_sister_takes_100() {
    let titled = |length| GenerateMusic::instrumental(Model::V5, "polka", "x".repeat(length)).validate();
    assert!(titled(80).is_ok() && titled(81).is_err() && titled(100).is_err());
}

#[test]
fn music_row_23_429_is_a_rate_or_an_empty_account_by_its_text() {
    assert_eq!(refusal("envelope/429-rate").kind(), ErrorKind::RateLimited);
    assert_eq!(refusal("envelope/429-without-envelope").kind(), ErrorKind::RateLimited);
    assert_eq!(refusal("envelope/429-credits-sister").kind(), ErrorKind::InsufficientCredits);
}

#[test]
fn music_row_24_a_missing_address_is_422_and_400_at_the_sister() {
    let kie = refusal("generate-music/refusal-call-back-url-missing");
    assert_eq!((kie.code(), kie.message()), (422, "Please enter callBackUrl."));
    assert_eq!((kie.kind(), kie.charged()), (ErrorKind::Validation, Charged::No));
    let sister = refusal("generate-music/refusal-call-back-url-missing-sister");
    assert_eq!((sister.code(), sister.kind(), sister.charged()), (400, ErrorKind::Validation, Charged::No));
}

#[test]
fn music_row_26_409_speaks_of_wav_on_pages_that_have_none() {
    for name in ["envelope/409-exists", "create-music-video/refusal-exists-already"] {
        let refusal = refusal(name);
        assert_eq!((refusal.kind(), refusal.charged()), (ErrorKind::Conflict, Charged::No), "{name}");
    }
}

#[test]
fn music_row_27_v3_5_is_still_shown_and_taken_nowhere() {
    let checked = check::<GenerateMusic>(&fixture("generate-music/request-older-quickstart-v3-5").json());
    let invalid = checked.result.unwrap_err();
    let [violation] = invalid.violations() else { panic!("{invalid}") };
    assert_eq!(violation.field, "model");
    assert!(matches!(&violation.rule, Rule::NotAccepted { actual, .. } if actual == "V3_5"));
}

// ---- Music callbacks

#[test]
fn each_callback_names_its_stage_and_its_tracks() {
    for (page, rows) in [("generate-music", 2), ("extend-music", 2), ("add-instrumental", 1)] {
        for (name, kind, state, ids) in [
            ("text", CallbackType::Text, State::Running(Some(Stage::Text)), &[][..]),
            ("first", CallbackType::First, State::Running(Some(Stage::First)), &[TRACK][..]),
            // The page of add-instrumental shows one row.
            ("complete", CallbackType::Complete, State::Complete, &[TRACK, SECOND_TRACK][..rows]),
        ] {
            let callback = push::<Music>(&format!("{page}/{name}"));
            assert_eq!(callback.task_id.as_ref().unwrap().as_str(), TASK);
            assert_eq!((callback.code, callback.data.callback_type.as_ref()), (200, Some(&kind)), "{page}/{name}");
            assert_eq!((callback.state(), finished(&callback.data.tracks)), (state, ids.to_vec()), "{page}/{name}");
        }
    }
    let callback = push::<Music>("add-instrumental/first");
    let track = &callback.data.tracks[0];
    assert_eq!(track.model_name.as_deref(), Some("chirp-v4-5"));
    assert_eq!(track.create_time.as_ref().unwrap().to_string(), "2025-01-01 00:00:00");
    assert_eq!(track.duration.map(Seconds::get), Some(198.44));
}

#[test]
fn failed_callbacks_say_what_failed_and_who_paid() {
    for (code, kind, charged) in [
        (400, ErrorKind::Content, Charged::Unknown),
        (408, ErrorKind::TaskFailed, Charged::Unknown),
        (413, ErrorKind::Content, Charged::Unknown),
        (500, ErrorKind::Server, Charged::Unknown),
        (531, ErrorKind::TaskFailed, Charged::Refunded),
    ] {
        let failure = failure(push::<Music>(&format!("generate-music/error-{code}")).state());
        assert_eq!((failure.code, failure.kind(), failure.charged()), (Some(code), kind, charged), "{code}");
    }
}

#[test]
fn the_sister_s_451_says_that_a_file_could_not_be_fetched() {
    let failure = failure(push::<Music>("generate-music/error-451-sister").state());
    assert_eq!((failure.code, failure.kind()), (Some(451), ErrorKind::FileUnreachable));
}

#[test]
fn a_live_callback_has_source_links_and_may_lack_the_stream() {
    let callback = push::<Music>("generate-music/complete-live");
    let track = &callback.data.tracks[0];
    assert_eq!((track.url(), track.stream_audio_url.as_ref()), (Some(MP3), None));
    assert!(track.source_audio_url.is_some() && track.source_stream_audio_url.is_some());
    assert_eq!(track.create_time.as_ref().unwrap().as_millis(), Some(1_770_127_702_000));
    assert_eq!(track.model(), Some(Model::V5));
}

#[test]
fn early_rows_without_a_file_are_not_finished() {
    let callback = push::<Music>("generate-music/text-with-rows");
    assert_eq!(callback.data.tracks.len(), 2);
    assert_eq!(finished(&callback.data.tracks), Vec::<&str>::new());
    assert_eq!(callback.data.tracks[1].duration.map(Seconds::get), Some(0.0));
}

#[test]
fn a_stage_that_we_do_not_know_keeps_the_task_running() {
    let callback = push::<Music>("generate-music/second");
    assert_eq!(callback.data.callback_type.as_ref().unwrap().as_str(), "second");
    assert_eq!(callback.state(), State::Running(None));
    assert_eq!(finished(&callback.data.tracks).len(), 2);
}

#[test]
fn an_error_text_inside_data_wins_over_the_envelope_s() {
    let failure = failure(push::<Music>("generate-music/error-message-inside").state());
    assert_eq!(failure.message.as_deref(), Some("the lyrics were refused"));
}

#[test]
fn a_failure_without_words_has_none() {
    let body = format!(r#"{{"code":500,"data":{{"callbackType":"error","task_id":"{TASK}","data":null}}}}"#);
    let callback = Callback::<Music>::parse(body.as_bytes()).unwrap();
    assert_eq!(failure(callback.state()).message, None);
    assert_eq!(failure(callback.state()).to_string(), "failed (code 500)");
}

#[test]
fn every_model_has_its_upstream_name() {
    for (model, upstream) in [
        (Model::V3_5, "chirp-v3-5"),
        (Model::V4, "chirp-v4"),
        (Model::V4_5, "chirp-auk"),
        (Model::V4_5All, "chirp-auk-turbo"),
        (Model::V4_5Plus, "chirp-bluejay"),
        (Model::V5, "chirp-crow"),
        (Model::V5_5, "chirp-fenix"),
        (Model::V6, "chirp-hawk"),
        (Model::V6Wild, "chirp-hawk-wild"),
        (Model::V6Mini, "chirp-goose"),
    ] {
        assert_eq!(model.upstream(), Some(upstream));
        assert_eq!(Model::from_upstream(upstream), Some(model));
    }
    // Only the page's examples of add-instrumental callbacks have this one, and no model is known for it.
    assert_eq!(Model::from_upstream("chirp-v4-5"), None);
}

// ---- Videos: the discrepancies of the processing pages

#[test]
fn processing_0_2_each_success_flag_is_a_state() {
    assert_eq!(video("record-pending").state(), State::Running(None));
    assert_eq!(video("record-pending-absent-keys").state(), State::Running(None));
    assert_eq!(video("record-success-documented").state(), State::Complete);
    assert_eq!(video("record-unknown-flag").state(), State::Running(None));
    assert_eq!(video("record-unknown-flag").success_flag.unwrap().as_str(), "RENDERING");
    for name in ["record-create-task-failed", "record-generate-mp4-failed"] {
        let failure = failure(video(name).state());
        assert_eq!((failure.code, failure.kind()), (Some(500), ErrorKind::Server), "{name}");
        assert!(failure.message.is_some(), "{name}");
    }
}

#[test]
fn processing_0_2_callback_exception_of_the_sister_goes_by_the_link() {
    assert_eq!(video("record-callback-exception-with-video").state(), State::Complete);
    assert_eq!(video("record-callback-exception-without-video").state(), State::Undelivered);
}

#[test]
fn processing_0_3_times_are_text_or_milliseconds_or_null() {
    let documented = video("record-success-documented");
    assert_eq!(documented.create_time.unwrap().to_string(), "2026-02-03 14:17:58");
    assert_eq!(documented.complete_time.as_ref().unwrap().to_string(), "2026-02-03 14:20:10");
    assert_eq!(documented.complete_time.unwrap().system_time(), None);
    let sister = video("record-success-sister");
    assert_eq!(sister.create_time.unwrap().as_millis(), Some(1_770_128_278_000));
    assert_eq!(sister.complete_time.unwrap().as_millis(), Some(1_770_128_410_000));
    assert_eq!(video("record-pending").complete_time, None);
    assert_eq!(video("record-pending-absent-keys").complete_time, None);
}

#[test]
fn processing_0_3_error_code_is_null_or_zero_when_nothing_failed() {
    assert_eq!(video("record-success-documented").error_code, None);
    let placeholder = video("record-placeholder");
    assert_eq!(placeholder.error_code, Some(0));
    assert_eq!(placeholder.error_message, None);
    assert_eq!(placeholder.state(), State::Running(None));
    assert_eq!(placeholder.task_id, None);
    assert!(placeholder.output().is_none_or(|video| video.video_url.is_none()));
}

#[test]
fn processing_0_3_response_is_null_or_absent_while_running() {
    assert_eq!(video("record-pending").output(), None);
    assert_eq!(video("record-pending-absent-keys").output(), None);
}

#[test]
fn processing_0_3_music_index_counts_from_zero() {
    assert_eq!(video("record-success-documented").music_index, Some(0));
    assert_eq!(video("record-success-sister").music_index, Some(1));
}

#[test]
fn a_finished_video_has_its_link_in_both_spellings_of_the_pages() {
    let record = video("record-success-documented");
    assert_eq!(record.task_id.as_ref().unwrap().as_str(), VIDEO_TASK);
    assert_eq!(record.music_id.as_ref().unwrap().as_str(), TRACK);
    assert_eq!(record.response.unwrap().video_url.as_deref(), Some(MP4));
    let callback = push::<MusicVideo>("create-music-video/complete");
    assert_eq!(callback.task_id.as_ref().unwrap().as_str(), VIDEO_TASK);
    assert_eq!(callback.state(), State::Complete);
    assert_eq!(callback.output().unwrap().items()[0].url.as_deref(), Some(MP4));
}

#[test]
fn a_failed_video_callback_has_a_null_link() {
    for (name, code) in [("create-music-video/error", 500), ("create-music-video/error-sister", 400)] {
        let callback = push::<MusicVideo>(name);
        assert_eq!(failure(callback.state()).code, Some(code), "{name}");
        assert_eq!(callback.output(), None, "{name}");
    }
    assert_eq!(push::<MusicVideo>("create-music-video/complete-sister").state(), State::Complete);
}

#[test]
fn a_video_of_an_unknown_track_is_refused_at_once() {
    let refusal = refusal("create-music-video/refusal-record-does-not-exist");
    assert_eq!((refusal.code(), refusal.message()), (422, "Record does not exist"));
    assert_eq!((refusal.kind(), refusal.charged()), (ErrorKind::Validation, Charged::No));
}

// ---- What all pages share

#[test]
fn common_2_a_401_has_no_data_key() {
    for name in ["envelope/401-without-data", "get-account-credits/refusal-unauthorized"] {
        let refusal = refusal(name);
        assert_eq!((refusal.kind(), refusal.charged()), (ErrorKind::Auth, Charged::No), "{name}");
        assert_eq!(refusal.message(), "You do not have access permissions", "{name}");
    }
    // The HTTP status of a real one is not known: it makes no difference.
    let body = fixture("envelope/401-without-data").body;
    let Err(Unopened::Refused(refusal)) = envelope::open::<Credits>(401, &body) else { panic!("a refusal") };
    assert_eq!((refusal.kind(), refusal.http_status()), (ErrorKind::Auth, 401));
}

#[test]
fn common_3_code_0_is_success_only_with_something_in_it() {
    let submit = fixture("create-music-video/response-placeholder").open::<Started<MusicVideo>>();
    assert!(matches!(submit, Err(Unopened::Unreadable(_))), "{submit:?}");
    let finished = push::<MusicVideo>("create-music-video/complete-code-0");
    assert_eq!((finished.code, finished.state()), (0, State::Complete));
    let placeholder = push::<MusicVideo>("create-music-video/placeholder");
    assert_ne!(placeholder.state(), State::Complete);
    assert_eq!(placeholder.output(), None);
}

#[test]
fn common_3_every_code_has_its_kind() {
    for (name, code, kind, charged) in [
        ("400-body", 400, ErrorKind::Validation, Charged::No),
        ("402-credits", 402, ErrorKind::InsufficientCredits, Charged::No),
        ("402-credits-later", 402, ErrorKind::InsufficientCredits, Charged::No),
        ("404-path", 404, ErrorKind::NotFound, Charged::No),
        ("409-exists", 409, ErrorKind::Conflict, Charged::No),
        ("413-too-long", 413, ErrorKind::Validation, Charged::No),
        ("429-rate", 429, ErrorKind::RateLimited, Charged::No),
        ("430-frequency", 430, ErrorKind::RateLimited, Charged::No),
        ("433-key-cap", 433, ErrorKind::QuotaExceeded, Charged::No),
        ("451-file", 451, ErrorKind::FileUnreachable, Charged::No),
        ("455-maintenance", 455, ErrorKind::Maintenance, Charged::No),
        ("500-http", 500, ErrorKind::Server, Charged::Unknown),
        ("500-required", 500, ErrorKind::Server, Charged::Unknown),
        ("505-switched-off", 505, ErrorKind::FeatureDisabled, Charged::No),
        ("531-refunded", 531, ErrorKind::TaskFailed, Charged::Refunded),
        ("code-unknown", 477, ErrorKind::Unknown, Charged::Unknown),
    ] {
        let refusal = refusal(&format!("envelope/{name}"));
        assert_eq!((refusal.code(), refusal.kind(), refusal.charged()), (code, kind, charged), "{name}");
    }
}

#[test]
fn common_3_an_empty_account_was_told_as_500_once() {
    let refusal = refusal("envelope/500-credits");
    assert_eq!((refusal.code(), refusal.kind()), (500, ErrorKind::InsufficientCredits));
}

#[test]
fn common_3_a_task_s_own_verdict_can_stand_on_the_envelope_of_a_look() {
    for (name, code) in [("refusal-task-timed-out-408", 408), ("refusal-task-failed-501", 501)] {
        let refusal = refusal(&format!("get-music-details/{name}"));
        assert_eq!((refusal.code(), refusal.kind()), (code, ErrorKind::TaskFailed));
        assert_eq!(refusal.charged(), Charged::Unknown);
    }
}

#[test]
fn common_4_a_text_about_call_frequency_is_a_rate_whatever_the_number() {
    assert_eq!(refusal("envelope/200-frequency-in-500").kind(), ErrorKind::RateLimited);
}

#[test]
fn common_5_the_balance_is_documented_as_an_integer_and_is_a_fraction_live() {
    let of = |name: &str| fixture(&format!("get-account-credits/{name}")).open::<Credits>().unwrap();
    assert_eq!(of("response-integer").get(), 873.0);
    assert_eq!(of("response-fraction").get(), 4211.75);
    assert_eq!((of("response-fraction") - Credits::new(0.4)).to_string(), "4211.35");
}

#[test]
fn common_7_the_task_id_stands_in_one_of_four_places() {
    for name in ["complete", "camel-case-id", "webhook-page", "snake-case-id-at-root"] {
        let callback = push::<Music>(&format!("generate-music/{name}"));
        assert_eq!(callback.task_id.as_ref().map(ToString::to_string).as_deref(), Some(TASK), "{name}");
    }
}

#[test]
fn common_7_the_snake_case_id_in_data_comes_first() {
    let body = br#"{"code":200,"task_id":"d","taskId":"c","data":{"callbackType":"text","taskId":"b","task_id":"a"}}"#;
    let callback = Callback::<Music>::parse(body).unwrap();
    assert_eq!(callback.task_id.unwrap().as_str(), "a");
}

#[test]
fn common_7_details_spell_the_callback_address_with_a_small_b() {
    assert_eq!(video("record-success-documented").callback_url.as_deref(), Some("https://hooks.example.net/kie"));
}

#[test]
fn an_envelope_need_not_be_complete() {
    let refusal_of = |name: &str| refusal(&format!("envelope/{name}"));
    assert_eq!((refusal_of("msg-missing").code(), refusal_of("msg-missing").message()), (422, ""));
    assert_eq!(refusal_of("data-empty-object").message(), "Please enter callBackUrl.");
    assert_eq!(refusal_of("code-as-text").code(), 422);
    let foreign = refusal_of("code-missing-http-503");
    assert_eq!((foreign.code(), foreign.has_envelope()), (503, false));
    assert_eq!((foreign.kind(), foreign.charged()), (ErrorKind::Server, Charged::Unknown));
}

#[test]
fn a_page_of_something_in_between_is_told_by_its_status_and_kept() {
    let refusal = refusal("envelope/html-502");
    assert_eq!((refusal.code(), refusal.has_envelope(), refusal.kind()), (502, false, ErrorKind::Server));
    assert!(refusal.body().contains("Bad gateway"));
    assert!(!format!("{refusal} {refusal:?}").contains("Bad gateway"));
    assert_eq!(self::refusal("envelope/empty-504").charged(), Charged::Unknown);
    for name in ["envelope/html-200", "envelope/empty-200", "envelope/truncated-200"] {
        let opened = fixture(name).open::<Option<MusicRecord>>();
        assert!(matches!(opened, Err(Unopened::Unreadable(_))), "{name}: {opened:?}");
    }
}
