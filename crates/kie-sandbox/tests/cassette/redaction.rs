//! A cassette has no secrets, unless they are asked for.

use std::fs;

use kie_sandbox::{
    Fault, Sandbox, Speed,
    cassette::{Player, Recorder},
};
use kie_suno::{Route, requests::DownloadUrl};
use serde_json::Value;
use tempfile::tempdir;

use crate::{KEY, LYRICS, STYLE, TITLE, Tested, client, failure, recorded, recorder, sandbox, song};

#[tokio::test(start_paused = true)]
async fn no_secret_is_in_the_file() -> Tested {
    for route in [Route::Classic, Route::Market] {
        let sandbox = sandbox();
        // A record that is not JSON has the texts too.
        if route == Route::Market {
            sandbox.fault("get-music-details", Fault::BrokenEcho);
        }
        let recorder = recorder(&sandbox);
        let (_, cassette) = recorded(&recorder, route).await?;
        let text = cassette.to_json();

        let mut secrets: Vec<String> =
            [KEY, "Grandmother", "plum tree", STYLE, TITLE, "bossa", "one more", "uthorization"]
                .iter()
                .map(|secret| (*secret).to_owned())
                .collect();
        secrets.extend(sandbox.tasks().into_iter().map(|task| task.id));
        let titles = sandbox.requests("generate-music").into_iter().map(|request| request.body);
        secrets.extend(
            titles.filter_map(|body| Some(body["callBackUrl"].as_str().filter(|url| url.contains(':'))?.to_owned())),
        );
        for secret in secrets {
            assert!(!text.contains(&secret), "{route}: {secret} is in {text}");
        }
        assert!(text.contains("redacted text"), "{text}");
    }
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn uploads_links_and_mails_are_redacted() -> Tested {
    let sandbox = Sandbox::builder().speed(Speed::Live).build();
    let recorder = recorder(&sandbox);
    let folder = tempdir()?;
    let hum = folder.path().join("Ann's hum for Bob.wav");
    fs::write(&hum, b"RIFFxxxxWAVE a voice that nobody else may hear")?;

    let run = async |http: Recorder| {
        let client = client(http)?;
        let link = client.upload(&hum).await?;
        let small = client.upload(&hum).base64().await?;
        let tracks = client.start(song()).await?.wait().await?;
        let link_of_song = tracks[0].audio_url.clone().map(|url| url.to_string()).unwrap_or_default();
        let direct = client.call(DownloadUrl::new(link_of_song)).await?;
        Ok::<_, kie_suno::Error>([link.to_string(), small.to_string(), direct.to_string()])
    };
    let links = run(recorder.clone()).await?;
    let text = recorder.cassette().to_json();
    for secret in ["Ann", "Bob", "nobody else", "UklGR"] {
        assert!(!text.contains(secret), "{secret} is in {text}");
    }
    for link in links {
        assert!(!text.contains(&link), "{link} is in {text}");
        if let Some((_, query)) = link.split_once('?') {
            assert!(!text.contains(query), "{query} is in {text}");
        }
    }
    // The names of uploads are random, and match all the same.
    let player = Player::new(recorder.cassette());
    run(Recorder::new(player.clone())).await?;
    assert!(player.is_finished(), "{:?}", player.unused());
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn texts_are_kept_if_they_are_asked_for_and_then_compared() -> Tested {
    let recorder = recorder(&sandbox()).keep_texts();
    let (_, cassette) = recorded(&recorder, Route::Classic).await?;
    let text = cassette.to_json();
    let lyrics = Value::from(LYRICS).to_string();
    assert!(text.contains(&lyrics) && text.contains(TITLE), "{text}");
    assert!(!text.contains(KEY), "{text}");

    let mut other = song();
    other.style = Some("quiet bossa nove".into());
    let player = Player::new(cassette);
    let client = client(player)?;
    let error = failure(client.start(other).await)?;
    assert!(error.contains("`style` is \"quiet bossa nove\" instead of \"quiet bossa nova\""), "{error}");
    client.start(song()).await?;
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn an_application_can_redact_more() -> Tested {
    let recorder = recorder(&sandbox()).redact_with(|exchange| exchange.request.host = "host".to_owned());
    let (_, cassette) = recorded(&recorder, Route::Classic).await?;
    assert!(cassette.exchanges.iter().all(|exchange| exchange.request.host == "host"));
    assert!(!format!("{recorder:?}").contains(KEY));
    Ok(())
}
