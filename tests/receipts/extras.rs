//! Tests of the extra files of a song: lyrics, cover and record.

use std::{
    fs,
    sync::{Arc, Mutex},
};

use kie_sandbox::Speed;
use kie_suno::{
    Error, HttpService,
    files::SaveOutcome,
    requests::{GenerateMusic, Model},
    transport::{Body, HttpFuture, Pipe, http},
};
use serde_json::Value;
use tempfile::tempdir;

use super::Setup;
use crate::setup::stack::{linked, waltz};

#[tokio::test(start_paused = true)]
async fn a_song_has_its_lyrics_cover_and_record_beside_it() {
    let setup = Setup::new(Speed::Instant);
    let client = setup.client();
    let folder = tempdir().unwrap();
    let task =
        client.start(GenerateMusic::song(Model::V5, "polka", "Stairs", "[Verse]\nOne more stair")).await.unwrap();
    let tracks = task.wait().await.unwrap();
    let plain = task.save(&tracks, folder.path()).await.unwrap();
    assert_eq!(plain.len(), 2);

    let saved = task.save(&tracks, folder.path()).with_extras().await.unwrap();
    let endings: Vec<_> = saved.iter().map(|file| file.path.extension().unwrap().to_str().unwrap()).collect();
    assert_eq!(endings, ["mp3", "mp3", "txt", "jpg", "txt", "jpg", "json"]);
    assert_eq!(saved[..2], plain, "the songs have the same files");
    for (song, beside) in [(0, 2), (0, 3), (1, 4), (1, 5)] {
        assert_eq!(saved[song].path.with_extension(""), saved[beside].path.with_extension(""));
        assert_eq!(saved[song].id, saved[beside].id);
    }
    assert_eq!(fs::read_to_string(&saved[2].path).unwrap(), "[Verse]\nOne more stair");
    let record: Value = serde_json::from_slice(&fs::read(&saved[6].path).unwrap()).unwrap();
    assert_eq!(record["taskId"], task.id().as_str());
    assert_eq!(client.unfinished().await.unwrap().len(), 0);

    // If the record cannot be fetched, the error counts its file as missing.
    setup
        .sandbox
        .fault("get-music-details", kie_sandbox::Fault::Refuse { http_status: 200, code: 401, msg: "no".into() });
    let error = task.save(&tracks, folder.path()).with_extras().await.unwrap_err();
    let Error::Save(save) = &error else { panic!("{error:?}") };
    assert_eq!((save.saved().len(), save.missing()), (6, 1));
}

/// A test double that changes a service: the download of every picture fails, and no link is replaced by a new one.
#[derive(Debug)]
struct Pictureless<S>(S);

impl<S: HttpService> HttpService for Pictureless<S> {
    fn call(&self, request: http::Request<Body>) -> HttpFuture<'_> {
        let path = request.uri().path();
        let answer = if path.starts_with("/images/") {
            http::Response::builder().status(404).body(Body::from("gone"))
        } else if path.ends_with("/download-url") {
            http::Response::builder().body(Body::from(r#"{"code":422,"msg":"url is wrong","data":null}"#))
        } else {
            return self.0.call(request);
        };
        Box::pin(async move { Ok(answer.unwrap()) })
    }
}

#[tokio::test(start_paused = true)]
async fn a_song_with_a_lost_cover_is_saved() {
    let setup = Setup::new(Speed::Instant);
    let folder = tempdir().unwrap();
    let sandbox = setup.sandbox.clone();
    let service = Pictureless(Pipe::new(move || sandbox.connect()));
    let client = setup.builder(setup.ledger.clone()).http(service).build().unwrap();
    client.start(waltz()).await.unwrap();
    let recorded = Arc::new(Mutex::new((0, None)));
    let collected = client.save_all(folder.path()).with_extras().await.unwrap();
    let SaveOutcome::Saved(files) = &collected[0].outcome else { panic!("{collected:?}") };
    let endings: Vec<_> = files.iter().map(|file| file.path.extension().unwrap().to_str().unwrap()).collect();
    assert_eq!(endings, ["mp3", "mp3", "txt", "txt", "json"]);
    assert!(client.unfinished().await.unwrap().is_empty(), "the receipt is finished");

    // The progress reaches its total although the picture cannot be downloaded.
    let task = client.start(waltz()).await.unwrap();
    let tracks = task.wait().await.unwrap();
    let progress = Arc::clone(&recorded);
    let save = task.save(&tracks, folder.path()).with_extras();
    let saved = save.progress(move |bytes, total| *progress.lock().unwrap() = (bytes, total)).await.unwrap();
    let bytes = saved.iter().map(|file| file.bytes).sum();
    assert_eq!(*recorded.lock().unwrap(), (bytes, Some(bytes)));

    // If the song itself cannot be downloaded, saving always fails.
    let task = setup.client().start(waltz()).await.unwrap();
    let mut tracks = task.wait().await.unwrap();
    tracks[0] = linked(&tracks[0], tracks[0].image_url.as_ref().unwrap());
    let error =
        client.task::<kie_suno::records::Music>(task.id().as_str()).save(&tracks, folder.path()).await.unwrap_err();
    assert!(matches!(error, Error::Save(_)), "{error:?}");
}
