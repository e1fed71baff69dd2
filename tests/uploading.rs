//! Uploading: a file of any size goes straight from the disk, and comes back as it was.

use std::fs;

use kie_suno::{
    AddInstrumental, Error, HttpService,
    transport::{Body, ErrorKind, Pipe, http::Request},
};
use tempfile::tempdir;

use crate::stack::instant;

#[tokio::test]
async fn a_file_of_this_machine_becomes_a_link() {
    let (sandbox, client) = instant();
    let folder = tempdir().unwrap();
    let path = folder.path().join("hum.mp3");
    let content: Vec<u8> = b"ID3".iter().copied().chain((0..300_000_u32).map(|n| (n % 251) as u8)).collect();
    fs::write(&path, &content).unwrap();
    let link = client.upload(&path).await.unwrap();

    let pipe_to = sandbox.clone();
    let pipe = Pipe::new(move || pipe_to.connect());
    let request = Request::get(link.as_str()).header("user-agent", "test").body(Body::empty()).unwrap();
    let answer = pipe.call(request).await.unwrap();
    assert_eq!(answer.into_body().whole(1 << 20, std::time::Duration::from_secs(5)).await.unwrap(), content);

    let request = AddInstrumental::new(link.as_str(), "Harbour", "folk", "edm");
    assert_eq!(client.start(request).await.unwrap().wait().await.unwrap().len(), 2);
    let sent = &sandbox.requests("upload-file-stream")[0];
    assert!(sent.bearer && sent.body["uploadPath"] == "kie-suno", "{sent:?}");
}

#[tokio::test]
async fn a_file_that_is_not_there_is_told_before_anything_is_sent() {
    let (sandbox, client) = instant();
    let error = client.upload("no/such/file.mp3").await.unwrap_err();
    assert!(matches!(&error, Error::Transport(lost) if lost.kind() == ErrorKind::Setup), "{error:?}");
    assert!(error.to_string().contains("no/such/file.mp3"));
    assert!(sandbox.requests("upload-file-stream").is_empty());
}
