//! Requests to the market route that are refused, and tasks that fail.

use http::{Method, header};
use http_body_util::Full;
use kie_sandbox::{MODELS, Sandbox, Speed, TASK_DETAILS, TaskScript};
use kie_types::Credits;
use serde_json::{Value, json};

use super::{account, look_up, song, start, submit};
use crate::caller::{Answered, TestCaller, request, song_request};

#[tokio::test(start_paused = true)]
async fn a_request_that_breaks_a_rule_is_refused() -> Answered {
    let (sandbox, mut caller) = account(Speed::Instant).await?;
    let mut long = song();
    long["prompt"] = "x".repeat(6_000).into();
    let mut wrong_type = song();
    wrong_type["custom_mode"] = "yes".into();
    let mut no_mode = song();
    no_mode["custom_mode"].take();
    let inner_call_back = json!({ "prompt": "la", "call_back_url": "nonsense", "callBackUrl": "nonsense" });
    let slug = "ai-music-api/generate";
    for (body, named) in [
        (json!({ "input": song() }), "model"),
        (json!({ "model": "V6", "input": song() }), "model"),
        (json!({ "model": "ai-music-api/Generate", "input": song() }), "model"),
        (json!({ "model": slug }), "input"),
        (json!({ "model": slug, "input": song().to_string() }), "input"),
        (json!({ "model": slug, "input": song(), "callBackUrl": 7 }), "callBackUrl"),
        (json!({ "model": slug, "input": song(), "callBackUrl": "nonsense" }), "callBackUrl"),
        (json!({ "model": slug, "input": long }), "prompt"),
        (json!({ "model": slug, "input": wrong_type }), "custom_mode"),
        (json!({ "model": slug, "input": no_mode }), "custom_mode"),
        (json!({ "model": slug, "input": { "prompt": "a", "customMode": false, "model": "V6" } }), "custom_mode"),
        (json!({ "model": "ai-music-api/convert-to-wav-format", "input": { "task_id": "7c1d" } }), "audio_id"),
    ] {
        let answer = caller.post("/api/v1/jobs/createTask", &body).await?;
        assert_eq!((&answer["code"], &answer["data"]), (&json!(422), &Value::Null), "{body}");
        assert!(answer["msg"].as_str().is_some_and(|msg| msg.contains(named)), "{body}: {answer}");
    }
    let lyrics = submit(&mut caller, "generate-lyrics", inner_call_back).await?;
    assert_eq!(lyrics["code"], 200, "an address inside of `input` is ignored: {lyrics}");
    assert_eq!(sandbox.tasks().len(), 1);
    assert_eq!(sandbox.requests("").len(), 3, "requests without a known slug");
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn keys_and_credits_are_those_of_the_account() -> Answered {
    let sandbox = Sandbox::builder().credits(Credits::new(11.9)).build();
    let mut caller = TestCaller::new(&sandbox).await?;
    let poor = json!({ "code": 402, "msg": "The current credits are insufficient. Please top up.", "data": null });
    assert_eq!(submit(&mut caller, "generate", song()).await?, poor);
    for path in ["/api/v1/jobs/recordInfo?taskId=7c1d", "/api/v1/models"] {
        let keyless = request(Method::GET, path).header(header::HOST, "sandbox.test").body(Full::default())?;
        let (_, answer) = caller.send(keyless).await?;
        let refusal = json!({ "code": 401, "msg": "You do not have access permissions" });
        assert_eq!(serde_json::from_slice::<Value>(&answer)?, refusal);
    }
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn a_route_does_not_know_the_tasks_of_the_other() -> Answered {
    let (sandbox, mut caller) = account(Speed::Instant).await?;
    let unknown = json!({ "code": 422, "msg": "recordInfo is null", "data": null });
    let classic = caller.start("/api/v1/generate", &song_request()).await?;
    let market = start(&mut caller, "generate", song()).await?;
    sandbox.script_task(TaskScript::HiddenFor(std::time::Duration::from_secs(5)));
    let hidden = start(&mut caller, "generate", song()).await?;
    for id in ["7c1d", &classic, &hidden] {
        assert_eq!(look_up(&mut caller, id).await?, unknown);
    }
    assert_eq!(caller.get("/api/v1/jobs/recordInfo").await?["code"], 400);
    assert_eq!(caller.song(&market).await?, Value::Null);
    assert_eq!(sandbox.requests(TASK_DETAILS).len(), 2, "lookups of ids that the account does not have");
    let lookups = sandbox.requests("get-music-details");
    let paths: Vec<_> = lookups.iter().filter_map(|lookup| lookup.path.split('?').next()).collect();
    let [market, classic] = ["/api/v1/jobs/recordInfo", "/api/v1/generate/record-info"];
    assert_eq!(paths, [market, market, classic]);
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn a_failed_task_costs_nothing() -> Answered {
    let (sandbox, mut caller) = account(Speed::Instant).await?;
    for (script, code) in [
        (TaskScript::fails(400), "400"),
        (TaskScript::fails_after(kie_types::Stage::First, 501), "501"),
        (TaskScript::fails_as("SENSITIVE_WORD_ERROR", 400), "SENSITIVE_WORD_ERROR"),
    ] {
        sandbox.script_task(script);
        let id = start(&mut caller, "generate", song()).await?;
        let envelope = look_up(&mut caller, &id).await?;
        let record = &envelope["data"];
        assert_eq!(
            (&envelope["code"], &record["state"], &record["failCode"]),
            (&json!(200), &json!("fail"), &json!(code))
        );
        assert!(record["failMsg"].as_str().is_some_and(|msg| !msg.is_empty()), "{record}");
        assert_eq!((&record["resultJson"], &record["response"]), (&json!(""), &Value::Null));
        assert_eq!((&record["creditsConsumed"], &record["successFlag"]), (&json!(0), &json!(3)));
        assert_eq!(sandbox.balance(), Credits::new(1_000.0));
    }
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn the_catalogue_lists_the_operations() -> Answered {
    let (sandbox, mut caller) = account(Speed::Instant).await?;
    let models = caller.get("/api/v1/models").await?["data"].take();
    let rows = models["models"].as_array().ok_or("no models")?;
    assert_eq!((&models["total"], rows.len()), (&json!(23), 23));
    for row in rows {
        let slug = row["slug"].as_str().ok_or("no slug")?;
        let schema = caller.get(&format!("/api/v1/models/{slug}/schema")).await?;
        assert_eq!(schema["data"], json!({ "model": slug, "openapi": null }));
        let price = caller.get(&format!("/api/v1/models/{slug}/price")).await?["data"].take();
        assert_eq!((&price["model"], price["creditPrice"].is_null()), (&row["model"], row["pricingDesc"].is_null()));
    }
    let song = caller.get("/api/v1/models/ai-music-api/generate/price").await?;
    assert_eq!(song["data"]["creditPrice"], 12.0);
    let unknown = caller.get("/api/v1/models/ai-music-api/cover/schema").await?;
    assert_eq!((&unknown["code"], &unknown["data"]), (&json!(404), &Value::Null));
    assert_eq!(sandbox.requests(MODELS).len(), 3 + 2 * 22 + 2);
    Ok(())
}
