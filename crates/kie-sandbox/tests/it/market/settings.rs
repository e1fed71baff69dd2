//! Settings of the sandbox for the market route.

use std::time::Duration;

use kie_sandbox::{Sandbox, Speed, TASK_DETAILS, TaskScript};
use kie_types::{Credits, Stage};
use serde_json::{Value, json};
use tokio::time::sleep;

use super::{account, look_up, parsed, song, start, submit};
use crate::caller::{Answered, TestCaller, song_request};

#[tokio::test(start_paused = true)]
async fn results_can_come_as_tasks() -> Answered {
    let sandbox = Sandbox::builder().speed(Speed::Fast).market_inline(false).build();
    let mut caller = TestCaller::new(&sandbox).await?;
    let song = start(&mut caller, "generate", song()).await?;
    sleep(Duration::from_secs(3)).await;
    let track = look_up(&mut caller, &song).await?["data"]["response"]["data"][0]["id"].take();
    let of_track = json!({ "task_id": song, "audio_id": track });

    let mut persona = of_track.clone();
    (persona["name"], persona["description"]) = ("Alto".into(), "warm".into());
    for (slug, input, key, price) in [
        ("generate-persona", persona, "personaId", 0.0),
        ("boost-music-style", json!({ "content": "dusty soul" }), "result", 0.4),
        ("timeStamped-lyrics", of_track, "alignedWords", 0.5),
    ] {
        let before = sandbox.balance();
        let id = start(&mut caller, slug, input).await?;
        assert_eq!(look_up(&mut caller, &id).await?["data"]["resultJson"], "");
        sleep(Duration::from_secs(3)).await;
        let record = look_up(&mut caller, &id).await?["data"].take();
        assert!(!parsed(&record, "resultJson")?[key].is_null(), "{record}");
        assert_eq!(record["creditsConsumed"], price);
        assert_eq!(before - sandbox.balance(), Credits::new(price), "{slug}");
        let callbacks = sandbox.callbacks();
        let callback = callbacks.iter().find(|callback| callback.task_id == id).ok_or("no callback")?;
        assert_eq!(callback.body["data"]["resultJson"], record["resultJson"]);
    }
    assert_eq!(sandbox.requests(TASK_DETAILS).len(), 6);

    let recording = "https://cdn.example.net/voice.wav";
    let sample = json!({ "voice_url": recording, "vocal_start_s": 4, "vocal_end_s": 19 });
    let phrase = start(&mut caller, "validation-phrase", sample).await?;
    sleep(Duration::from_secs(3)).await;
    let voice = start(&mut caller, "create-voice", json!({ "task_id": phrase, "verify_url": recording })).await?;
    sleep(Duration::from_secs(3)).await;
    let check = start(&mut caller, "check-voice", json!({ "task_id": voice })).await?;
    sleep(Duration::from_secs(3)).await;
    assert_eq!(look_up(&mut caller, &check).await?["data"]["response"], json!({ "isAvailable": true }));
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn ids_can_cross_the_routes() -> Answered {
    let sandbox = Sandbox::builder().speed(Speed::Instant).ids_cross(true).build();
    let mut caller = TestCaller::new(&sandbox).await?;
    let classic = caller.start("/api/v1/generate", &song_request()).await?;
    let record = look_up(&mut caller, &classic).await?["data"].take();
    assert_eq!((&record["model"], &record["state"]), (&json!("ai-music-api/generate"), &json!("success")));
    let market = start(&mut caller, "generate", song()).await?;
    assert_eq!(caller.song(&market).await?["status"], "SUCCESS");
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn a_request_can_name_a_track_of_the_other_route() -> Answered {
    let (sandbox, mut caller) = account(Speed::Instant).await?;
    let classic = caller.start("/api/v1/generate", &song_request()).await?;
    let track = caller.song(&classic).await?["response"]["sunoData"][0]["id"].take();
    start(&mut caller, "convert-to-wav-format", json!({ "task_id": classic, "audio_id": track })).await?;
    let market = start(&mut caller, "generate", song()).await?;
    let track = look_up(&mut caller, &market).await?["data"]["response"]["data"][0]["id"].take();
    let wav = json!({ "taskId": market, "audioId": track, "callBackUrl": "https://hooks.example.net/kie" });
    caller.start("/api/v1/wav/generate", &wav).await?;
    let routes: Vec<_> = sandbox.tasks().iter().map(|task| task.route.as_str()).collect();
    assert_eq!(routes, ["classic", "market", "market", "classic"]);
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn both_routes_share_a_rate_limit() -> Answered {
    let sandbox = Sandbox::builder().speed(Speed::Instant).rate_limits(true).build();
    let mut caller = TestCaller::new(&sandbox).await?;
    let mut id = String::new();
    for _ in 0..10 {
        caller.start("/api/v1/generate", &song_request()).await?;
        id = start(&mut caller, "generate", song()).await?;
    }
    let classic = caller.post("/api/v1/generate", &song_request()).await?;
    let market = submit(&mut caller, "generate", song()).await?;
    assert_eq!((&classic["code"], &market["code"], &market["data"]), (&json!(430), &json!(429), &Value::Null));
    assert_eq!(sandbox.tasks().len(), 20);
    sleep(Duration::from_secs(10)).await;
    start(&mut caller, "generate", song()).await?;

    for _ in 0..10 {
        assert_eq!(look_up(&mut caller, &id).await?["code"], 200);
    }
    assert_eq!(look_up(&mut caller, &id).await?["code"], 429);
    let other = sandbox.tasks()[1].id.clone();
    assert_eq!(look_up(&mut caller, &other).await?["code"], 200, "each task has its own limit");
    sleep(Duration::from_secs(1)).await;
    assert_eq!(look_up(&mut caller, &id).await?["code"], 200);

    assert_eq!(caller.get("/api/v1/models").await?["code"], 200);
    assert_eq!(caller.get("/api/v1/models/ai-music-api/generate/price").await?["code"], 429);
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn a_song_has_no_stages_on_this_route() -> Answered {
    let (sandbox, mut caller) = account(Speed::Live).await?;
    let id = start(&mut caller, "generate", song()).await?;
    let mut states = Vec::new();
    for _ in 0..8 {
        let record = look_up(&mut caller, &id).await?["data"].take();
        let is_end = record["state"] == "success";
        assert_eq!((record["resultJson"] != "", record["completeTime"].is_u64()), (is_end, is_end), "{record}");
        assert_eq!(record["successFlag"], u8::from(is_end));
        states.push(record["state"].as_str().unwrap_or_default().to_owned());
        sleep(Duration::from_secs(11)).await;
    }
    states.dedup();
    assert_eq!(states, ["waiting", "generating", "success"]);
    assert_eq!(look_up(&mut caller, &id).await?["data"]["costTime"], 75);

    sandbox.script_task(TaskScript::fails_after(Stage::Text, 501));
    let id = start(&mut caller, "generate", song()).await?;
    sleep(Duration::from_secs(67)).await;
    assert_eq!(look_up(&mut caller, &id).await?["data"]["state"], "generating");
    sleep(Duration::from_secs(2)).await;
    let failed = look_up(&mut caller, &id).await?["data"].take();
    assert_eq!((&failed["state"], &failed["costTime"]), (&json!("fail"), &json!(68)));
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn a_script_chooses_the_state() -> Answered {
    let (sandbox, mut caller) = account(Speed::Live).await?;
    let mut state = async |script| -> Answered<Value> {
        sandbox.script_task(script);
        let id = start(&mut caller, "generate", song()).await?;
        Ok(look_up(&mut caller, &id).await?["data"].take())
    };
    let queuing = state(TaskScript::UnknownStatus("queuing".into())).await?;
    assert_eq!((&queuing["state"], &queuing["successFlag"]), (&json!("queuing"), &json!(0)));

    let (sandbox, mut caller) = account(Speed::Instant).await?;
    sandbox.script_task(TaskScript::undelivered(false));
    let id = start(&mut caller, "generate", song()).await?;
    let empty = look_up(&mut caller, &id).await?["data"].take();
    assert_eq!((&empty["state"], &empty["resultJson"]), (&json!("success"), &json!("")));
    Ok(())
}
