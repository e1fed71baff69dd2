//! Tests of the faults of a file, and of the seed.

use kie_sandbox::{Fault, Faults, Sandbox, Speed};
use serde_json::json;

use crate::caller::{Answered, TestCaller, song_request};

#[tokio::test(start_paused = true)]
async fn a_file_gives_each_request_and_task_its_fault() -> Answered {
    let file = json!({
        "speed": "instant",
        "requests": { "generate-music": [null, { "refuse": { "code": 430 } }] },
        "tasks": [null, { "fails": { "code": 501 } }],
        "randomRequests": [
            { "operation": "generate-music", "oneIn": 1, "fault": { "refuse": { "code": 455, "msg": "closed" } } },
        ],
    });
    let sandbox = Sandbox::builder().speed(Speed::Live).faults(Faults::from_json(&file.to_string())?).build();
    let mut caller = TestCaller::new(&sandbox).await?;
    let first = caller.start("/api/v1/generate", &song_request()).await?;
    assert_eq!(caller.song(&first).await?["status"], "SUCCESS");
    assert_eq!(caller.post("/api/v1/generate", &song_request()).await?["code"], 430);
    let closed = caller.post("/api/v1/generate", &song_request()).await?;
    assert_eq!((&closed["code"], &closed["msg"]), (&json!(455), &json!("closed")));
    let lyrics = json!({ "prompt": "x", "callBackUrl": "https://hooks.example.net/kie" });
    caller.start("/api/v1/lyrics", &lyrics).await?;
    assert_eq!(sandbox.tasks().last().map(|task| task.status.clone()).as_deref(), Some("GENERATE_LYRICS_FAILED"));
    sandbox.fault("generate-music", Fault::refuse(500));
    assert_eq!(caller.post("/api/v1/generate", &song_request()).await?["code"], 500);
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn a_later_setting_replaces_that_of_the_file() -> Answered {
    let faults = Faults::from_json(r#"{ "speed": "live" }"#)?;
    let sandbox = Sandbox::builder().faults(faults).speed(Speed::Instant).build();
    let mut caller = TestCaller::new(&sandbox).await?;
    let id = caller.start("/api/v1/generate", &song_request()).await?;
    assert_eq!(caller.song(&id).await?["status"], "SUCCESS");
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn a_seed_repeats_ids_durations_and_random_faults() -> Answered {
    let run = async |seed: Option<u64>| -> Answered<(Vec<String>, String)> {
        let file = r#"{ "randomRequests": [{ "oneIn": 3, "fault": { "refuse": { "code": 455 } } }] }"#;
        let mut builder = Sandbox::builder().speed(Speed::Instant).faults(Faults::from_json(file)?);
        if let Some(seed) = seed {
            builder = builder.seed(seed);
        }
        let sandbox = builder.build();
        assert!(seed.is_none_or(|seed| sandbox.seed() == seed));
        let mut caller = TestCaller::new(&sandbox).await?;
        let mut codes = Vec::new();
        for _ in 0..20 {
            codes.push(caller.post("/api/v1/generate", &song_request()).await?.to_string());
        }
        let id = sandbox.tasks().first().ok_or("no task")?.id.clone();
        let mut song = caller.song(&id).await?;
        while song.is_null() {
            song = caller.song(&id).await?;
        }
        Ok((codes, song["response"]["sunoData"][0]["duration"].to_string()))
    };
    let seven = run(Some(7)).await?;
    assert_eq!(run(Some(7)).await?, seven);
    assert!(seven.0.iter().any(|code| code.contains("455")) && seven.1.parse::<f64>().is_ok(), "{seven:?}");
    assert_ne!(run(Some(8)).await?, seven);
    assert_ne!(run(None).await?, run(None).await?);
    Ok(())
}
