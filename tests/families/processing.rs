//! Tests of lyrics, WAV files, stems and MIDI, with a client and the sandbox.

use std::{fs, path::Path};

use kie_sandbox::{Fault, Sandbox, Speed, TaskScript};
use kie_suno::{
    Client, Credits, Error, Task,
    callbacks::Callback,
    errors::RefusalKind,
    records::{Lyrics, Midi, Output, TaskState, VocalSeparation, WavConversion},
    requests::{ConvertToWav, GenerateLyrics, GenerateMidi, SeparateVocals, SeparationType, StemName, TaskEndpoint},
};
use tempfile::{TempDir, tempdir};

use crate::setup::stack::{called_back, instant, live, waltz};

/// Makes a song. Returns the id of its task and the id of one of its tracks.
async fn song(client: &Client) -> (String, String) {
    let task = client.start(waltz()).await.unwrap();
    let tracks = task.wait().await.unwrap();
    (task.id().to_string(), tracks[1].id.as_ref().unwrap().to_string())
}

/// Starts a task, waits for it and saves its files. Returns the task, the result of the task, and the content of each
/// file.
async fn made<E: TaskEndpoint>(
    client: &Client,
    request: E,
) -> (Task<E::Job>, <E::Job as kie_suno::records::Job>::Output, Vec<Vec<u8>>) {
    let task = client.start(request).await.unwrap();
    let output = task.wait().await.unwrap();
    let folder: TempDir = tempdir().unwrap();
    let saved = task.save(&output, folder.path()).await.unwrap();
    let files = saved.iter().map(|file| fs::read(&file.path).unwrap()).collect();
    (task, output, files)
}

async fn spent(client: &Client, before: Credits) -> f64 {
    (before - client.credits().await.unwrap()).get()
}

/// Returns the last callback about this task, from the sandbox's journal.
fn pushed<J: kie_suno::records::Job>(sandbox: &Sandbox, task: &Task<J>) -> Callback<J> {
    let deliveries = sandbox.callbacks();
    let delivery = deliveries.iter().rfind(|delivery| delivery.task_id == task.id().as_str()).expect("a callback");
    Callback::parse(delivery.body.to_string().as_bytes()).unwrap()
}

fn fails(status: &str, code: i64, message: &str) -> TaskScript {
    TaskScript::Fails { status: status.into(), code, message: message.into(), after: None }
}

fn extension(path: &Path) -> &str {
    path.extension().unwrap().to_str().unwrap()
}

#[tokio::test(start_paused = true)]
async fn lyrics_are_written_and_saved_as_text() {
    let (sandbox, client) = called_back(Speed::Live);
    let before = client.credits().await.unwrap();
    let (task, variants, files) = made(&client, GenerateLyrics::new("a slow waltz for two accordions")).await;
    assert_eq!(variants.len(), 2);
    assert_eq!(files[0], variants[0].text.as_ref().unwrap().as_bytes());
    assert!(files[0].starts_with(b"[Verse]\na slow waltz") && files[0] != files[1]);
    assert_eq!(spent(&client, before).await, 0.4);

    let callback = pushed(&sandbox, &task);
    assert_eq!((callback.state(), callback.output()), (TaskState::Complete, Some(variants.clone())));
    let folder = tempdir().unwrap();
    let first = task.save(&variants, folder.path()).await.unwrap();
    assert!(first.iter().all(|file| extension(&file.path) == "txt"));
    assert_eq!(task.save(&variants, folder.path()).await.unwrap(), first, "the same files under the same names");
}

#[tokio::test(start_paused = true)]
async fn refused_lyrics_say_why_in_the_record_and_in_the_callback() {
    let (sandbox, client) = called_back(Speed::Live);
    sandbox.script_task(fails("SENSITIVE_WORD_ERROR", 400, "Song Description flagged for moderation"));
    let task = client.start(GenerateLyrics::new("a theme")).await.unwrap();
    let Err(Error::Failed(failed)) = task.wait().await else { panic!("a failure") };
    assert_eq!(failed.failure().kind(), RefusalKind::Content);
    let body = &sandbox.callbacks()[0].body;
    assert_eq!((&body["code"], &body["data"]["callbackType"]), (&400.into(), &"complete".into()));
    assert!(matches!(pushed::<Lyrics>(&sandbox, &task).state(), TaskState::Failed(_)));
}

#[tokio::test(start_paused = true)]
async fn a_lyrics_submit_over_the_rate_is_retried_and_one_without_credits_is_not() {
    let (sandbox, client) = instant();
    let refuse = |code, msg: &str| Fault::Refuse { http_status: 200, code, msg: msg.into() };
    sandbox.fault("generate-lyrics", refuse(405, "Rate limit exceeded"));
    client.start(GenerateLyrics::new("a theme")).await.unwrap();
    assert_eq!((sandbox.requests("generate-lyrics").len(), sandbox.tasks().len()), (2, 1));

    sandbox.fault("generate-lyrics", refuse(429, "Insufficient credits"));
    let Err(Error::Api(error)) = client.start(GenerateLyrics::new("a theme")).await else { panic!("a refusal") };
    assert_eq!(error.kind(), RefusalKind::InsufficientCredits);
    assert_eq!((sandbox.requests("generate-lyrics").len(), sandbox.tasks().len()), (3, 1));
}

#[tokio::test(start_paused = true)]
async fn a_poll_of_lyrics_that_is_refused_with_400_ends_the_wait() {
    let (sandbox, client) = live();
    let task = client.start(GenerateLyrics::new("a theme")).await.unwrap();
    let msg = "Song Description contained artist name".into();
    sandbox.fault("get-lyrics-details", Fault::Refuse { http_status: 200, code: 400, msg });
    let Err(Error::Failed(failed)) = task.wait().await else { panic!("a failure") };
    assert_eq!((failed.failure().code, failed.failure().kind()), (Some(400), RefusalKind::Content));
}

#[tokio::test(start_paused = true)]
async fn a_track_is_converted_to_wav_once() {
    let (sandbox, client) = called_back(Speed::Live);
    let (task_id, track_id) = song(&client).await;
    let before = client.credits().await.unwrap();
    let request = || ConvertToWav::new(task_id.as_str(), track_id.as_str());
    sandbox.script_task(fails("GENERATE_WAV_FAILED", 500, "Internal Error - Please try again later."));
    let failed = client.start(request()).await.unwrap();
    assert!(matches!(failed.wait().await, Err(Error::Failed(_))));

    // If a conversion failed, the same request is accepted again. If the conversion succeeded, the same request is
    // refused as a duplicate.
    let (task, wav, files) = made(&client, request()).await;
    assert!(files[0].starts_with(b"RIFF") && &files[0][8..16] == b"WAVEfmt ");
    assert_eq!(spent(&client, before).await, 0.8);
    assert_eq!(pushed::<WavConversion>(&sandbox, &task).output(), Some(wav));
    let record = task.fetch().await.unwrap().unwrap();
    assert_eq!((record.music_index, record.music_id.unwrap().to_string()), (Some(1), track_id.clone()));
    let Err(Error::Api(error)) = client.start(request()).await else { panic!("a refusal") };
    assert_eq!(error.kind(), RefusalKind::Conflict);
    let Err(Error::Api(error)) = client.start(ConvertToWav::new(task_id, "no such track")).await else { panic!() };
    assert_eq!((error.code(), error.kind()), (422, RefusalKind::Validation));
}

#[tokio::test(start_paused = true)]
async fn a_track_is_separated_in_three_ways_at_three_prices() {
    let (sandbox, client) = called_back(Speed::Live);
    let (task_id, track_id) = song(&client).await;
    let request = || SeparateVocals::of_track(task_id.as_str(), track_id.as_str());
    for (request, count, price) in [
        (request(), 2, 10.0),
        (request().kind(SeparationType::SplitStem), 12, 50.0),
        (request().kind(SeparationType::SplitStemAdvanced).stem_name(StemName::LeadVocal), 2, 20.0),
    ] {
        let before = client.credits().await.unwrap();
        let (task, stems, files) = made(&client, request).await;
        assert_eq!((stems.items().len(), files.len()), (count, count));
        assert!(files.iter().all(|file| file.starts_with(b"ID3")));
        assert_eq!(spent(&client, before).await, price);
        let callback = pushed(&sandbox, &task);
        assert_eq!(callback.state(), TaskState::Complete);
        let links = |stems: &kie_suno::records::Stems| {
            let mut links: Vec<_> = stems.items().into_iter().filter_map(|item| item.url).collect();
            links.sort();
            links
        };
        assert_eq!(links(&callback.output().unwrap()), links(&stems));
    }
    let Err(Error::Api(error)) = client.start(SeparateVocals::of_track("none", "none")).await else { panic!() };
    assert_eq!((error.code(), error.kind()), (422, RefusalKind::Validation));
}

#[tokio::test(start_paused = true)]
async fn a_recording_is_separated_and_a_missing_one_fails_later() {
    let (sandbox, client) = called_back(Speed::Live);
    let (_, stems, _) = made(&client, SeparateVocals::of_recording("https://cdn.example.net/take3.mp3")).await;
    assert_eq!(stems.items().len(), 2);
    let task = client.start(SeparateVocals::of_recording("https://files.invalid/take3.mp3")).await.unwrap();
    let Err(Error::Failed(failed)) = task.wait().await else { panic!("a failure") };
    assert_eq!(failed.failure().kind(), RefusalKind::FileUnreachable);
    let callback = pushed::<VocalSeparation>(&sandbox, &task);
    assert_eq!((matches!(callback.state(), TaskState::Failed(_)), callback.output()), (true, None));
}

#[tokio::test(start_paused = true)]
async fn stems_become_a_midi_file() {
    let (sandbox, client) = called_back(Speed::Live);
    let (task_id, track_id) = song(&client).await;
    let (separation, stems, _) = made(&client, SeparateVocals::of_track(task_id.as_str(), track_id)).await;
    let before = client.credits().await.unwrap();

    let (task, notes, files) = made(&client, GenerateMidi::new(separation.id().as_str())).await;
    assert_eq!((notes.instruments.len(), files.len()), (2, 1));
    assert!(files[0].starts_with(b"MThd\0\0\0\x06\0\x01\0\x03\x01\xE0"));
    assert_eq!(pushed::<Midi>(&sandbox, &task).output(), Some(notes));
    let (_, notes, _) =
        made(&client, GenerateMidi::new(separation.id().as_str()).audio_id(stems.origin_data[1].id.clone().unwrap()))
            .await;
    assert_eq!(notes.instruments[0].name.as_deref(), Some("Instrumental"));
    assert_eq!(spent(&client, before).await, 0.0);

    // MIDI needs the task id of a vocal separation. This is the id of a music task, so the request is refused.
    let Err(Error::Api(error)) = client.start(GenerateMidi::new(task_id)).await else { panic!("a refusal") };
    assert_eq!((error.code(), error.kind()), (422, RefusalKind::Validation));
}

#[tokio::test(start_paused = true)]
async fn midi_that_fails_says_so_by_a_number() {
    let (sandbox, client) = called_back(Speed::Live);
    for (status, flag) in [("CREATE_TASK_FAILED", "2"), ("MIDI_FAILED", "3")] {
        sandbox.script_task(fails(status, 500, "MIDI generation failed"));
        let task = client.start(GenerateMidi::new("5c79****be8e")).await.unwrap();
        let Err(Error::Failed(failed)) = task.wait().await else { panic!("a failure") };
        assert_eq!((failed.failure().status.as_deref(), failed.failure().code), (Some(flag), Some(500)));
        assert!(matches!(pushed(&sandbox, &task).state(), TaskState::Failed(_)));
    }
}

#[tokio::test(start_paused = true)]
async fn an_undelivered_task_is_complete_or_is_polled_until_the_timeout() {
    let (sandbox, client) = live();
    for with_tracks in [true, false] {
        sandbox.script_task(TaskScript::Undelivered { with_tracks });
        let lyrics = client.start(GenerateLyrics::new("a theme")).await.unwrap();
        assert_eq!(lyrics.wait().await.is_ok(), with_tracks);
        sandbox.script_task(TaskScript::Undelivered { with_tracks });
        let stems = client.start(SeparateVocals::of_recording("https://cdn.example.net/take3.mp3")).await.unwrap();
        assert_eq!(stems.wait().await.is_ok(), with_tracks);
    }
    // In this test, the sandbox reports a status word that the SDK does not know. A task with such a word counts as
    // running.
    sandbox.script_task(TaskScript::UnknownStatus("7".into()));
    let midi = client.start(GenerateMidi::new("5c79****be8e")).await.unwrap();
    assert_eq!(midi.wait().await.unwrap().instruments.len(), 2);
}
