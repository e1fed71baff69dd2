//! Tests of personas, styles, timed lyrics, covers and recovery (new links in place of expired ones), with a client and
//! the sandbox.

use std::fs;

use kie_sandbox::{Sandbox, Speed, TaskScript};
use kie_suno::{
    Client, Credits, Error, Task,
    errors::RefusalKind,
    records::{Music, Outcome, RecoveryStatus, SungWord, Track},
    requests::{
        BoostMusicStyle, CoverSuno, GenerateMusic, GeneratePersona, GetRecoveryAudioDetails, GetTimestampedLyrics,
        Model, RecoveryAudio,
    },
};
use tempfile::tempdir;

use crate::setup::stack::{called_back, instant, live, waltz};

async fn song(client: &Client) -> (Task<Music>, Vec<Track>) {
    let lyrics = "[Verse]\nTram bells at dawn\nOne more stop\n\n[Chorus]\nHold the light";
    let request = GenerateMusic::song(Model::V5, "chamber pop", "One More Stop", lyrics);
    let task = client.start(request).await.unwrap();
    let tracks = task.wait().await.unwrap();
    (task, tracks)
}

fn spent(sandbox: &Sandbox) -> f64 {
    (Credits::new(1_000.0) - sandbox.balance()).get()
}

fn refused(error: Error) -> (i64, RefusalKind, String) {
    match error {
        Error::Api(error) => (error.code(), error.kind(), error.refusal().message().to_owned()),
        other => panic!("{other:?}"),
    }
}

#[tokio::test(start_paused = true)]
async fn a_persona_is_made_once_of_a_finished_track() {
    let (_sandbox, client) = live();
    let task = client.start(waltz()).await.unwrap();
    let persona = |track: &str| GeneratePersona::new(task.id().clone(), track, "Tram singer", "warm alto");
    let early = client.call(persona("unknown")).await.unwrap_err();
    assert_eq!(refused(early), (422, RefusalKind::Validation, "Music does not exist".into()));

    let tracks = task.wait().await.unwrap();
    let track = tracks[0].id.clone().unwrap();
    let made = client.call(persona(track.as_str())).await.unwrap();
    assert_eq!((made.persona_id.as_str().len(), made.name.as_deref()), (32, Some("Tram singer")));
    let song = GenerateMusic::instrumental(Model::V5, "chamber pop", "Stairs").persona_id(made.persona_id);
    client.start(song).await.unwrap();
    let again = client.call(persona(track.as_str())).await.unwrap_err();
    assert_eq!(refused(again).1, RefusalKind::Conflict);
}

#[tokio::test(start_paused = true)]
async fn a_style_and_timed_lyrics_are_paid_for_and_answered_at_once() {
    let (sandbox, client) = instant();
    let style = client.call(BoostMusicStyle::new("dusty soul")).await.unwrap();
    assert!(style.result.unwrap().starts_with("dusty soul"));
    assert_eq!((style.credits_consumed, style.credits_remaining), (Some(Credits::new(0.4)), Some(sandbox.balance())));
    assert_eq!(style.create_time.unwrap().as_millis().map(|millis| millis > 0), Some(true));
    assert_eq!(spent(&sandbox), 0.4);

    let (task, tracks) = song(&client).await;
    let track = tracks[1].id.clone().unwrap();
    let lyrics = client.call(GetTimestampedLyrics::new(task.id().clone(), track)).await.unwrap();
    assert_eq!(spent(&sandbox), 12.9);
    assert_eq!(lyrics.aligned_words.len(), 10);
    assert_eq!(lyrics.aligned_words[0].word.as_deref(), Some("[Verse]\nTram "));
    let lrc = lyrics.to_lrc();
    let lines: Vec<_> = lrc.lines().filter_map(|line| line.split_once(']')).map(|(_, text)| text).collect();
    assert_eq!(lines, ["Tram bells at dawn", "One more stop", "Hold the light"]);
    assert!(lyrics.to_srt().contains(" --> "));
    let words = lyrics.sung_words();
    let starts: Vec<_> = words.iter().map(|word| word.start_ms).collect();
    assert!(starts.is_sorted() && starts[1] > 0, "{starts:?}");
    let put = |mut text: String, word: &SungWord| {
        text.push_str(if word.starts_line && !text.is_empty() { "\n" } else { "" });
        text + &word.text
    };
    let text = words.iter().fold(String::new(), put);
    assert_eq!((words.len(), text.lines().collect::<Vec<_>>()), (10, lines), "the words make up the lines");

    let unknown = client.call(GetTimestampedLyrics::new(task.id().clone(), "unknown")).await.unwrap_err();
    assert_eq!(refused(unknown).2, "The corresponding record does not exist");
    assert_eq!(spent(&sandbox), 12.9);
}

#[tokio::test(start_paused = true)]
async fn covers_are_drawn_once_and_saved() {
    let (sandbox, client) = called_back(Speed::Live);
    let (song, _) = song(&client).await;
    let task = client.start(CoverSuno::new(song.id().clone())).await.unwrap();
    assert_eq!(task.fetch().await.unwrap().unwrap().success_flag.unwrap().as_str(), "0");
    tokio::time::sleep(std::time::Duration::from_secs(20)).await;
    assert_eq!(task.fetch().await.unwrap().unwrap().success_flag.unwrap().as_str(), "2");
    let covers = task.wait().await.unwrap();
    assert_eq!(covers.images.len(), 2);
    assert_eq!(task.fetch().await.unwrap().unwrap().parent_task_id.as_ref(), Some(song.id()));

    let folder = tempdir().unwrap();
    let saved = task.save(&covers, folder.path()).await.unwrap();
    assert_eq!(saved.len(), 2);
    assert!(saved.iter().all(|file| fs::read(&file.path).unwrap().starts_with(b"\xFF\xD8\xFF")));

    let again = client.start(CoverSuno::new(song.id().clone())).await.unwrap();
    assert_eq!(again.id(), task.id());
    assert_eq!(sandbox.tasks().len(), 2, "a song and its covers");
    let callback = sandbox.callbacks().pop().unwrap();
    let callback =
        kie_suno::callbacks::Callback::<kie_suno::records::Cover>::parse(callback.body.to_string().as_bytes()).unwrap();
    assert_eq!((callback.task_id.as_ref(), callback.output()), (Some(task.id()), Some(covers)));

    let unknown = client.start(CoverSuno::new("unknown")).await.unwrap_err();
    assert_eq!(refused(unknown), (422, RefusalKind::Validation, "Original music record does not exist".into()));
    let homeless = client.call(CoverSuno::new(song.id().clone()).call_back_url("")).unchecked().await.unwrap_err();
    assert_eq!(refused(homeless).2, "Please enter callBackUrl");
}

#[tokio::test(start_paused = true)]
async fn covers_fail_with_the_service_s_words() {
    let (sandbox, client) = live();
    let (song, _) = song(&client).await;
    sandbox.script_task(TaskScript::Fails {
        status: "3".into(),
        code: 500,
        message: "Internal error".into(),
        after: None,
    });
    let task = client.start(CoverSuno::new(song.id().clone())).await.unwrap();
    let Error::Failed(failed) = task.wait().await.unwrap_err() else { panic!("not failed") };
    assert_eq!((failed.failure().code, failed.failure().message.as_deref()), (Some(500), Some("Internal error")));
}

#[tokio::test(start_paused = true)]
async fn old_tracks_get_new_links() {
    let (sandbox, client) = called_back(Speed::Live);
    let (song, tracks) = song(&client).await;
    let task = client.start(RecoveryAudio::new(song.id().clone())).await.unwrap();
    assert_eq!(task.fetch().await.unwrap().unwrap().code, Some(201));
    assert_eq!(task.report().await.unwrap().outcome, Outcome::Running);
    let recovered = task.wait().await.unwrap();
    assert!(recovered.iter().zip(&tracks).all(|(new, old)| new.id == old.id && new.audio_url.is_some()));
    assert!(recovered.iter().all(|track| track.status == Some(RecoveryStatus::Success)));

    let folder = tempdir().unwrap();
    let saved = task.save(&recovered, folder.path()).await.unwrap();
    assert!(saved.len() == 2 && saved.iter().all(|file| fs::read(&file.path).unwrap().starts_with(b"ID3")));
    let callback = sandbox.callbacks().pop().unwrap();
    assert!(callback.body["data"].is_array() && callback.body["task_id"] == task.id().as_str());

    let unknown = client.start(RecoveryAudio::new("unknown")).await.unwrap_err();
    assert_eq!(refused(unknown), (500, RefusalKind::NotFound, "The original Suno task does not exist.".into()));
    assert_eq!(sandbox.requests("recovery-audio").len(), 2, "neither was sent twice");
}

#[tokio::test(start_paused = true)]
async fn a_failed_recovery_is_not_sent_again() {
    let (sandbox, client) = live();
    // A recovery fails if no track of its song is finished. This song has just been started.
    let song = client.start(waltz()).await.unwrap();
    let task = client.start(RecoveryAudio::new(song.id().clone())).await.unwrap();
    tokio::time::sleep(std::time::Duration::from_secs(20)).await;
    let record = client.call(GetRecoveryAudioDetails::new(task.id().clone())).await.unwrap().unwrap();
    assert_eq!(record.tracks()[0].error.as_deref(), Some("clip_not_complete"));
    assert_eq!(sandbox.requests("get-recovery-audio-details").len(), 1);
    let Error::Failed(failed) = task.wait().await.unwrap_err() else { panic!("not failed") };
    assert_eq!((failed.failure().code, failed.items().len()), (Some(500), 2));
    assert_eq!(sandbox.requests("get-recovery-audio-details").len(), 2);

    let unknown = client.call(GetRecoveryAudioDetails::new("unknown")).await;
    assert_eq!(unknown.unwrap(), None);
    assert_eq!(sandbox.requests("get-recovery-audio-details").len(), 3);
}
