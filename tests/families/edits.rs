//! Tests of the operations on recordings and on sections of tracks. Most tests start a task, wait for it and save its
//! files. The others check refused requests and failed tasks.

use std::fs;

use kie_sandbox::{Sandbox, Speed, TaskScript};
use kie_suno::{
    Client, Error,
    errors::RefusalKind,
    records::{Music, Track},
    requests::{
        AddVocals, GenerateMashup, GenerateSounds, Model, ReplaceSection, SoundKey, TaskEndpoint, UploadAndCoverAudio,
        UploadAndExtendAudio,
    },
    types::{Callback, Charged, Endpoint, TaskState},
};
use serde_json::json;
use tempfile::tempdir;

use crate::setup::stack::{called_back, instant, waltz};

const A: &str = "https://cdn.example.net/a.mp3";
const B: &str = "https://cdn.example.net/b.mp3";
const LYRICS: &str = "[Verse]\nPaper boats";

/// Starts a task and waits for its tracks. Checks the price in credits, the number of tracks (`rows`), the saved files
/// and the last callback. Returns the tracks.
async fn made<E>(sandbox: &Sandbox, client: &Client, request: E, credits: f64, rows: usize) -> Vec<Track>
where
    E: TaskEndpoint<Job = Music>,
{
    let before = sandbox.balance();
    let task = client.start(request).await.unwrap();
    let tracks = task.wait().await.unwrap();
    assert_eq!((before - sandbox.balance()).get(), credits, "{}", E::NAME);
    assert_eq!(tracks.len(), rows, "{}", E::NAME);

    let folder = tempdir().unwrap();
    let saved = task.save(&tracks, folder.path()).await.unwrap();
    assert_eq!(saved.len(), rows, "{}", E::NAME);
    for file in saved {
        assert!(fs::read(&file.path).unwrap().starts_with(b"ID3"), "{}", E::NAME);
    }
    let last = sandbox.callbacks().pop().unwrap();
    let callback = Callback::<Music>::parse(last.body.to_string().as_bytes()).unwrap();
    assert_eq!((callback.state(), callback.data.tracks.len()), (TaskState::Complete, rows), "{}", E::NAME);
    tracks
}

/// Starts a task that fails. Returns the code of the failure, its kind, and whether the task was charged.
async fn failed<E>(client: &Client, request: E) -> (Option<i64>, RefusalKind, Charged)
where
    E: TaskEndpoint<Job = Music>,
{
    let error = client.start(request).await.unwrap().wait().await.unwrap_err();
    let Error::Failed(failed) = &error else { panic!("{error:?}") };
    (failed.failure().code, failed.failure().kind(), failed.failure().charged())
}

fn lasts(track: &Track) -> f64 {
    track.duration.unwrap().get()
}

#[tokio::test(start_paused = true)]
async fn a_recording_is_covered() {
    let (sandbox, client) = called_back(Speed::Instant);
    let song = UploadAndCoverAudio::song(Model::V5_5, A, "city pop", "Paper Boats", LYRICS).duration(60);
    let tracks = made(&sandbox, &client, song, 12.0, 2).await;
    assert!(tracks.iter().all(|track| track.title.as_deref() == Some("Paper Boats") && lasts(track) == 60.0));
    assert!(tracks.iter().all(|track| track.model() == Some(Model::V5_5)));
    let record = sandbox.tasks().pop().unwrap();
    let record = client.task::<Music>(record.id).fetch().await.unwrap().unwrap();
    assert_eq!(record.operation_type.as_deref(), Some("upload_cover"));
    assert_eq!(record.param.unwrap().parse::<UploadAndCoverAudio>().unwrap().upload_url, A);

    let simple = UploadAndCoverAudio::simple_instrumental(Model::V4, A, "for a brass band");
    let tracks = made(&sandbox, &client, simple, 12.0, 2).await;
    assert_eq!(tracks[0].prompt.as_deref(), Some("[Instrumental]"));
}

#[tokio::test(start_paused = true)]
async fn a_recording_is_extended() {
    let (sandbox, client) = called_back(Speed::Instant);
    let extend = UploadAndExtendAudio::instrumental(Model::V5, A, 41, "ambient techno", "Loop, continued");
    let tracks = made(&sandbox, &client, extend, 12.0, 2).await;
    assert!(tracks.iter().all(|track| lasts(track) > 41.0 + 89.0));
    let task = sandbox.tasks().pop().unwrap();
    let record = client.task::<Music>(task.id).fetch().await.unwrap().unwrap();
    assert_eq!(record.operation_type.as_deref(), Some("upload_extend"));
    made(&sandbox, &client, UploadAndExtendAudio::inherit(Model::V5, A, 41), 12.0, 2).await;
}

#[tokio::test(start_paused = true)]
async fn a_null_for_instrumental_is_refused_by_both_sides() {
    let (sandbox, client) = instant();
    let request = || {
        json!({
            "uploadUrl": A, "defaultParamFlag": false, "continueAt": 41, "model": "V5", "instrumental": null,
        })
    };
    let error = client.start_json::<UploadAndExtendAudio>(request()).await.unwrap_err();
    assert!(matches!(error, Error::Invalid(_)), "{error:?}");
    let error = client.start_json::<UploadAndExtendAudio>(request()).unchecked().await.unwrap_err();
    let Error::Api(refused) = &error else { panic!("{error:?}") };
    assert_eq!(refused.kind(), RefusalKind::Validation);
    assert!(sandbox.tasks().is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_voice_is_added() {
    let (sandbox, client) = called_back(Speed::Instant);
    let request = AddVocals::new(A, "Harbour (vocal)", "acoustic folk", "autotune", LYRICS);
    let tracks = made(&sandbox, &client, request, 12.0, 2).await;
    // If a request names no model, the service (here the sandbox) uses V4_5PLUS.
    assert_eq!(tracks[0].model(), Some(Model::V4_5Plus));
    assert_eq!((tracks[0].tags.as_deref(), tracks[0].prompt.as_deref()), (Some("acoustic folk"), Some(LYRICS)));
}

#[tokio::test(start_paused = true)]
async fn two_recordings_are_mashed_up() {
    let (sandbox, client) = called_back(Speed::Instant);
    let tracks = made(&sandbox, &client, GenerateMashup::simple(Model::V5, [A, B], "drums under a choir"), 12.0, 2);
    assert_eq!(tracks.await[0].title.as_deref(), Some("Drums under a"));
    let custom = GenerateMashup::instrumental(Model::V5_5, [A, B], "nu-disco", "A x B").duration(30);
    let tracks = made(&sandbox, &client, custom, 12.0, 2).await;
    assert_eq!((tracks[0].title.as_deref(), lasts(&tracks[0])), (Some("A x B"), 30.0));
}

#[tokio::test(start_paused = true)]
async fn a_sound_needs_no_callback_address() {
    let (sandbox, client) = called_back(Speed::Instant);
    let sound = GenerateSounds::new(Model::V5, "rusty gate, slow creak").sound_loop(true).sound_tempo(96);
    made(&sandbox, &client, sound.clone().sound_key(SoundKey::CMinor), 2.5, 2).await;
    let body = serde_json::to_value(&sound).unwrap();
    let host = kie_suno::requests::Host::Api;
    let raw = client.raw(kie_suno::requests::Method::Post, host, GenerateSounds::PATH, &body).await.unwrap();
    assert!(raw["taskId"].is_string());
}

#[tokio::test(start_paused = true)]
async fn a_section_is_replaced_in_a_track_and_in_an_upload() {
    let (sandbox, client) = called_back(Speed::Instant);
    let source = client.start(waltz()).await.unwrap();
    let track = source.wait().await.unwrap().remove(0);
    let track_id = track.id.clone().unwrap();
    let of = |range| {
        let id = source.id().clone();
        ReplaceSection::in_track(id, track_id.clone(), range, "waltz", "New Waltz", "[Chorus]\nNew", "[Chorus]\nNew")
    };
    let replaced = made(&sandbox, &client, of(10.0..20.0), 5.0, 1).await;
    assert_eq!((lasts(&replaced[0]), replaced[0].model()), (lasts(&track), Some(Model::V5)));
    assert_eq!(replaced[0].title.as_deref(), Some("New Waltz"));
    let kinds: Vec<_> =
        sandbox.callbacks().iter().skip(3).map(|callback| callback.body["data"]["callbackType"].clone()).collect();
    assert_eq!(kinds, ["complete"], "the only callback is the last one");

    let upload = ReplaceSection::in_upload(Model::V5, A, 0.0..10.0, "waltz", "New", "[Chorus]\nNew", "[Chorus]\nNew");
    made(&sandbox, &client, upload, 5.0, 1).await;

    let beyond = of(10.0..lasts(&track).ceil() + 1.0);
    assert_eq!(failed(&client, beyond).await, (Some(400), RefusalKind::Content, Charged::Unknown));
    let last = sandbox.callbacks().pop().unwrap().body;
    assert!(last["data"]["error"].is_string() && last["data"].get("data").is_none(), "{last}");
    let nobody = ReplaceSection::in_track("x", "y", 10.0..20.0, "waltz", "New", "[Chorus]\nNew", "[Chorus]\nNew");
    assert_eq!(failed(&client, nobody).await.0, Some(501));
}

#[tokio::test(start_paused = true)]
async fn a_section_without_the_whole_lyrics_is_refused_at_once() {
    let (sandbox, client) = instant();
    let section = ReplaceSection::in_track("x", "y", 10.0..20.0, "waltz", "New", "[Chorus]\nNew", "");
    let error = client.start(section).unchecked().await.unwrap_err();
    let Error::Api(refused) = &error else { panic!("{error:?}") };
    assert_eq!((refused.code(), refused.refusal().message()), (422, "fullLyrics cannot be blank"));
    assert!(sandbox.tasks().is_empty());
}

#[tokio::test(start_paused = true)]
async fn an_upload_that_cannot_be_fetched_is_accepted_and_fails() {
    let (_sandbox, client) = instant();
    const NOWHERE: &str = "https://nowhere.invalid/song.mp3";
    let lost = (Some(451), RefusalKind::FileUnreachable, Charged::Unknown);
    assert_eq!(failed(&client, UploadAndCoverAudio::simple(Model::V5, NOWHERE, "an idea")).await, lost);
    assert_eq!(failed(&client, UploadAndExtendAudio::inherit(Model::V5, NOWHERE, 41)).await, lost);
    assert_eq!(failed(&client, AddVocals::new(NOWHERE, "New", "polka", "edm", LYRICS)).await, lost);
    assert_eq!(failed(&client, GenerateMashup::simple(Model::V5, [A, NOWHERE], "an idea")).await, lost);
}

#[tokio::test(start_paused = true)]
async fn the_callback_of_a_failed_upload_has_an_empty_list() {
    let (sandbox, client) = called_back(Speed::Instant);
    let script = || TaskScript::Fails {
        status: "GENERATE_AUDIO_FAILED".into(),
        code: 531,
        message: "refunded".into(),
        after: None,
    };
    sandbox.script_task(script());
    let before = sandbox.balance();
    let cover = UploadAndCoverAudio::simple(Model::V5, A, "an idea");
    assert_eq!(failed(&client, cover).await.2, Charged::Refunded);
    assert_eq!(sandbox.balance(), before);
    assert_eq!(sandbox.callbacks().pop().unwrap().body["data"]["data"], json!([]));
    sandbox.script_task(script());
    failed(&client, AddVocals::new(A, "New", "polka", "edm", LYRICS)).await;
    assert_eq!(sandbox.callbacks().pop().unwrap().body["data"]["data"], json!(null));
}
