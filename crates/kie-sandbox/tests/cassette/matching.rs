//! Requests that are not in the cassette, and ids that are not.

use std::sync::Arc;

use kie_sandbox::{
    Sandbox, Speed,
    cassette::{Cassette, Player, Recorder},
};
use kie_suno::{
    Client, Error, HttpService,
    records::Music,
    requests::{ExtendMusic, GenerateLyrics, GenerateMusic, Model},
    transport::{
        Body, ErrorKind,
        http::{Request, Response},
    },
};
use kie_types::{Host, Method};
use serde_json::json;
use tempfile::tempdir;

use crate::{Tested, client, failure, recorder, song};

async fn cassette_of_a_song() -> Tested<Cassette> {
    let recorder = recorder(&Sandbox::builder().speed(Speed::Live).build());
    client(recorder.clone())?.start(song()).await?.wait().await?;
    Ok(recorder.cassette())
}

#[tokio::test(start_paused = true)]
async fn an_unknown_request_is_an_error_that_names_the_nearest_and_is_not_tried_again() -> Tested {
    let player = Player::new(cassette_of_a_song().await?);
    let client = client(player.clone())?;
    let lyrics = client.start(GenerateLyrics::new("a lullaby")).await.map(drop);
    let Err(Error::Transport(error)) = lyrics else { return Err(format!("{lyrics:?}").into()) };
    assert_eq!((error.kind(), error.attempts()), (ErrorKind::Setup, 1));
    let text = std::error::Error::source(&*error).map_or_else(|| error.to_string(), ToString::to_string);
    assert!(text.contains("no exchange for POST /api/v1/lyrics"), "{text}");
    assert!(text.contains("the nearest is exchange 1 (POST /api/v1/generate)"), "{text}");

    let longer = GenerateMusic::song(Model::V5_5, "samba", "Another title", "[Verse]");
    let error = failure(client.start(longer).await)?;
    assert!(error.contains("exchange 1 (POST /api/v1/generate): `prompt` is"), "{error}");
    client.start(song()).await?;
    let again = failure(client.start(song()).await)?;
    assert!(again.contains("it was played already"), "{again}");
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn an_id_of_the_application_stands_for_the_recorded_one() -> Tested {
    let sandbox = Sandbox::builder().speed(Speed::Live).build();
    let recorder = recorder(&sandbox);
    let task = client(recorder.clone())?.start(song()).await?;
    let tracks = task.wait().await?;
    let (task, track) = (task.id().to_string(), tracks[0].id.clone().ok_or("no id")?.to_string());

    // The application knows these ids, for example from a database.
    let run = async |client: Client| {
        client.task::<Music>(task.as_str()).wait().await?;
        client.start(ExtendMusic::inherit(Model::V5_5, track.as_str())).await?.wait().await
    };
    recorder.take();
    run(client(recorder.clone())?).await?;
    let cassette = recorder.cassette();
    assert!(!cassette.to_json().contains(&task));
    let player = Player::new(cassette);
    assert_eq!(run(client(player.clone())?).await?.len(), 2);
    assert!(player.is_finished(), "{:?}", player.unused());
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn fields_can_be_left_out_of_the_comparison() -> Tested {
    let cassette = cassette_of_a_song().await?;
    let other = || GenerateMusic::song(Model::V5, crate::STYLE, crate::TITLE, crate::LYRICS);
    let error = failure(client(Player::new(cassette.clone()))?.start(other()).await)?;
    assert!(error.contains("`model` is \"V5\" instead of \"V5_5\""), "{error}");
    client(Player::new(cassette.clone()).ignore("model"))?.start(other()).await?;
    let renamed =
        Player::new(cassette).redact_with(|request| request.path = request.path.replace("/api/v2", "/api/v1"));
    client(renamed)?.start(song()).await?;
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn times_and_callback_addresses_may_differ() -> Tested {
    let canned = |_: Request<Body>| async { Ok(Response::new(r#"{"code":200,"msg":"success","data":"done"}"#)) };
    let body =
        |millis: u64, date: &str, url: &str| json!({ "at": millis, "when": date, "callBackUrl": url, "take": 7 });
    let call = async |http: Arc<dyn HttpService>, body: serde_json::Value| {
        let service = move |request: Request<Body>| {
            let http = Arc::clone(&http);
            async move { http.call(request).await }
        };
        client(service)?.raw(Method::Post, Host::Api, "/api/v1/own", &body).await
    };
    let recorder = Recorder::new(canned);
    let recorded = body(1_795_792_561_738, "2026-11-27T14:02:11.508Z", "https://a.example/kie?kie_receipt=1");
    call(Arc::new(recorder.clone()), recorded).await?;

    let player = || Arc::new(Player::new(recorder.cassette()));
    let later = body(1_795_799_999_000, "2026-12-01T00:00:00Z", "https://b.example/");
    assert_eq!(call(player(), later).await?, "done");
    for (other, told) in [
        (body(7, "2026-12-01T00:00:00Z", ""), "`at` is 7 instead of 1795792561738"),
        (body(1_795_799_999_000, "tomorrow", ""), "`when` is \"tomorrow\" instead of"),
        (json!({ "take": 7 }), "`at` is missing"),
        (json!({ "take": 7, "at": 1_795_799_999_000_u64, "when": "2026-12-01T00:00:00Z", "x": 1 }), "`x` is new"),
    ] {
        let error = failure(call(player(), other).await)?;
        assert!(error.contains(told), "{error}");
    }
    Ok(())
}

#[test]
fn a_file_that_is_no_cassette_is_an_error_with_its_path() -> Tested {
    let folder = tempdir()?;
    let file = folder.path().join("song.json");
    let error = || failure(Cassette::load(&file)).unwrap_or_default();
    assert!(error().contains("song.json: the cassette cannot be read"), "{}", error());
    std::fs::write(&file, r#"{ "version": 2, "tapes": [] }"#)?;
    assert!(error().contains("the cassette has version 2, and this program reads version 1"), "{}", error());
    std::fs::write(&file, "{}")?;
    assert!(error().contains("the text is no cassette: missing field `version`"), "{}", error());
    Ok(())
}
