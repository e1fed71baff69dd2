//! Every operation on both routes, with the same normalised results.

use std::collections::BTreeMap;

use kie_sandbox::{Sandbox, Speed, TaskScript};
use kie_suno::{
    Client, Error, Route, Task,
    records::{Music, Report, Track},
    requests::{
        AddInstrumental, AddVocals, BoostMusicStyle, ConvertToWav, CoverSuno, CreateMusicVideo, ExtendMusic,
        GenerateLyrics, GenerateMashup, GenerateMidi, GenerateMusic, GeneratePersona, GenerateSounds,
        GetTimestampedLyrics, Model, RecoveryAudio, ReplaceSection, SeparateVocals, SunoVoiceCheckVoice,
        SunoVoiceGenerate, SunoVoiceRegenerate, SunoVoiceValidate, UploadAndCoverAudio, UploadAndExtendAudio,
    },
    types::{TaskEndpoint, catalog::OPERATIONS},
};
use serde_json::{Value, json};

use crate::setup::stack::client_of;

const CLIP: &str = "https://cdn.example.net/clip.mp3";
const LYRICS: &str = "[Verse]\nTram bells at dawn\nOne more stop";

/// Keys that only the classic route shows, by operation: the text of a sound, and the ids, lengths and list links of
/// stems. The other differences are the links and the model of the second track, which [`normal`] leaves out, and the
/// notes of MIDI tasks.
const DIFFERENCES: [(&str, &str); 4] = [
    ("generate-sounds", "text"),
    ("separate-vocals", "id"),
    ("separate-vocals", "durationS"),
    ("separate-vocals", "urls"),
];

/// Results of all operations on one route, by the names of the operations.
struct Run {
    client: Client,
    results: BTreeMap<&'static str, Value>,
}

impl Run {
    /// Starts a task, waits for it, and notes its report.
    async fn start<E: TaskEndpoint>(&mut self, request: E) -> Task<E::Job> {
        let task = self.client.start(request).await.unwrap();
        let report = match task.any().wait().await {
            Ok(report) => normal(E::NAME, &report),
            Err(error) => json!({ "error": error.to_string().replace(task.id().as_str(), "ID") }),
        };
        self.results.insert(E::NAME, report);
        task
    }

    fn note(&mut self, operation: &'static str, result: Value) {
        self.results.insert(operation, result);
    }
}

/// Returns a report without the values that differ from task to task: ids, links, times and lengths. The links to
/// Suno's own files are left out too, because records of the market route do not have them. The same holds for the model
/// of the second track.
fn normal(operation: &str, report: &Report) -> Value {
    let mut normal = serde_json::to_value(report).unwrap();
    for key in ["taskId", "keptUntil", "credits"] {
        normal.as_object_mut().unwrap().remove(key);
    }
    for (index, item) in normal["items"].as_array_mut().unwrap().iter_mut().enumerate() {
        let item = item.as_object_mut().unwrap();
        if index > 0 {
            item.remove("model");
        }
        for key in ["id", "url", "durationS"] {
            let is_there = item.get(key).is_some_and(|value| !value.is_null());
            item.insert(key.to_owned(), is_there.into());
        }
        let links = item.get("urls").and_then(Value::as_object).into_iter().flatten();
        let names: Vec<_> = links.map(|(name, _)| name.clone()).filter(|name| !name.starts_with("source")).collect();
        item.insert("urls".to_owned(), names.into());
        // The service chooses the words of a phrase.
        if operation.starts_with("suno-voice") {
            item.entry("text").and_modify(|text| *text = text.is_string().into());
        }
        item.retain(|key, _| !DIFFERENCES.contains(&(operation, key.as_str())));
    }
    // The two lists of stems have different orders.
    normal["items"].as_array_mut().unwrap().sort_by_key(|item| item["title"].to_string());
    normal
}

async fn song(run: &mut Run) -> (Task<Music>, Track) {
    let request = GenerateMusic::song(Model::V6, "chamber pop", "One More Stop", LYRICS).duration(60);
    let task = run.start(request).await;
    let tracks = task.wait().await.unwrap();
    (task, tracks[0].clone())
}

/// Calls every operation once.
async fn all(route: Route, sandbox: &Sandbox) -> BTreeMap<&'static str, Value> {
    let client = client_of(sandbox).route(route).build().unwrap();
    let mut run = Run { client, results: BTreeMap::new() };
    let (task, track) = song(&mut run).await;
    let (id, audio) = (task.id().clone(), track.id.clone().unwrap());

    run.start(ExtendMusic::song(Model::V6, audio.clone(), 20, "chamber pop", "Further", LYRICS)).await;
    run.start(UploadAndCoverAudio::song(Model::V6Mini, CLIP, "dub", "Cover", LYRICS).duration(30)).await;
    run.start(UploadAndExtendAudio::instrumental(Model::V6Wild, CLIP, 5, "dub", "Longer")).await;
    run.start(AddInstrumental::new(CLIP, "Under", "strings", "drums").model(Model::V6)).await;
    run.start(AddVocals::new(CLIP, LYRICS, "Over", "alto", "drums").model(Model::V6)).await;
    run.start(GenerateMashup::song(Model::V6, [CLIP, CLIP], "nu-disco", "A x B", LYRICS).duration(30)).await;
    run.start(GenerateSounds::new(Model::V6, "kettle starting to boil")).await;
    let section = ReplaceSection::in_track(id.clone(), audio.clone(), 10..25, "tango", "Patch", LYRICS, LYRICS);
    run.start(section).await;
    run.start(CoverSuno::new(id.clone())).await;
    run.start(RecoveryAudio::new(id.clone())).await;
    run.start(GenerateLyrics::new("two lighthouses")).await;
    run.start(ConvertToWav::new(id.clone(), audio.clone())).await;
    run.start(CreateMusicVideo::new(id.clone(), audio.clone())).await;
    let stems = run.start(SeparateVocals::of_track(id.clone(), audio.clone())).await;
    run.start(GenerateMidi::new(stems.id().clone())).await;

    let persona = GeneratePersona::new(id.clone(), audio.clone(), "Tram singer", "warm alto");
    let persona = run.client.call(persona).await.unwrap();
    run.note("generate-persona", json!(persona.name));
    let style = run.client.call(BoostMusicStyle::new("dusty soul")).await.unwrap();
    run.note("boost-music-style", json!(style.result));
    let timed = run.client.call(GetTimestampedLyrics::new(id, audio)).await.unwrap();
    run.note("get-timestamped-lyrics", json!(timed.aligned_words));

    let phrase = run.start(SunoVoiceValidate::new(CLIP, 4, 19)).await;
    let voice = run.start(SunoVoiceGenerate::new(phrase.id().clone(), CLIP)).await;
    let checked = run.client.call(SunoVoiceCheckVoice::new(voice.id().clone())).await.unwrap();
    run.note("suno-voice-check-voice", json!(checked));
    let other = run.client.start(SunoVoiceValidate::new(CLIP, 4, 19)).await.unwrap();
    other.wait().await.unwrap();
    // Only after a failed attempt, the phrase can be made anew.
    sandbox.script_task(TaskScript::Fails { status: "fail".into(), code: 500, message: "unclear".into(), after: None });
    let attempt = run.client.start(SunoVoiceGenerate::new(other.id().clone(), CLIP)).await.unwrap();
    attempt.wait().await.unwrap_err();
    run.start(SunoVoiceRegenerate::new(other.id().clone())).await;
    run.results
}

#[tokio::test(start_paused = true)]
async fn both_routes_give_the_same_results() {
    let sandbox = |inline| {
        Sandbox::builder().speed(Speed::Instant).credits(kie_suno::Credits::new(5_000.0)).market_inline(inline).build()
    };
    let (one, other) = (sandbox(true), sandbox(false));
    let mut classic = all(Route::Classic, &one).await;
    let started: Vec<_> = OPERATIONS.iter().filter(|known| known.market.is_some()).map(|known| known.name).collect();
    assert_eq!(started.len(), 23);
    for name in &started {
        assert!(classic.contains_key(name), "{name} was not called");
    }
    classic.remove("generate-midi");
    // Once with results in the responses, and once with tasks that make the results.
    for sandbox in [&one, &other] {
        let mut market = all(Route::Market, sandbox).await;
        // The records of MIDI tasks have no notes on the market route: only the callback has them.
        let midi = market.remove("generate-midi").unwrap().to_string();
        assert!(midi.contains("comes only in its callback"), "{midi}");
        for (operation, result) in &market {
            assert_eq!(classic.get(operation), Some(result), "{operation}");
        }
        assert_eq!(market.len(), classic.len());
        for operation in &started {
            let paths: Vec<_> = sandbox.requests(operation).iter().map(|request| request.path.clone()).collect();
            assert!(paths.iter().any(|path| path == "/api/v1/jobs/createTask"), "{operation}: {paths:?}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn an_operation_with_a_route_of_its_own_takes_it() {
    let sandbox = Sandbox::builder().speed(Speed::Instant).build();
    let client = client_of(&sandbox).route(Route::Market).route_for::<GenerateLyrics>(Route::Classic).build().unwrap();
    let paths = |operation| sandbox.requests(operation).iter().map(|request| request.path.clone()).collect::<Vec<_>>();
    let lyrics = client.start(GenerateLyrics::new("fog")).await.unwrap();
    assert_eq!((lyrics.route(), lyrics.wait().await.unwrap().len() > 1), (Route::Classic, true));
    let lyrics = client.start(GenerateLyrics::new("fog")).route(Route::Market).await.unwrap();
    assert_eq!((lyrics.route(), lyrics.wait().await.unwrap().len() > 1), (Route::Market, true));
    assert_eq!(paths("generate-lyrics"), ["/api/v1/lyrics", "/api/v1/jobs/createTask"]);
    // The balance has one address, whatever the route is.
    assert!(client.credits().await.unwrap().get() > 0.0);
    // A saved id is read on the route that made its task.
    let saved = client.task::<kie_suno::records::Lyrics>(lyrics.id().as_str());
    assert_eq!(saved.route(), Route::Market);
    assert!(saved.fetch().await.unwrap().is_some());
    assert!(matches!(saved.on(Route::Classic).fetch().await, Ok(None) | Err(Error::Api(_))));
}
