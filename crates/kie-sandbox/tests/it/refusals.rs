//! Tests of requests that the sandbox refuses.

use http::{Method, StatusCode, header};
use http_body_util::Full;
use kie_sandbox::{FILES, Sandbox, Speed};
use kie_types::{Credits, catalog};
use serde_json::{Value, json};

use crate::caller::{Answered, TestCaller, request, song_request};

#[tokio::test(start_paused = true)]
async fn a_wrong_key_is_refused() -> Answered {
    let refusal = json!({ "code": 401, "msg": "You do not have access permissions" });
    for (key, sent) in [(None, None), (None, Some("Bearer ")), (Some("other"), Some("Bearer key"))] {
        let mut builder = Sandbox::builder();
        if let Some(key) = key {
            builder = builder.api_key(key);
        }
        let mut caller = TestCaller::new(&builder.build()).await?;
        let mut asked = request(Method::GET, "/api/v1/chat/credit");
        if let Some(sent) = sent {
            asked = asked.header(header::AUTHORIZATION, sent);
        }
        let (status, answer) = caller.send(asked.body(Full::default())?).await?;
        assert_eq!((status, serde_json::from_slice::<Value>(&answer)?), (StatusCode::OK, refusal.clone()));
    }
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn rules_are_checked_before_credits() -> Answered {
    let sandbox = Sandbox::builder().credits(Credits::new(11.9)).build();
    let mut caller = TestCaller::new(&sandbox).await?;
    let refusal = |code: i64, msg: &str| json!({ "code": code, "msg": msg, "data": null });

    let mut homeless = song_request();
    homeless["callBackUrl"].take();
    assert_eq!(caller.post("/api/v1/generate", &homeless).await?, refusal(422, "Please enter callBackUrl."));

    let mut wrong = song_request();
    wrong["customMode"] = true.into();
    wrong["vocalGender"] = "x".into();
    let answer = caller.post("/api/v1/generate", &wrong).await?;
    let msg = answer["msg"].as_str().unwrap_or_default();
    assert!(
        answer["code"] == 422 && ["style", "title", "vocalGender"].iter().all(|field| msg.contains(field)),
        "{msg}"
    );

    let poor = refusal(402, "The current credits are insufficient. Please top up.");
    assert_eq!(caller.post("/api/v1/generate", &song_request()).await?, poor);

    let mut video = json!({ "taskId": "5c79****be8e", "audioId": "no-such-track" });
    video["callBackUrl"] = "https://hooks.example.net/kie".into();
    assert_eq!(caller.post("/api/v1/mp4/generate", &video).await?, refusal(422, "Record does not exist"));

    let text = request(Method::POST, "/api/v1/generate").header(header::AUTHORIZATION, "Bearer key");
    let (_, answer) = caller.send(text.body("{ prompt }".into())?).await?;
    assert_eq!(serde_json::from_slice::<Value>(&answer)?["code"], 400);
    assert_eq!(sandbox.requests("generate-music")[3].body, "{ prompt }");

    for (method, path, code, allow) in [
        (Method::GET, "/api/v1/generate", 405, Some("POST")),
        (Method::DELETE, "/api/v1/jobs/recordInfo", 405, Some("GET")),
        (Method::PUT, "/openapi.json", 405, Some("GET, HEAD")),
        (Method::POST, "/api/v1/nowhere", 404, None),
    ] {
        let (head, answer) = caller.exchange(request(method, path).body(Full::default())?).await?;
        assert_eq!((head.status.as_u16(), &serde_json::from_slice::<Value>(&answer)?["code"]), (code, &json!(code)));
        assert_eq!(head.headers.get(header::ALLOW).map(|allow| allow.to_str()).transpose()?, allow, "{path}");
    }

    for path in ["/api/v1/generate/record-info", "/api/v1/wav/record-info?taskId=", "/api/v1/voice/record-info?id=x"] {
        assert_eq!(caller.get(path).await?, refusal(422, "taskId is required"), "{path}");
    }
    let nameless = caller.get("/api/v1/suno/recovery/record-info?taskId=x").await?;
    assert_eq!(nameless, refusal(422, "task_id is required"));
    let empty = json!({ "file": "empty", "uploadPath": "demos" });
    let empty = caller.call(catalog::find("upload-file-stream")?, &empty).await?;
    assert_eq!(empty, json!({ "success": false, "code": 400, "msg": "The file is empty" }));
    let unknown = caller.get("/api/v1/generate/record-info?taskId=unknown").await?;
    assert_eq!(unknown, json!({ "code": 200, "msg": "success", "data": null }));
    assert!(sandbox.tasks().is_empty() && sandbox.balance() == Credits::new(11.9));
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn the_file_host_needs_a_user_agent_and_no_key() -> Answered {
    let sandbox = Sandbox::builder().speed(Speed::Instant).build();
    let mut caller = TestCaller::new(&sandbox).await?;
    let link = caller.song("taskId_774b9aa0422f").await?["response"]["sunoData"][0]["audioUrl"].take();
    let path = link.as_str().and_then(|link| link.strip_prefix("http://sandbox.test")).ok_or("a foreign link")?;

    let nameless = request(Method::GET, path).body(Full::default())?;
    assert_eq!(caller.send(nameless).await?.0, StatusCode::FORBIDDEN);
    let leaking = request(Method::GET, path).header(header::AUTHORIZATION, "Bearer key").header("user-agent", "test");
    assert_eq!(caller.send(leaking.body(Full::default())?).await?.0, StatusCode::OK);
    let missing = json!("http://sandbox.test/files/unknown.mp3");
    assert_eq!(caller.file(&missing).await?.0, StatusCode::NOT_FOUND);

    let bearers: Vec<_> = sandbox.requests(FILES).iter().map(|request| request.bearer).collect();
    assert_eq!(bearers, [false, true, false]);
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn a_body_has_a_limit() -> Answered {
    let mut caller = TestCaller::new(&Sandbox::default()).await?;
    let body = vec![b' '; (16 << 20) + 1];
    let large = request(Method::POST, "/api/v1/generate").body(Full::from(body))?;
    // The server closes the connection without reading the rest of the large body. So the response may be lost, and the
    // test accepts an error.
    if let Ok((status, _)) = caller.send(large).await {
        assert_eq!(status, StatusCode::PAYLOAD_TOO_LARGE);
    }
    Ok(())
}
