//! Tests of saving: each file is complete or missing, no file is overwritten, and no key is sent to the file host.

use std::{
    fs,
    path::Path,
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering::SeqCst},
    },
    time::Duration,
};

use kie_sandbox::{FILES, Fault};
use kie_suno::{
    Client, Error, HttpService, Retry, Task,
    files::media_duration,
    records::{Music, Track},
    transport::{
        Body, ErrorKind, HttpFuture,
        http::{Request, Response},
    },
};
use serde_json::json;
use tempfile::tempdir;

use crate::setup::stack::{client_of, instant, linked, waltz, with_ledger};

fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<_> =
        fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

#[tokio::test(start_paused = true)]
async fn both_tracks_are_saved_whole_and_without_the_key() {
    let (sandbox, client) = instant();
    let folder = tempdir().unwrap();
    let songs = folder.path().join("new/songs");
    let task = client.start(waltz()).await.unwrap();
    let tracks = task.wait().await.unwrap();
    let saved = task.save(&tracks, &songs).await.unwrap();

    assert_eq!(saved.len(), 2);
    for (file, track) in saved.iter().zip(&tracks) {
        assert_eq!(file.id.as_deref(), track.id.as_ref().map(kie_suno::requests::AudioId::as_str));
        let bytes = fs::read(&file.path).unwrap();
        assert_eq!(bytes.len() as u64, file.bytes);
        assert!(bytes.starts_with(b"ID3") && file.path.extension().unwrap() == "mp3");
    }
    assert_eq!(names(&songs).len(), 2, "two names, and no temporary file");
    assert!(sandbox.requests("generate-music").iter().all(|request| request.bearer));
    let files = sandbox.requests(FILES);
    assert!(files.len() == 2 && files.iter().all(|request| !request.bearer));
}

#[tokio::test(start_paused = true)]
async fn a_cover_is_fetched_into_memory_without_the_key_and_leaves_no_file() {
    let (sandbox, client) = instant();
    let folder = tempdir().unwrap();
    let task = client.start(waltz()).await.unwrap();
    task.wait().await.unwrap();
    let (task, item) = (task.any(), task.report().await.unwrap().items.remove(0));
    let image = task.cover_image(&item, folder.path(), 1 << 20).await.unwrap().unwrap();
    assert!(image.starts_with(b"\xff\xd8\xff"), "a JPEG image");
    assert_eq!(task.cover_image(&item, folder.path(), image.len() as u64).await.unwrap(), Some(image.clone()));
    let error = task.cover_image(&item, folder.path(), image.len() as u64 - 1).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::TooLarge, "{error}");
    let without = {
        let mut item = item.clone();
        item.urls.clear();
        item
    };
    assert_eq!(task.cover_image(&without, folder.path(), 1 << 20).await.unwrap(), None);
    assert_eq!(names(folder.path()), [""; 0]);
    assert!(sandbox.requests(FILES).iter().all(|request| !request.bearer));
}

#[tokio::test(start_paused = true)]
async fn the_duration_of_a_local_file_is_that_of_its_data() {
    let (_sandbox, client) = instant();
    let folder = tempdir().unwrap();
    let task = client.start(waltz()).await.unwrap();
    let tracks = task.wait().await.unwrap();
    let saved = task.save(&tracks, folder.path()).await.unwrap();
    let duration = media_duration(&saved[0].path).await.unwrap();
    assert!((duration - tracks[0].duration.unwrap().get()).abs() < 1.0, "{duration} s");
    let half = folder.path().join("half");
    fs::write(&half, &fs::read(&saved[0].path).unwrap()[..saved[0].bytes as usize / 2]).unwrap();
    assert!(media_duration(&half).await.unwrap() < 0.75 * duration);
    fs::write(&half, "a text that is no audio").unwrap();
    for other in [half.as_path(), folder.path(), &folder.path().join("missing")] {
        assert_eq!(media_duration(other).await, None);
    }
}

#[tokio::test(start_paused = true)]
async fn saving_again_keeps_the_files_and_replaces_none() {
    let (_sandbox, client) = instant();
    let folder = tempdir().unwrap();
    let task = client.start(waltz()).await.unwrap();
    let tracks = task.wait().await.unwrap();
    let first = task.save(&tracks, folder.path()).await.unwrap();
    assert_eq!(task.save(&tracks, folder.path()).await.unwrap(), first, "the same files under the same names");

    fs::write(&first[0].path, "the user's notes").unwrap();
    let third = task.save(&tracks, folder.path()).await.unwrap();
    assert!(third[0].path.to_str().unwrap().ends_with(" (2).mp3"));
    assert_eq!(fs::read(&first[0].path).unwrap(), b"the user's notes");
    assert_eq!(names(folder.path()).len(), 3);
}

#[cfg(unix)]
#[tokio::test(start_paused = true)]
async fn a_name_that_cannot_be_read_is_used_by_another_file() {
    let (_sandbox, client) = instant();
    let folder = tempdir().unwrap();
    let task = client.start(waltz()).await.unwrap();
    let tracks = task.wait().await.unwrap();
    let plain = task.save(&tracks, folder.path()).await.unwrap().remove(0).path;
    for target in ["missing", plain.to_str().unwrap()] {
        fs::remove_file(&plain).unwrap();
        // The first link leads to no file, and the second to itself.
        std::os::unix::fs::symlink(target, &plain).unwrap();
        let saved = task.save(&tracks, folder.path()).await.unwrap();
        assert!(saved[0].path.to_str().unwrap().ends_with(" (2).mp3"), "{saved:?}");
        assert!(fs::symlink_metadata(&plain).unwrap().is_symlink(), "the link is not replaced");
    }
    assert!(!folder.path().join("missing").exists());
}

#[tokio::test(start_paused = true)]
async fn temporary_files_of_killed_processes_are_deleted() {
    let (_sandbox, _ledger, client) = with_ledger();
    let folder = tempdir().unwrap();
    let old = std::time::SystemTime::now() - Duration::from_secs(3 * 60 * 60);
    let write = |name: &str, time| {
        let file = fs::File::create(folder.path().join(name)).unwrap();
        file.set_modified(time).unwrap();
    };
    for is_one_task in [true, false] {
        write(".kie-0123456789abcdef.part", old);
        write(".kie-fedcba9876543210.part", std::time::SystemTime::now());
        write(".kie-my-own-notes.part", old);
        let task = client.start(waltz()).await.unwrap();
        if is_one_task {
            let tracks = task.wait().await.unwrap();
            task.save(&tracks, folder.path()).await.unwrap();
        } else {
            client.save_all(folder.path()).await.unwrap();
        }
        let kept: Vec<_> = names(folder.path()).into_iter().filter(|name| name.starts_with(".kie")).collect();
        assert_eq!(kept, [".kie-fedcba9876543210.part", ".kie-my-own-notes.part"], "the first may still be written to");
    }
}

#[tokio::test(start_paused = true)]
async fn a_page_in_place_of_a_song_is_no_song() {
    let (sandbox, client) = instant();
    let folder = tempdir().unwrap();
    let task = client.start(waltz()).await.unwrap();
    let tracks = task.wait().await.unwrap();
    sandbox.faults(|request| (request.operation == FILES).then(|| Fault::error_page(200)));
    let error = task.save(&tracks, folder.path()).await.unwrap_err();
    let Error::Save(save) = &error else { panic!("{error:?}") };
    let cause = std::error::Error::source(&error).unwrap().downcast_ref::<kie_suno::transport::Error>().unwrap();
    assert_eq!(cause.kind(), ErrorKind::NotMedia);
    assert_eq!(error.task_id(), Some(task.id().as_str()));
    assert_eq!((save.missing(), save.saved().len()), (2, 0));
    assert_eq!(names(folder.path()), [""; 0], "nothing is left behind");
}

#[tokio::test(start_paused = true)]
async fn a_cut_is_retried_and_a_failure_keeps_the_saved_files() {
    let (sandbox, _) = instant();
    let retry = Retry::default().attempts(3);
    let client = client_of(&sandbox).retry(retry).build().unwrap();
    let folder = tempdir().unwrap();
    let task = client.start(waltz()).await.unwrap();
    let tracks = task.wait().await.unwrap();

    sandbox.fault(FILES, Fault::DropResponse);
    sandbox.fault(FILES, Fault::ErrorPage { http_status: 503 });
    assert_eq!(task.save(&tracks, folder.path()).await.unwrap().len(), 2);
    assert_eq!(sandbox.requests(FILES).len(), 4);

    let folder = tempdir().unwrap();
    let mut faulty = tracks.clone();
    faulty[0] = linked(&faulty[0], "http://localhost/files/of-somebody-else.mp3");
    let error = task.save(&faulty, folder.path()).await.unwrap_err();
    let Error::Save(save) = &error else { panic!("{error:?}") };
    assert_eq!(save.saved().len(), 1, "the second is fetched after the first has failed");
    assert_eq!(names(folder.path()).len(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_track_without_a_file_counts_as_missing() {
    let (_sandbox, client) = instant();
    let folder = tempdir().unwrap();
    let task = client.start(waltz()).await.unwrap();
    let mut tracks = task.wait().await.unwrap();
    tracks[1].audio_url = None;
    let error = task.save(&tracks, folder.path()).await.unwrap_err();
    assert!(matches!(&error, Error::Save(save) if save.saved().len() == 1 && save.missing() == 1), "{error:?}");
}

#[tokio::test(start_paused = true)]
async fn two_tracks_of_one_name_and_content_are_two_files() {
    let (_sandbox, client) = instant();
    let folder = tempdir().unwrap();
    let task = client.start(waltz()).await.unwrap();
    let mut tracks = task.wait().await.unwrap();
    tracks[1] = tracks[0].clone();
    tracks[0].title = Some("𝐀".repeat(80));
    tracks[1].title = tracks[0].title.clone();
    let saved = task.save(&tracks, folder.path()).await.unwrap();
    assert_ne!(saved[0].path, saved[1].path);
    assert_eq!(names(folder.path()).len(), 2);
}

#[tokio::test(start_paused = true)]
async fn a_link_to_another_machine_is_fetched_over_https_only() {
    let (sandbox, client) = instant();
    let folder = tempdir().unwrap();
    let task = client.start(waltz()).await.unwrap();
    let mut tracks = task.wait().await.unwrap();
    tracks[0] = linked(&tracks[0], "http://files.example.net/x.mp3");
    let error = task.save(&tracks, folder.path()).await.unwrap_err();
    assert!(std::error::Error::source(&error).unwrap().to_string().contains("loopback"), "{error:?}");
    assert_eq!(sandbox.requests(FILES).len(), 1, "only the other track was asked for");
}

/// A test double of a file host. Each download takes 100 ms to one second. The host records how many downloads run at
/// the same time.
#[derive(Debug, Clone, Default)]
struct Crowd {
    now: Arc<AtomicUsize>,
    most: Arc<AtomicUsize>,
}

impl HttpService for Crowd {
    fn call(&self, request: Request<Body>) -> HttpFuture<'_> {
        Box::pin(async move {
            let now = self.now.fetch_add(1, SeqCst) + 1;
            self.most.fetch_max(now, SeqCst);
            let number: u64 = request.uri().path()[1..].parse().unwrap();
            // Files with a low number take longer than files with a high number.
            tokio::time::sleep(Duration::from_millis(1000 - 100 * number)).await;
            self.now.fetch_sub(1, SeqCst);
            let mut answer = Response::new(Body::from(format!("ID3 and {number} more").into_bytes()));
            let length = format!("ID3 and {number} more").len();
            answer.headers_mut().insert("content-length", length.into());
            Ok(answer)
        })
    }
}

/// Returns a file host, a finished task whose tracks are at this host, and the tracks. `tracks` is the number of
/// tracks.
fn crowded(tracks: usize) -> (Crowd, Task<Music>, Vec<Track>) {
    let crowd = Crowd::default();
    let client = Client::builder().api_key("key").http(crowd.clone()).build().unwrap();
    let track = |n: usize| json!({ "id": format!("{n}aaaaaaa"), "audioUrl": format!("https://cdn.example/{n}") });
    let tracks = (0..tracks).map(|n| serde_json::from_value(track(n)).unwrap()).collect();
    (crowd, client.task::<Music>("4be1c0d29f7a4f7f8d0b6c1e2a3f4d5e"), tracks)
}

#[tokio::test(start_paused = true)]
async fn a_few_files_are_fetched_at_once_and_returned_in_order() {
    let (crowd, task, tracks) = crowded(10);
    let folder = tempdir().unwrap();
    let recorded = Arc::new(Mutex::new(Vec::new()));
    let recorder = Arc::clone(&recorded);
    let saved =
        task.save(&tracks, folder.path()).progress(move |bytes, total| recorder.lock().unwrap().push((bytes, total)));
    let saved = saved.await.unwrap();
    assert_eq!(crowd.most.load(SeqCst), 4);
    for (number, file) in saved.iter().enumerate() {
        assert_eq!(file.id.as_deref(), Some(format!("{number}aaaaaaa").as_str()));
        assert_eq!(fs::read_to_string(&file.path).unwrap(), format!("ID3 and {number} more"));
    }
    assert_eq!(saved.len(), 10);
    let (recorded, bytes) = (recorded.lock().unwrap(), saved.iter().map(|file| file.bytes).sum());
    assert!(recorded.is_sorted_by_key(|(bytes, _)| *bytes));
    assert_eq!((recorded.first().unwrap().1, recorded.last()), (None, Some(&(bytes, Some(bytes)))));
}

#[tokio::test(start_paused = true)]
async fn a_dropped_save_leaves_no_files() {
    let (crowd, task, tracks) = crowded(6);
    let folder = tempdir().unwrap();
    let save = task.save(&tracks, folder.path().join("songs"));
    assert!(tokio::time::timeout(Duration::from_millis(450), save).await.is_err());
    assert_eq!(crowd.most.load(SeqCst), 4);
    tokio::time::sleep(Duration::from_secs(10)).await;
    assert_eq!(names(&folder.path().join("songs")), Vec::<String>::new());
}

/// A test double of a file host. Its file at the path `/7` has the number 7 as its content. All files have the same
/// size.
#[derive(Debug, Clone)]
struct Numbers;

impl HttpService for Numbers {
    fn call(&self, request: Request<Body>) -> HttpFuture<'_> {
        let number: u64 = request.uri().path()[1..].parse().unwrap();
        let body = format!("ID3 and {number:09}").into_bytes();
        let mut answer = Response::new(Body::from(body.clone()));
        answer.headers_mut().insert("content-length", body.len().into());
        Box::pin(async move { Ok(answer) })
    }
}

#[tokio::test(start_paused = true)]
async fn a_thousand_files_of_one_name_are_all_saved_and_none_is_replaced() {
    let files = 1_200;
    let client = Client::builder().api_key("key").http(Numbers).build().unwrap();
    let track = |n| json!({ "id": "aaaaaaaa", "audioUrl": format!("https://cdn.example/{n}") });
    let tracks: Vec<Track> = (0..files).map(|n: usize| serde_json::from_value(track(n)).unwrap()).collect();
    let task = client.task::<Music>("4be1c0d29f7a4f7f8d0b6c1e2a3f4d5e");
    let folder = tempdir().unwrap();
    let saved = task.save(&tracks, folder.path()).await.unwrap();
    for (number, file) in saved.iter().enumerate() {
        assert_eq!(fs::read_to_string(&file.path).unwrap(), format!("ID3 and {number:09}"));
    }
    let listed = names(folder.path());
    assert_eq!(listed.len(), files);
    let numbered = |number| listed.iter().filter(|name| name.ends_with(&format!(" ({number}).mp3"))).count();
    assert_eq!([2, 9, 10].map(numbered), [1, 1, 0], "only few numbers are tried in turn");
    assert_eq!(task.save(&tracks, folder.path()).await.unwrap(), saved, "saved again under the same names");
    assert_eq!(names(folder.path()).len(), files);
}
