//! Tests of the market route.

mod callbacks;
mod faults;
mod operations;
mod refusals;
mod settings;

use kie_sandbox::{Sandbox, Speed};
use serde_json::{Value, json};

use crate::caller::{Answered, TestCaller};

const HOOK: &str = "https://hooks.example.net/kie";

/// Returns an account with this speed, and a connection to it.
async fn account(speed: Speed) -> Answered<(Sandbox, TestCaller)> {
    let sandbox = Sandbox::builder().speed(speed).build();
    let caller = TestCaller::new(&sandbox).await?;
    Ok((sandbox, caller))
}

/// Starts an operation of the market route. Returns the envelope of the response.
async fn submit(caller: &mut TestCaller, slug: &str, input: Value) -> Answered<Value> {
    let body = json!({ "model": format!("ai-music-api/{slug}"), "input": input, "callBackUrl": HOOK });
    caller.post("/api/v1/jobs/createTask", &body).await
}

/// Starts a task on the market route and returns its id.
async fn start(caller: &mut TestCaller, slug: &str, input: Value) -> Answered<String> {
    let answer = submit(caller, slug, input).await?;
    Ok(answer["data"]["taskId"].as_str().ok_or_else(|| answer.to_string())?.to_owned())
}

/// Looks up a task on the market route. Returns the envelope of the response.
async fn look_up(caller: &mut TestCaller, id: &str) -> Answered<Value> {
    caller.get(&format!("/api/v1/jobs/recordInfo?taskId={id}")).await
}

/// Returns the fields of a request for a new song.
fn song() -> Value {
    json!({ "custom_mode": false, "instrumental": false, "model": "V6", "prompt": "tram bells in the fog" })
}

/// Returns the value of a field that holds JSON as text.
fn parsed(record: &Value, field: &str) -> Answered<Value> {
    Ok(serde_json::from_str(record[field].as_str().ok_or(field.to_owned())?)?)
}
