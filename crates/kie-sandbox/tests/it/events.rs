//! Tests of the events that an observer is told.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use http::{Method, header};
use kie_sandbox::{CallbackFault, Fault, Sandbox, SandboxBuilder, SandboxEvent, Speed, TaskScript};
use serde_json::{Value, json};
use tokio::time::sleep;

use crate::caller::{Answered, TestCaller, request, song_request};

/// The events so far.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<SandboxEvent>>>);

impl Log {
    fn watch(&self, builder: SandboxBuilder) -> Sandbox {
        let log = Arc::clone(&self.0);
        let observer =
            move |event: &SandboxEvent| log.lock().unwrap_or_else(PoisonError::into_inner).push(event.clone());
        builder.observer(observer).build()
    }

    fn take(&self) -> Vec<SandboxEvent> {
        std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Returns the lines without their times, and with `TASK` in place of the id.
    fn lines(&self, id: &str) -> Vec<String> {
        let line = |event: SandboxEvent| event.to_string().split_once(' ').map(|(_, line)| line.replace(id, "TASK"));
        self.take().into_iter().filter_map(line).collect()
    }
}

#[tokio::test(start_paused = true)]
async fn a_song_is_told_from_its_request_to_its_last_callback() -> Answered {
    let log = Log::default();
    let sandbox = log.watch(Sandbox::builder().speed(Speed::Live).webhook_key("whk"));
    let mut caller = TestCaller::new(&sandbox).await?;
    let mut song = song_request();
    song["callBackUrl"] = json!("https://user:secret@hooks.example.net/kie?token=secret");
    let id = caller.start("/api/v1/generate", &song).await?;
    sleep(Duration::from_secs(600)).await;
    let to = "to https://hooks.example.net/kie: not sent, because it is not http on a loopback address, signed";
    assert_eq!(
        log.lines(&id),
        [
            "POST /api/v1/generate: generate-music, HTTP 200, code 200, task TASK, 12 credits, 988 left".to_owned(),
            "task TASK: generate-music, TEXT_SUCCESS, stage text".into(),
            format!("callback of task TASK, TEXT_SUCCESS, {to}"),
            "task TASK: generate-music, FIRST_SUCCESS, stage first".into(),
            format!("callback of task TASK, FIRST_SUCCESS, {to}"),
            "task TASK: generate-music, SUCCESS, stage complete".into(),
            format!("callback of task TASK, SUCCESS, {to}"),
        ]
    );
    caller.song(&id).await?;
    let told = "GET /api/v1/generate/record-info: get-music-details, HTTP 200, code 200, task TASK";
    assert_eq!(log.lines(&id), [told]);
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn failures_faults_and_refusals_are_told() -> Answered {
    let log = Log::default();
    let sandbox = log.watch(Sandbox::builder().speed(Speed::Live));
    let mut caller = TestCaller::new(&sandbox).await?;
    sandbox.script_task(TaskScript::fails(531));
    sandbox.callback_fault(CallbackFault::Lost);
    let id = caller.start("/api/v1/generate", &song_request()).await?;
    sleep(Duration::from_secs(600)).await;
    assert_eq!(
        log.lines(&id)[1..],
        [
            "task TASK: generate-music, GENERATE_AUDIO_FAILED, code 531: Server error - Generation failed, credits refunded, 12 \
         credits refunded, 1000 left",
            "callback of task TASK, GENERATE_AUDIO_FAILED, to https://hooks.example.net/kie: not sent, not signed, fault lost",
        ]
    );
    sandbox.fault("generate-music", Fault::refuse(430));
    caller.post("/api/v1/generate", &song_request()).await?;
    caller.post("/api/v1/generate", &json!({ "prompt": "\u{1b}[2J" })).await?;
    caller.get("/api/v1/generat?key=secret").await?;
    sandbox.fault("get-account-credits", Fault::DropResponse);
    assert!(caller.get("/api/v1/chat/credit").await.is_err());
    let lines = log.lines(&id);
    assert_eq!(lines.len(), 4, "{lines:?}");
    assert_eq!(
        lines[0],
        "POST /api/v1/generate: generate-music, HTTP 200, code 430: Your call frequency is too high. Please try again \
         later., fault refuse"
    );
    assert!(lines[1].starts_with("POST /api/v1/generate: generate-music, HTTP 200, code 422: "), "{}", lines[1]);
    assert_eq!(lines[2], "GET /api/v1/generat: no operation, HTTP 404, code 404: Not Found");
    assert_eq!(lines[3], "GET /api/v1/chat/credit: get-account-credits, no response, fault drop-response");
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn an_event_is_one_json_object_with_the_slug_of_the_market_route() -> Answered {
    let log = Log::default();
    let sandbox = log.watch(Sandbox::builder().speed(Speed::Live));
    sandbox.script_task(TaskScript::UnknownStatus("queuing\n\u{202e}".into()));
    let mut caller = TestCaller::new(&sandbox).await?;
    let song = json!({ "model": "ai-music-api/generate", "input": { "prompt": "x", "model": "V5", "custom_mode": false,
        "instrumental": false } });
    let id = caller.start("/api/v1/jobs/createTask", &song).await?;
    sleep(Duration::from_secs(600)).await;
    let events: Vec<Value> = log.take().iter().map(serde_json::to_value).collect::<Result<_, _>>()?;
    let mut first = events[0].clone();
    assert!(first["time"].as_str().is_some_and(|time| time.ends_with('Z')), "{first}");
    first["time"].take();
    assert_eq!(
        first,
        json!({
            "event": "request", "time": null, "method": "POST", "path": "/api/v1/jobs/createTask", "operation": "generate-music",
            "slug": "ai-music-api/generate", "status": 200, "code": 200, "message": null, "taskId": id, "charged": 12.0,
            "balance": 988.0, "fault": null,
        })
    );
    let words: Vec<_> = events[1..].iter().map(|event| (&event["event"], &event["status"])).collect();
    let words_told = ["queuing \\u{202e}", "PENDING", "TEXT_SUCCESS", "FIRST_SUCCESS", "SUCCESS"].map(Value::from);
    assert_eq!(words, words_told.iter().map(|word| (&events[1]["event"], word)).collect::<Vec<_>>());
    assert_eq!((&events[1]["event"], &events[1]["route"]), (&json!("task"), &json!("market")));
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn a_line_is_bounded_and_has_no_key() -> Answered {
    let log = Log::default();
    let sandbox = log.watch(Sandbox::builder().api_key("right"));
    let mut caller = TestCaller::new(&sandbox).await?;
    let path = format!("/{}?apiKey=secret", "x".repeat(9_000));
    let wrong = request(Method::GET, &path).header(header::AUTHORIZATION, "Bearer secret");
    caller.send(wrong.body(http_body_util::Full::default())?).await?;
    let wrong = request(Method::GET, "/api/v1/chat/credit").header(header::AUTHORIZATION, "Bearer secret");
    caller.send(wrong.body(http_body_util::Full::default())?).await?;
    let events = log.take();
    assert_eq!(events.len(), 2);
    for event in &events {
        let (line, json) = (event.to_string(), serde_json::to_string(event)?);
        assert!(line.len() < 500 && json.len() < 1_000, "{line}");
        assert!(!line.contains("secret") && !json.contains("secret"), "{json}");
    }
    assert!(events[1].to_string().ends_with("code 401: You do not have access permissions"), "{}", events[1]);
    Ok(())
}
