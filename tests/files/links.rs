//! Tests of the links to a file: if the host of one link does not serve the file, the client saves the song from
//! another link.

use std::{fs, time::Duration};

use kie_sandbox::{FILES, Fault, Received, Sandbox, Speed, TaskScript};
use kie_suno::{
    Client, Error, Polling, Task,
    files::{Doubt, SaveOutcome, SavedFile},
    receipts::{Ledger, ReceiptKey, ReceiptState},
    records::{Music, Timestamp, Track},
    transport::{
        Body,
        http::{Request, Response},
    },
};
use tempfile::tempdir;
use tokio::time::Instant;

use crate::setup::stack::{client_of, instant, waltz, with_ledger};

/// Lets the sandbox answer with this fault to each request for a file in one of these folders.
fn break_folders(sandbox: &Sandbox, folders: &'static [&'static str], fault: Fault) {
    let is_broken = move |request: &Received| folders.iter().any(|folder| request.path.starts_with(folder));
    sandbox.faults(move |request| is_broken(request).then(|| fault.clone()));
}

/// Returns the folders of the files that were requested, in the order of the requests.
fn requested(sandbox: &Sandbox) -> Vec<String> {
    let folder = |request: Received| request.path.split('/').nth(1).unwrap().to_owned();
    sandbox.requests(FILES).into_iter().map(folder).collect()
}

/// Starts a task and waits for it. Returns the task, and a list that contains only its first track.
async fn song(client: &Client) -> (Task<Music>, Vec<Track>) {
    let task = client.start(waltz()).await.unwrap();
    let mut tracks = task.wait().await.unwrap();
    tracks.truncate(1);
    (task, tracks)
}

fn link(file: &SavedFile) -> Option<&str> {
    file.link.as_deref()
}

#[tokio::test(start_paused = true)]
async fn a_broken_host_costs_its_link_and_not_the_song() {
    for fault in [
        Fault::error_page(403),
        Fault::error_page(404),
        Fault::error_page(410),
        Fault::error_page(200),
        Fault::EmptyBody,
        Fault::HalfBody,
    ] {
        let (sandbox, client) = instant();
        let folder = tempdir().unwrap();
        let (task, tracks) = song(&client).await;
        // The operation `download-url` gives a fresh link. This link leads to the same broken folder as the first link,
        // so the file of the next link is saved.
        break_folders(&sandbox, &["/files/"], fault.clone());
        let saved = task.save(&tracks, folder.path()).await.unwrap();
        assert_eq!((link(&saved[0]), saved[0].doubt), (Some("sourceAudioUrl"), None), "{fault:?}");
        assert_eq!(requested(&sandbox), ["files", "files", "sources"], "{fault:?}");
        assert_eq!(sandbox.requests("download-url").len(), 1, "{fault:?}");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1, "{fault:?}");

        // Only the first request fails.
        let (sandbox, client) = instant();
        let (task, tracks) = song(&client).await;
        sandbox.fault(FILES, fault.clone());
        let saved = task.save(&tracks, folder.path()).await.unwrap();
        assert_eq!((link(&saved[0]), saved[0].doubt), (Some("download-url"), None), "{fault:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_stream_is_the_last_resort_and_does_not_close_the_receipt() {
    let (sandbox, ledger, client) = with_ledger();
    let folder = tempdir().unwrap();
    let (task, _) = song(&client).await;
    let tracks = task.wait().await.unwrap();
    break_folders(&sandbox, &["/files/", "/sources/"], Fault::EmptyBody);
    let begun = Instant::now();
    let saved = task.save(&tracks, folder.path()).await.unwrap();
    assert!(saved.iter().all(|file| link(file) == Some("streamAudioUrl") && file.doubt == Some(Doubt::Stream)));
    let grace = Polling::default().file_grace;
    assert!(begun.elapsed() > grace / 2 && begun.elapsed() <= grace, "{:?}", begun.elapsed());
    let state = async || ledger.find(ReceiptKey::Id(task.receipt().unwrap())).await.unwrap().unwrap().state;
    assert_eq!(state().await, ReceiptState::Complete, "the finished files may be served later");

    sandbox.faults(|_| None);
    let reports = client.save_all(folder.path()).await.unwrap();
    let SaveOutcome::Saved(files) = &reports[0].outcome else { panic!("{reports:?}") };
    assert!(files.iter().all(|file| link(file) == Some("audioUrl") && file.doubt.is_none()), "{files:?}");
    assert_eq!(state().await, ReceiptState::Saved);
}

#[tokio::test(start_paused = true)]
async fn a_file_that_is_served_late_is_waited_for() {
    for late in [1, 30, 120] {
        let (sandbox, client) = instant();
        let folder = tempdir().unwrap();
        sandbox.script_task(TaskScript::ServedAfter(Duration::from_secs(late)));
        let (task, tracks) = song(&client).await;
        let saved = task.save(&tracks, folder.path()).await.unwrap();
        assert_eq!((link(&saved[0]), saved[0].doubt), (Some("audioUrl"), None), "{late}");
        let times: Vec<_> = sandbox.requests(FILES).iter().map(|request| request.at.as_secs()).collect();
        assert!(times.len() < 40 && times[times.len() - 1] < late + 20, "{times:?}");
    }

    // After the grace period, the client does not wait any longer for the file. It saves the stream instead.
    let (sandbox, client) = instant();
    let folder = tempdir().unwrap();
    sandbox.script_task(TaskScript::ServedAfter(Duration::from_secs(600)));
    let (task, tracks) = song(&client).await;
    let saved = task.save(&tracks, folder.path()).await.unwrap();
    assert_eq!(saved[0].doubt, Some(Doubt::Stream));
}

#[tokio::test(start_paused = true)]
async fn a_file_of_an_old_task_is_not_waited_for() {
    let hour = Duration::from_secs(60 * 60);
    let start = Timestamp::from_millis(1_770_000_000_000).system_time().unwrap();
    let sandbox = Sandbox::builder().speed(Speed::Instant).start_time(start).build();
    let client = client_of(&sandbox).build().unwrap();
    let folder = tempdir().unwrap();
    sandbox.script_task(TaskScript::ServedAfter(hour));
    let (task, mut tracks) = song(&client).await;
    tracks[0].stream_audio_url = None;
    tracks[0].source_stream_audio_url = None;
    let begun = Instant::now();
    let error = task.save(&tracks, folder.path()).await.unwrap_err();
    assert!(matches!(&error, Error::Save(save) if save.missing() == 1), "{error:?}");
    assert!(begun.elapsed() < Duration::from_secs(1), "{:?}", begun.elapsed());
    // The service gives no fresh link to a file that its host does not have.
    assert_eq!(requested(&sandbox), ["files", "sources"]);
}

#[tokio::test(start_paused = true)]
async fn a_short_file_is_kept_and_told_if_no_link_serves_a_longer_one() {
    let (sandbox, ledger, client) = with_ledger();
    let folder = tempdir().unwrap();
    let (task, tracks) = song(&client).await;
    let whole = task.save(&tracks, folder.path()).await.unwrap();
    break_folders(&sandbox, &["/files/", "/sources/", "/stream/"], Fault::HalfBody);
    let (task, tracks) = song(&client).await;
    let saved = task.save(&tracks, folder.path()).await.unwrap();
    let expected = tracks[0].duration.unwrap().get().round() as u64;
    let Some(Doubt::TooShort { expected_s, found_s }) = saved[0].doubt else { panic!("{saved:?}") };
    assert!(expected_s == expected && found_s.abs_diff(expected / 2) <= 1, "{saved:?}");
    assert_eq!(saved[0].doubt.unwrap().to_string(), format!("plays {found_s} s instead of {expected_s} s"));
    assert!(whole[0].doubt.is_none() && fs::metadata(&saved[0].path).unwrap().len() == saved[0].bytes);
    let receipt = ledger.find(ReceiptKey::Id(task.receipt().unwrap())).await.unwrap().unwrap();
    assert_eq!(receipt.state, ReceiptState::Saved);
}

/// Returns an MP4 file of 2.5 seconds with one track. `kind_of_track` is `soun` for audio or `vide` for video. The
/// brand `isom` of the file can stand for both.
fn mp4(kind_of_track: &[u8; 4]) -> Vec<u8> {
    let boxed = |name: &[u8; 4], content: &[u8]| {
        [&u32::try_from(content.len() + 8).unwrap().to_be_bytes(), &name[..], content].concat()
    };
    let header = [&[0; 12][..], &1_000_u32.to_be_bytes(), &2_500_u32.to_be_bytes(), &[0; 80]].concat();
    let handler = boxed(b"hdlr", &[&[0; 8][..], kind_of_track, &[0; 12]].concat());
    let movie = [boxed(b"mvhd", &header), boxed(b"trak", &boxed(b"mdia", &handler))].concat();
    [boxed(b"ftyp", b"isom\0\0\0\0"), boxed(b"moov", &movie), boxed(b"mdat", &[0; 100])].concat()
}

#[tokio::test(start_paused = true)]
async fn an_mp4_file_is_named_by_its_tracks() {
    for (kind, extension) in [(b"soun", "m4a"), (b"vide", "mp4")] {
        let host = move |_: Request<Body>| async move {
            let content = mp4(kind);
            Ok(Response::builder().header("content-length", content.len()).body(content).unwrap())
        };
        let client = Client::builder().api_key("key").http(host).build().unwrap();
        let folder = tempdir().unwrap();
        let track = r#"{"id": "7d0f3c52", "audioUrl": "https://files.example/song", "duration": 2.5}"#;
        let tracks: Vec<Track> = vec![serde_json::from_str(track).unwrap()];
        let saved =
            client.task::<Music>("4be1c0d29f7a4f7f8d0b6c1e2a3f4d5e").save(&tracks, folder.path()).await.unwrap();
        assert_eq!((saved[0].path.extension().unwrap().to_str(), saved[0].doubt), (Some(extension), None));
    }
}
