//! Tests of faults of requests, and of scripts of tasks.

use std::time::Duration;

use http::{Method, header};
use kie_sandbox::{Fault, Sandbox, Speed, TaskScript};
use kie_types::{Credits, RefusalKind};
use serde_json::{Value, json};
use tokio::time::{sleep, timeout};

use crate::caller::{Answered, TestCaller, request, song_request};

#[tokio::test(start_paused = true)]
async fn faults_come_in_order_and_once() -> Answered {
    let sandbox = Sandbox::builder().speed(Speed::Instant).build();
    let generate = "generate-music";
    sandbox.fault(generate, Fault::Refuse { http_status: 429, code: 430, msg: "too often".into() });
    sandbox.fault(generate, Fault::ErrorPage { http_status: 502 });
    sandbox.fault(generate, Fault::HalfBody);
    sandbox.fault(generate, Fault::DropResponse);
    sandbox.fault(generate, Fault::Hang);

    let mut caller = TestCaller::new(&sandbox).await?;
    let submit = || {
        let request = request(Method::POST, "/api/v1/generate").header(header::AUTHORIZATION, "Bearer key");
        request.body(song_request().to_string().into())
    };
    let (status, refusal) = caller.send(submit()?).await?;
    assert_eq!(status, 429);
    assert_eq!(serde_json::from_slice::<Value>(&refusal)?, json!({ "code": 430, "msg": "too often", "data": null }));
    let (status, page) = caller.send(submit()?).await?;
    assert!(status == 502 && page.starts_with(b"<html>"));
    assert!(sandbox.tasks().is_empty(), "a refusal does nothing");

    let (status, half) = caller.send(submit()?).await?;
    assert!(status == 200 && half.starts_with(b"{") && serde_json::from_slice::<Value>(&half).is_err());
    assert!(caller.send(submit()?).await.is_err(), "the answer was not dropped");
    let mut caller = TestCaller::new(&sandbox).await?;
    let hangs = timeout(Duration::from_secs(3_600), caller.send(submit()?)).await;
    assert!(hangs.is_err(), "there was an answer");
    let mut caller = TestCaller::new(&sandbox).await?;
    assert_eq!(caller.send(submit()?).await?.0, 200);

    assert_eq!((sandbox.tasks().len(), sandbox.requests(generate).len()), (4, 6));
    assert_eq!(sandbox.balance(), Credits::new(1_000.0 - 4.0 * 12.0));
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn task_scripts_come_in_order_and_once() -> Answered {
    let sandbox = Sandbox::builder().build();
    sandbox.script_task(TaskScript::Fails {
        status: "SENSITIVE_WORD_ERROR".into(),
        code: 531,
        message: "no".into(),
        after: None,
    });
    sandbox.script_task(TaskScript::Undelivered { with_tracks: true });
    sandbox.script_task(TaskScript::Undelivered { with_tracks: false });
    sandbox.script_task(TaskScript::HiddenFor(Duration::from_secs(5)));
    sandbox.script_task(TaskScript::UnknownStatus("DREAMING".into()));
    let mut caller = TestCaller::new(&sandbox).await?;
    let mut ids = Vec::new();
    for _ in 0..6 {
        ids.push(caller.start("/api/v1/generate", &song_request()).await?);
    }
    assert_eq!(caller.song(&ids[3]).await?, Value::Null);
    assert_eq!(caller.song(&ids[4]).await?["status"], "DREAMING");
    assert_eq!(sandbox.balance(), Credits::new(1_000.0 - 6.0 * 12.0));

    sleep(Duration::from_secs(6)).await;
    let failed = caller.song(&ids[0]).await?;
    assert_eq!((&failed["status"], &failed["errorCode"]), (&json!("SENSITIVE_WORD_ERROR"), &json!(531)));
    let undelivered = caller.song(&ids[1]).await?;
    assert_eq!(undelivered["status"], "CALLBACK_EXCEPTION");
    assert_ne!(undelivered["response"]["sunoData"][1]["audioUrl"], "");
    assert_eq!(caller.song(&ids[2]).await?["response"], Value::Null);
    for id in &ids[3..] {
        assert_eq!(caller.song(id).await?["status"], "SUCCESS");
    }
    assert_eq!(sandbox.balance(), Credits::new(1_000.0 - 5.0 * 12.0), "531 refunds the credits");
    let callbacks = sandbox.callbacks();
    let error = callbacks.iter().find(|callback| callback.task_id == ids[0]).ok_or("no callback")?;
    assert_eq!((&error.body["code"], &error.body["data"]["callbackType"]), (&json!(531), &json!("error")));
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn faults_and_scripts_by_code_have_the_messages_of_the_service() -> Answered {
    let sandbox = Sandbox::builder().speed(Speed::Instant).build();
    let generate = "generate-music";
    sandbox.fault(generate, Fault::refuse(430));
    sandbox.fault(generate, Fault::refuse_with_message(429, "insufficient credits"));
    sandbox.fault(generate, Fault::error_page(503));
    let mut caller = TestCaller::new(&sandbox).await?;
    let often = caller.post("/api/v1/generate", &song_request()).await?;
    assert_eq!((&often["code"], &often["data"]), (&json!(430), &Value::Null));
    assert_eq!(RefusalKind::of_code(430, often["msg"].as_str().ok_or("no words")?), RefusalKind::RateLimited);
    let poor = caller.post("/api/v1/generate", &song_request()).await?;
    assert_eq!(poor, json!({ "code": 429, "msg": "insufficient credits", "data": null }));
    assert!(caller.post("/api/v1/generate", &song_request()).await.is_err(), "a page is no JSON");
    assert!(sandbox.tasks().is_empty());

    sandbox.script_task(TaskScript::fails(531));
    sandbox.script_task(TaskScript::fails_as("SENSITIVE_WORD_ERROR", 400));
    sandbox.script_task(TaskScript::undelivered(true));
    sandbox.script_task(TaskScript::fails(501));
    for (status, code) in [
        ("GENERATE_AUDIO_FAILED", json!(531)),
        ("SENSITIVE_WORD_ERROR", json!(400)),
        ("CALLBACK_EXCEPTION", json!(null)),
    ] {
        let id = caller.start("/api/v1/generate", &song_request()).await?;
        let song = caller.song(&id).await?;
        assert_eq!((&song["status"], &song["errorCode"]), (&json!(status), &code));
        assert_eq!(song["errorMessage"].is_string(), code.is_number(), "{song}");
    }
    // The fourth script names no status word, so the word depends on the kind of the task. A lyrics task has another
    // word than a music task.
    let lyrics = json!({ "prompt": "a ferry at night", "callBackUrl": "https://hooks.example.net/kie" });
    let id = caller.start("/api/v1/lyrics", &lyrics).await?;
    let record = &caller.get(&format!("/api/v1/lyrics/record-info?taskId={id}")).await?["data"];
    assert_eq!((&record["status"], &record["errorCode"]), (&json!("GENERATE_LYRICS_FAILED"), &json!(501)));
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn a_source_that_cannot_be_fetched_fails_later() -> Answered {
    let sandbox = Sandbox::builder().speed(Speed::Instant).build();
    let mut caller = TestCaller::new(&sandbox).await?;
    let call_back_url = "https://hooks.example.net/kie";
    let demo = "e231****-****-****-****-****8cadc7dc";
    for (audio_id, model) in [("no-such-track", "V4"), (demo, "V5")] {
        let body = json!({
            "defaultParamFlag": false, "audioId": audio_id, "model": model,
            "callBackUrl": call_back_url,
        });
        let id = caller.start("/api/v1/generate/extend", &body).await?;
        assert_eq!(caller.song(&id).await?["status"], "GENERATE_AUDIO_FAILED");
    }
    let body = json!({
        "uploadUrl": "https://nowhere.invalid/a.mp3", "title": "t", "tags": "t", "negativeTags": "n",
        "callBackUrl": call_back_url,
    });
    let id = caller.start("/api/v1/generate/add-instrumental", &body).await?;
    let record = caller.song(&id).await?;
    assert_eq!((&record["errorCode"], &record["response"]), (&json!(451), &Value::Null));
    Ok(())
}
