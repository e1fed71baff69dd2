//! Tests of the sandbox's own paths: faults while it runs, and its books.

use http::{Method, StatusCode, header};
use kie_sandbox::{Books, Sandbox, Speed};
use kie_types::Credits;
use serde_json::{Value, json};
use tokio::time::{Duration, sleep};

use crate::caller::{Answered, TestCaller, request, song_request};

/// Sends a request without an API key to a path of the sandbox itself. Returns the HTTP status and the JSON.
async fn control(caller: &mut TestCaller, method: Method, path: &str, body: &str) -> Answered<(StatusCode, Value)> {
    let (status, answer) = caller.send(request(method, path).body(body.to_owned().into())?).await?;
    Ok((status, serde_json::from_slice(&answer)?))
}

#[tokio::test(start_paused = true)]
async fn faults_are_added_and_removed_while_it_runs() -> Answered {
    let sandbox = Sandbox::builder().speed(Speed::Live).api_key("key").build();
    let mut caller = TestCaller::new(&sandbox).await?;
    let faults = json!({
        "speed": "instant",
        "requests": { "generate-music": [null, { "refuse": { "code": 455 } }, "hang"] },
        "tasks": [null, { "fails": { "code": 531 } }],
        "callbacks": ["lost"],
        "randomRequests": [{ "oneIn": 1, "fault": { "error-page": { "httpStatus": 503 } } }],
    });
    let (status, queued) = control(&mut caller, Method::POST, "/sandbox/faults", &faults.to_string()).await?;
    let expected = json!({
        "requests": { "generate-music": [null, "refuse", "hang"] }, "tasks": [null, "fails"], "callbacks": ["lost"],
        "randomRequests": true, "randomCallbacks": false,
    });
    assert_eq!((status, &queued), (StatusCode::OK, &expected));
    assert_eq!(json!(sandbox.queued_faults()), expected);

    let id = caller.start("/api/v1/generate", &song_request()).await?;
    assert_eq!(caller.post("/api/v1/generate", &song_request()).await?["code"], 455);
    // The fault of all requests does not strike the paths of the sandbox itself.
    let (status, queued) = control(&mut caller, Method::GET, "/sandbox/faults", "").await?;
    assert_eq!((status, &queued["requests"]), (StatusCode::OK, &json!({ "generate-music": ["hang"] })));
    let (status, queued) = control(&mut caller, Method::DELETE, "/sandbox/faults", "").await?;
    assert_eq!((status, &queued["requests"], &queued["randomRequests"]), (StatusCode::OK, &json!({}), &json!(false)));
    assert_eq!((&queued["tasks"], &queued["callbacks"]), (&json!([]), &json!([])));
    assert_eq!(caller.song(&id).await?["status"], "SUCCESS", "the speed stays");
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn wrong_faults_change_nothing_and_name_the_field() -> Answered {
    let sandbox = Sandbox::default();
    let mut caller = TestCaller::new(&sandbox).await?;
    let wrong = r#"{ "callbacks": ["lost"], "requests": { "generate-music": [{ "refuse": { "code": "430" } }] } }"#;
    let (status, answer) = control(&mut caller, Method::POST, "/sandbox/faults", wrong).await?;
    assert_eq!((status, &answer["field"]), (StatusCode::BAD_REQUEST, &json!("requests.generate-music[0].refuse.code")));
    let reason = answer["reason"].as_str().ok_or("no reason")?;
    assert!(reason.starts_with("invalid type: string \"430\", expected i64 at line 1 column "), "{reason}");
    assert!(sandbox.queued_faults().callbacks.is_empty());

    for (method, path, status, allow) in [
        (Method::PUT, "/sandbox/faults", 405, Some("GET, POST, DELETE")),
        (Method::DELETE, "/sandbox/books", 405, Some("GET")),
        (Method::GET, "/sandbox/unknown", 404, None),
    ] {
        let (head, _) = caller.exchange(request(method, path).body("".into())?).await?;
        assert_eq!(head.status, status, "{path}");
        assert_eq!(head.headers.get(header::ALLOW).map(|allow| allow.to_str()).transpose()?, allow, "{path}");
    }
    assert_eq!(sandbox.books().requests.total, 0, "requests to the sandbox itself are not recorded");
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn the_books_tell_what_was_received_and_charged() -> Answered {
    let sandbox = Sandbox::builder().speed(Speed::Instant).webhook_key("whk").build();
    let mut caller = TestCaller::new(&sandbox).await?;
    let faults = r#"{ "requests": { "generate-music": [null, "no-task-id"] }, "tasks": [null, { "fails": { "code": 531 } }], "callbacks": ["lost"] }"#;
    control(&mut caller, Method::POST, "/sandbox/faults", faults).await?;
    let id = caller.start("/api/v1/generate", &song_request()).await?;
    caller.post("/api/v1/generate", &song_request()).await?;
    caller.post("/api/v1/style/generate", &json!({ "content": "dub" })).await?;
    caller.send(request(Method::GET, "/api/v1/chat/credit").body("".into())?).await?;
    sleep(Duration::from_secs(1)).await;

    let (status, books) = control(&mut caller, Method::GET, "/sandbox/books", "").await?;
    assert_eq!((status, &books), (StatusCode::OK, &serde_json::to_value(sandbox.books())?));
    assert_eq!((&books["balance"], &books["charged"]), (&json!(987.6), &json!(12.4)));
    assert_eq!(sandbox.books().charged + sandbox.balance(), Credits::new(1_000.0));
    let requests = &books["requests"]["latest"];
    assert_eq!(books["requests"]["total"], 4);
    let first = json!({
        "operation": "generate-music", "method": "POST", "path": "/api/v1/generate", "body": song_request(),
        "bearer": true, "fault": null, "atSeconds": 0.0,
    });
    assert_eq!(
        (&requests[0], &requests[1]["fault"], &requests[3]["bearer"]),
        (&first, &json!("no-task-id"), &json!(false))
    );
    let task = json!({
        "id": id, "operation": "generate-music", "kind": "music", "route": "classic", "paid": 12.0, "refunded": false,
        "status": "SUCCESS",
    });
    assert_eq!((&books["tasks"]["latest"][0], &books["tasks"]["latest"][1]["refunded"]), (&task, &json!(true)));
    let callback = &books["callbacks"]["latest"][0];
    assert_eq!(
        (&callback["taskId"], &callback["stage"], &callback["fault"]),
        (&json!(id), &json!("text"), &json!("lost"))
    );
    assert_eq!((&callback["url"], &callback["attempts"]), (&song_request()["callBackUrl"], &json!(0)));
    assert_eq!(callback["headers"]["content-type"], "application/json");
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn the_books_keep_the_latest_entries_and_cut_files() -> Answered {
    let sandbox = Sandbox::builder().speed(Speed::Instant).build();
    let mut caller = TestCaller::new(&sandbox).await?;
    for _ in 0..Books::LATEST + 4 {
        caller.get("/api/v1/chat/credit").await?;
    }
    let file = json!({ "base64Data": "UklG".repeat(5_000), "uploadPath": "demos" });
    assert_eq!(caller.post("/api/file-base64-upload", &file).await?["code"], 200);
    let books = sandbox.books();
    assert_eq!((books.requests.total, books.requests.latest.len()), (1_005, 1_000));
    let last = &books.requests.latest[999];
    let text = last.body["base64Data"].as_str().ok_or("no text")?;
    assert_eq!((last.operation, text.chars().count(), text.ends_with('…')), ("upload-file-base-64", 10_001, true));
    assert_eq!(sandbox.requests("upload-file-base-64")[0].body, file, "the journal has the whole body");
    Ok(())
}
