//! Callbacks of tasks of the market route.

use kie_sandbox::{MarketCallbacks, Sandbox, SentCallback, Speed, TaskScript};
use kie_types::signature::{SIGNATURE_HEADER, TIMESTAMP_HEADER, WebhookKey};
use serde_json::{Value, json};

use super::{HOOK, look_up, song, start};
use crate::caller::{Answered, TestCaller};

/// Makes a song with callbacks in this form. Returns its record and its callbacks.
async fn called_back(form: MarketCallbacks, script: Option<TaskScript>) -> Answered<(Value, Vec<SentCallback>)> {
    let sandbox = Sandbox::builder().speed(Speed::Fast).webhook_key("whk").market_callbacks(form).build();
    if let Some(script) = script {
        sandbox.script_task(script);
    }
    let mut caller = TestCaller::new(&sandbox).await?;
    let id = start(&mut caller, "generate", song()).await?;
    tokio::time::sleep(std::time::Duration::from_secs(3)).await;
    let record = look_up(&mut caller, &id).await?["data"].take();
    let callbacks = sandbox.callbacks();
    for callback in &callbacks {
        let header = |name: &str| callback.headers.iter().find(|(known, _)| known == name).map(|(_, value)| &**value);
        let (timestamp, signature) = (header(TIMESTAMP_HEADER), header(SIGNATURE_HEADER));
        let key = WebhookKey::new("whk");
        assert!(key.verify(&id, timestamp.ok_or("no time")?, signature.ok_or("no signature")?), "{callback:?}");
        assert_eq!(callback.url, HOOK);
    }
    Ok((record, callbacks))
}

#[tokio::test(start_paused = true)]
async fn the_record_is_the_data_of_the_callback() -> Answered {
    let (record, callbacks) = called_back(MarketCallbacks::default(), None).await?;
    assert_eq!(callbacks.len(), 1);
    let body = &callbacks[0].body;
    assert_eq!((&body["code"], &body["msg"]), (&json!(200), &json!("Playground task completed successfully.")));
    let data = body["data"].as_object().ok_or("no data")?;
    let keys: Vec<_> = data.keys().map(String::as_str).collect();
    let expected = [
        "completeTime",
        "costTime",
        "createTime",
        "creditsConsumed",
        "model",
        "param",
        "resultJson",
        "state",
        "taskId",
        "updateTime",
    ];
    assert_eq!(keys, expected);
    for key in expected.iter().filter(|key| **key != "updateTime") {
        assert_eq!(data[*key], record[*key], "{key}");
    }

    let (record, callbacks) = called_back(MarketCallbacks::Record, Some(TaskScript::fails(400))).await?;
    assert_eq!(callbacks.len(), 1);
    let body = &callbacks[0].body;
    assert_eq!((&body["code"], &body["msg"]), (&json!(501), &json!("Playground task failed.")));
    assert_eq!((&body["data"]["state"], &body["data"]["resultJson"]), (&json!("fail"), &Value::Null));
    assert_eq!((&body["data"]["failCode"], &body["data"]["failMsg"]), (&json!("400"), &record["failMsg"]));
    assert_eq!(body["data"]["creditsConsumed"], 0);
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn the_classic_form_has_the_stages() -> Answered {
    let (record, callbacks) = called_back(MarketCallbacks::Classic, None).await?;
    let kinds: Vec<_> = callbacks.iter().map(|callback| callback.body["data"]["callbackType"].clone()).collect();
    assert_eq!(kinds, ["text", "first", "complete"]);
    assert!(callbacks.iter().all(|callback| callback.body["data"]["task_id"] == record["taskId"]));
    let track = &callbacks[2].body["data"]["data"][1];
    assert_eq!(track["audio_url"], record["response"]["data"][1]["audio_url"]);
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn a_task_needs_no_callback_address() -> Answered {
    let (sandbox, mut caller) = super::account(Speed::Instant).await?;
    let answers = [(None, 200), (Some(json!("playground")), 200), (Some(json!("")), 422), (Some(Value::Null), 422)];
    for (url, code) in answers {
        let mut body = json!({ "model": "ai-music-api/generate", "input": song() });
        if let Some(url) = url {
            body["callBackUrl"] = url;
        }
        assert_eq!(caller.post("/api/v1/jobs/createTask", &body).await?["code"], code);
    }
    tokio::time::sleep(std::time::Duration::from_secs(1)).await;
    assert_eq!((sandbox.tasks().len(), sandbox.callbacks().len()), (2, 0));
    Ok(())
}
