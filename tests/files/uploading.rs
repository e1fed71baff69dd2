//! Tests of uploading: a file of any size is read from the disk and sent, and can be downloaded unchanged.

use std::{
    fs,
    path::PathBuf,
    sync::{Arc, Mutex},
    time::{Duration, SystemTime},
};

use kie_sandbox::{Fault, Sandbox};
use kie_suno::{
    Error, HttpService,
    files::{Lifetime, Link, link::Uploaded},
    requests::AddInstrumental,
    transport::{Body, ErrorKind, Pipe, bytes::Bytes, http::Request},
};
use tempfile::{TempDir, tempdir};

use crate::setup::stack::instant;

/// Writes an audio file into the folder. The size of the file is `bytes` bytes. Returns its path and its content.
fn hum(folder: &TempDir, bytes: usize) -> (PathBuf, Vec<u8>) {
    let path = folder.path().join("hum \"1\".mp3");
    let noise = (0..bytes - 3).map(|n| (n % 251) as u8);
    let content: Vec<u8> = b"ID3".iter().copied().chain(noise).collect();
    fs::write(&path, &content).unwrap();
    (path, content)
}

/// Returns the bytes that the sandbox serves for this link.
async fn served(sandbox: &Sandbox, link: &Link<Uploaded>) -> Bytes {
    let pipe_to = sandbox.clone();
    let pipe = Pipe::new(move || pipe_to.connect());
    let request = Request::get(link.as_str()).header("user-agent", "test").body(Body::empty()).unwrap();
    let answer = pipe.call(request).await.unwrap();
    answer.into_body().whole(1 << 20, Duration::from_secs(5)).await.unwrap()
}

#[tokio::test]
async fn a_file_of_this_machine_becomes_a_link() {
    let (sandbox, client) = instant();
    let folder = tempdir().unwrap();
    let (path, content) = hum(&folder, 300_003);
    let link = client.upload(&path).await.unwrap();
    assert_eq!(served(&sandbox, &link).await, content);

    let request = AddInstrumental::new(link.as_str(), "Harbour", "folk", "edm");
    assert_eq!(client.start(request).await.unwrap().wait().await.unwrap().len(), 2);
    let sent = &sandbox.requests("upload-file-stream")[0];
    assert!(sent.bearer && sent.body["uploadPath"] == "kie-suno", "{sent:?}");
}

#[tokio::test]
async fn base64_carries_the_same_file() {
    let (sandbox, client) = instant();
    let folder = tempdir().unwrap();
    for bytes in [300_000, 300_001, 300_002] {
        let (path, content) = hum(&folder, bytes);
        let link = client.upload(&path).base64().await.unwrap();
        assert_eq!(served(&sandbox, &link).await, content);
    }
    assert_eq!(sandbox.requests("upload-file-base-64").len(), 3);
    assert!(sandbox.requests("upload-file-stream").is_empty());
}

#[tokio::test]
async fn a_file_that_base64_cannot_hold_is_refused_before_anything_is_sent() {
    let (sandbox, client) = instant();
    let folder = tempdir().unwrap();
    let path = folder.path().join("hum.wav");
    for size in [0, (10 << 20) + 3] {
        fs::File::create(&path).unwrap().set_len(size).unwrap();
        let error = client.upload(&path).base64().await.unwrap_err();
        assert!(matches!(&error, Error::Invalid(broken) if broken.violations().len() == 1), "{error:?}");
    }
    assert!(sandbox.requests("upload-file-base-64").is_empty());
    fs::File::create(&path).unwrap().set_len(10 << 20).unwrap();
    client.upload(&path).base64().await.unwrap();
}

#[tokio::test]
async fn an_upload_can_be_followed_to_its_end() {
    let (_sandbox, client) = instant();
    let folder = tempdir().unwrap();
    let (path, content) = hum(&folder, 300_000);
    for upload in [client.upload(&path), client.upload(&path).base64()] {
        let recorded = Arc::new(Mutex::new(Vec::new()));
        let recorder = Arc::clone(&recorded);
        upload.progress(move |sent, total| recorder.lock().unwrap().push((sent, total))).await.unwrap();
        let (recorded, size) = (recorded.lock().unwrap(), content.len() as u64);
        assert!(recorded.len() > 2 && recorded.is_sorted(), "{recorded:?}");
        assert_eq!(recorded.last(), Some(&(size, Some(size))));
    }
}

#[tokio::test]
async fn an_upload_whose_response_is_lost_is_not_retried() {
    let (sandbox, client) = instant();
    let folder = tempdir().unwrap();
    let (path, _) = hum(&folder, 300_000);
    sandbox.fault("upload-file-stream", Fault::DropResponse);
    sandbox.fault("upload-file-base-64", Fault::DropResponse);
    for upload in [client.upload(&path), client.upload(&path).base64()] {
        let error = upload.await.unwrap_err();
        assert!(matches!(error, Error::OutcomeUnknown(_)), "{error:?}");
    }
    assert_eq!(sandbox.requests("upload-file-stream").len(), 1);
    assert_eq!(sandbox.requests("upload-file-base-64").len(), 1);
}

#[tokio::test(start_paused = true)]
async fn an_upload_that_was_refused_for_its_rate_reads_the_file_again() {
    let (sandbox, client) = instant();
    let folder = tempdir().unwrap();
    let (path, content) = hum(&folder, 300_000);
    sandbox.fault("upload-file-stream", Fault::Refuse { http_status: 200, code: 429, msg: "slow down".into() });
    let link = client.upload(&path).await.unwrap();
    assert_eq!(served(&sandbox, &link).await, content);
    assert_eq!(sandbox.requests("upload-file-stream").len(), 2);
}

#[tokio::test]
async fn a_missing_file_is_an_error_before_anything_is_sent() {
    let (sandbox, client) = instant();
    let error = client.upload("no/such/file.mp3").await.unwrap_err();
    assert!(matches!(&error, Error::Transport(lost) if lost.kind() == ErrorKind::Setup), "{error:?}");
    assert!(error.to_string().contains("no/such/file.mp3"));
    assert!(sandbox.requests("upload-file-stream").is_empty());
}

#[tokio::test(start_paused = true)]
async fn an_upload_is_served_until_it_expires() {
    let (sandbox, client) = instant();
    let folder = tempdir().unwrap();
    let (path, content) = hum(&folder, 3_000);
    let opened = SystemTime::now();
    let file = client.upload(&path).response().await.unwrap();
    let (link, until) = (file.url().unwrap(), file.kept_until().and_then(|until| until.system_time()).unwrap());
    let kept = until.duration_since(opened).unwrap();
    assert_eq!(kept.as_secs().div_ceil(60), 24 * 60, "{kept:?}");
    assert_eq!(link.lifetime(), Some(Lifetime::UPLOADED));

    tokio::time::sleep(kept - Duration::from_secs(60)).await;
    assert_eq!(served(&sandbox, link).await, content);
    tokio::time::sleep(Duration::from_secs(120)).await;
    assert_ne!(served(&sandbox, link).await, content);
}

#[tokio::test(start_paused = true)]
async fn uploads_do_not_count_against_the_rate_limit_of_tasks() {
    let (_sandbox, client) = instant();
    let folder = tempdir().unwrap();
    let file = folder.path().join("hum.wav");
    std::fs::write(&file, b"RIFF").unwrap();
    let begin = tokio::time::Instant::now();
    for _ in 0..25 {
        client.upload(&file).await.unwrap();
    }
    client.start(crate::setup::stack::waltz()).await.unwrap();
    assert_eq!(begin.elapsed(), std::time::Duration::ZERO);
}
