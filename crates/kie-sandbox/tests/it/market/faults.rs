//! Faults of the market route.

use http::{Method, header};
use http_body_util::Full;
use kie_sandbox::{Fault, Speed};
use kie_types::{Job, MarketRecord, Music, Record};
use serde_json::{Value, json};

use super::{account, look_up, song, start, submit};
use crate::caller::{Answered, TestCaller, request, song_request};

/// Looks up a task. Returns the bytes of the response.
async fn raw(caller: &mut TestCaller, id: &str) -> Answered<Vec<u8>> {
    let path = format!("/api/v1/jobs/recordInfo?taskId={id}");
    let request = request(Method::GET, &path).header(header::AUTHORIZATION, "Bearer key");
    Ok(caller.send(request.body(Full::default())?).await?.1.to_vec())
}

#[tokio::test(start_paused = true)]
async fn a_record_with_a_broken_echo_is_not_json() -> Answered {
    let (sandbox, mut caller) = account(Speed::Instant).await?;
    let mut input = song();
    input["prompt"] = "tram \"bells\"\nin, \"state\": the fog \\ {\"a\":\"b\"}".into();
    let id = start(&mut caller, "generate", input).await?;
    let intact = look_up(&mut caller, &id).await?["data"].take();
    sandbox.fault("get-music-details", Fault::BrokenEcho);
    let broken = raw(&mut caller, &id).await?;
    assert!(serde_json::from_slice::<Value>(&broken).is_err());
    let text = String::from_utf8(broken.clone())?;
    for field in ["param", "paramJson"] {
        assert!(text.contains(&format!(r#""{field}":"{{\"callBackUrl\":"#)), "{text}");
    }
    assert_eq!(text.matches(r#"\"input\":\"{\\"custom_mode\\":false"#).count(), 2, "{text}");
    assert!(text.contains(&json!({ "resultJson": intact["resultJson"] }).to_string()[1..50]), "{text}");

    let record = MarketRecord::read(200, &broken)?.ok_or("no record")?;
    assert_eq!(Music::of_market(&record).output().map(|tracks| tracks.len()), Some(2));
    assert_eq!(look_up(&mut caller, &id).await?["data"], intact, "only one response had the fault");
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn a_damaged_result_has_a_good_copy() -> Answered {
    let (sandbox, mut caller) = account(Speed::Instant).await?;
    let id = start(&mut caller, "generate", song()).await?;
    let intact = look_up(&mut caller, &id).await?["data"].take();
    sandbox.fault("get-music-details", Fault::DamagedResult);
    let damaged = look_up(&mut caller, &id).await?["data"].take();
    let half = damaged["resultJson"].as_str().ok_or("no result")?;
    assert!(serde_json::from_str::<Value>(half).is_err() && !half.is_empty(), "{half}");
    assert_eq!((&damaged["response"], &damaged["state"]), (&intact["response"], &intact["state"]));
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn a_submit_can_lose_its_id() -> Answered {
    let (sandbox, mut caller) = account(Speed::Instant).await?;
    sandbox.fault("generate-music", Fault::NoTaskId);
    assert_eq!(submit(&mut caller, "generate", song()).await?, json!({ "code": 200, "data": {} }));
    sandbox.fault("generate-music", Fault::NoTaskId);
    assert_eq!(caller.post("/api/v1/generate", &song_request()).await?, json!({ "code": 200, "data": {} }));
    assert_eq!((sandbox.tasks().len(), sandbox.balance().get()), (2, 976.0), "the tasks were made and charged");

    // Responses that do not concern the fault are not changed.
    sandbox.fault("boost-music-style", Fault::NoTaskId);
    let style = submit(&mut caller, "boost-music-style", json!({ "content": "dusty soul" })).await?;
    assert!(style["data"]["taskId"].is_string() && style["data"]["result"].is_string(), "{style}");
    let id = &sandbox.tasks()[1].id;
    let record = caller.song(id).await?;
    for fault in [Fault::NoTaskId, Fault::BrokenEcho, Fault::DamagedResult] {
        sandbox.fault("get-music-details", fault);
        assert_eq!(caller.song(id).await?, record);
    }
    Ok(())
}
