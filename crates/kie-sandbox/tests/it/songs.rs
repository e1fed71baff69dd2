//! Tests of successful calls.

use std::time::Duration;

use http::StatusCode;
use kie_sandbox::{Sandbox, Speed};
use serde_json::{Value, json};
use tokio::time::sleep;

use crate::caller::{Answered, TestCaller, song_request};

#[tokio::test(start_paused = true)]
async fn a_song_passes_its_stages() -> Answered {
    let sandbox = Sandbox::builder().speed(Speed::Live).build();
    let mut caller = TestCaller::new(&sandbox).await?;
    let id = caller.start("/api/v1/generate", &song_request()).await?;
    assert_eq!(caller.get("/api/v1/chat/credit").await?["data"], 988.0);

    let queued = caller.song(&id).await?;
    assert_eq!((&queued["status"], &queued["response"]), (&json!("PENDING"), &Value::Null));
    assert!(queued["createTime"].is_u64() && queued["parentMusicId"] == "" && queued["type"] == "chirp-crow");
    assert_eq!(serde_json::from_str::<Value>(queued["param"].as_str().ok_or("no param")?)?, song_request());

    sleep(Duration::from_secs(61)).await;
    let text = caller.song(&id).await?;
    assert_eq!(text["status"], "TEXT_SUCCESS");
    let row = &text["response"]["sunoData"][0];
    assert_eq!(
        (&row["audioUrl"], &row["duration"], &row["title"]),
        (&json!(""), &Value::Null, &json!("Tram bells in"))
    );
    assert_eq!(caller.file(&row["streamAudioUrl"]).await?.0, StatusCode::OK);

    sleep(Duration::from_secs(8)).await;
    let first = caller.song(&id).await?;
    assert_eq!(first["status"], "FIRST_SUCCESS");
    assert_eq!(first["response"]["sunoData"][1]["audioUrl"], "");
    assert_eq!(caller.file(&first["response"]["sunoData"][0]["audioUrl"]).await?.0, StatusCode::OK);

    sleep(Duration::from_secs(8)).await;
    let done = caller.song(&id).await?;
    assert_eq!((&done["status"], &done["errorCode"]), (&json!("SUCCESS"), &Value::Null));
    let rows = done["response"]["sunoData"].as_array().ok_or("no rows")?;
    assert_eq!(rows.len(), 2);
    for row in rows {
        let (_, mp3) = caller.file(&row["audioUrl"]).await?;
        let duration = row["duration"].as_f64().ok_or("no duration")?;
        assert!((90.0..=200.0).contains(&duration) && (seconds(&mp3) - duration).abs() < 0.024, "{duration}");
        assert!(caller.file(&row["imageUrl"]).await?.1.starts_with(b"\xff\xd8\xff"));
    }

    let callbacks = sandbox.callbacks();
    let kinds: Vec<_> = callbacks.iter().map(|callback| callback.body["data"]["callbackType"].clone()).collect();
    assert_eq!(kinds, ["text", "first", "complete"]);
    assert!(callbacks.iter().all(|callback| !callback.sent()), "a foreign address was called");
    assert_eq!(callbacks[2].body["data"]["data"][1]["audio_url"], rows[1]["audioUrl"]);
    assert_eq!(sandbox.tasks()[0].status, "SUCCESS");
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn the_ids_in_the_documentation_exist() -> Answered {
    let sandbox = Sandbox::builder().speed(Speed::Instant).build();
    let mut caller = TestCaller::new(&sandbox).await?;
    let track = "e231****-****-****-****-****8cadc7dc";
    let call_back_url = "https://hooks.example.net/kie";

    let extension = json!({
        "defaultParamFlag": true, "audioId": track, "prompt": "[Bridge]\nLangsam", "style": "Classical",
        "title": "Longer", "continueAt": 60, "model": "V4", "callBackUrl": call_back_url, "personaId": "persona_123",
    });
    let accompaniment = json!({
        "uploadUrl": "https://example.com/music.mp3", "model": "V4_5PLUS", "title": "Relaxing", "tags": "piano",
        "negativeTags": "metal", "callBackUrl": call_back_url, "vocalGender": "m", "styleWeight": 0.61,
    });
    for (path, body, kind, parent) in [
        ("/api/v1/generate/extend", extension, "extend", track),
        ("/api/v1/generate/add-instrumental", accompaniment, "underpainting", ""),
    ] {
        let id = caller.start(path, &body).await?;
        let song = caller.song(&id).await?;
        assert_eq!((&song["status"], &song["operationType"]), (&json!("SUCCESS"), &json!(kind)));
        assert_eq!(song["parentMusicId"], parent);
        let (status, file) = caller.file(&song["response"]["sunoData"][0]["audioUrl"]).await?;
        assert!(status == StatusCode::OK && file.starts_with(b"ID3"), "{path}");
    }

    for song in ["taskId_774b9aa0422f", "5c79****be8e"] {
        let record = caller.song(&song.replace('*', "%2A")).await?;
        assert_eq!(caller.file(&record["response"]["sunoData"][0]["audioUrl"]).await?.0, StatusCode::OK);
        let body = json!({ "taskId": song, "audioId": track, "callBackUrl": call_back_url, "author": "电子" });
        let id = caller.start("/api/v1/mp4/generate", &body).await?;
        let video = caller.get(&format!("/api/v1/mp4/record-info?taskId={id}")).await?["data"].take();
        assert_eq!((&video["successFlag"], &video["musicIndex"]), (&json!("SUCCESS"), &json!(0)));
        assert_eq!(&caller.file(&video["response"]["videoUrl"]).await?.1[4..8], b"ftyp");
        assert_eq!(caller.song(&id).await?, Value::Null, "a video is not found among the songs");
    }
    assert_eq!(sandbox.balance().get(), 1_000.0 - 2.0 * 12.0 - 2.0 * 2.0);
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn a_requested_duration_is_kept() -> Answered {
    let sandbox = Sandbox::builder().speed(Speed::Instant).build();
    let mut caller = TestCaller::new(&sandbox).await?;
    let mut body = json!({ "customMode": true, "instrumental": true, "style": "polka", "title": "Kurz" });
    body["model"] = "V5_5".into();
    body["duration"] = 20.into();
    body["callBackUrl"] = "https://hooks.example.net/kie".into();
    let id = caller.start("/api/v1/generate", &body).await?;
    let row = caller.song(&id).await?["response"]["sunoData"][0].take();
    assert_eq!(
        (&row["duration"], &row["prompt"], &row["tags"]),
        (&json!(20.0), &json!("[Instrumental]"), &json!("polka"))
    );
    assert!((seconds(&caller.file(&row["audioUrl"]).await?.1) - 20.0).abs() < 0.024);
    Ok(())
}

/// Returns the duration of an MP3 file in seconds. The file has an ID3 tag, and then frames of 96 bytes, each with a
/// duration of 24 ms. Panics if a frame does not begin like a frame.
fn seconds(mp3: &[u8]) -> f64 {
    let tag = mp3[6..10].iter().fold(0, |size, byte| size << 7 | usize::from(*byte));
    let frames = mp3[10 + tag..].chunks(96);
    assert!(frames.clone().all(|frame| frame.starts_with(b"\xff\xf3") && frame.len() == 96), "a broken frame");
    frames.len() as f64 * 0.024
}
