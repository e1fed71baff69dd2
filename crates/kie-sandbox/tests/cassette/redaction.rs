//! A cassette has no secrets, unless they are asked for.

use std::fs;

use kie_sandbox::{
    Fault, Sandbox, Speed,
    cassette::{Exchange, Outcome, Player, RecordedBody, Recorder},
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
        let bodies = sandbox.requests("generate-music").into_iter().map(|request| request.body);
        secrets.extend(
            bodies.filter_map(|body| body["callBackUrl"].as_str().filter(|url| url.contains(':')).map(str::to_owned)),
        );
        for secret in secrets {
            assert!(!text.contains(&secret), "{route}: {secret} is in {text}");
        }
        assert!(text.contains("redacted text"), "{text}");
        for id in ids(&text) {
            assert!(
                id.starts_with("000000") || text.contains(&format!("\"sha256\": \"{id}\"")),
                "{route}: {id} in {text}"
            );
        }
        let damaged = cassette.exchanges.iter().filter(|exchange| is_text(exchange)).count();
        assert_eq!(damaged, usize::from(route == Route::Market), "{text}");
    }
    Ok(())
}

/// Returns the words that can be ids: 20 or more letters, digits, `_` and `-`, with a digit.
fn ids(text: &str) -> impl Iterator<Item = &str> {
    let words = text.split(|char: char| !char.is_ascii_alphanumeric() && char != '-' && char != '_');
    words.filter(|word| word.len() >= 20 && word.contains(|char: char| char.is_ascii_digit()))
}

fn is_text(exchange: &Exchange) -> bool {
    matches!(&exchange.outcome, Outcome::Response(response) if matches!(response.body, Some(RecordedBody::Text(_))))
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
