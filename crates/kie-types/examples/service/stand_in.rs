//! A small stand-in for KIE, so that the example needs no network. It starts one task, sends one callback, and answers
//! the lookup of the task.

use std::time::{SystemTime, UNIX_EPOCH};

use axum::{
    Json, Router,
    body::Body,
    extract::{Request, State},
    http::{HeaderMap, Uri, header},
    routing::{get, post},
};
use kie_types::signature::{SIGNATURE_HEADER, TIMESTAMP_HEADER, WebhookKey};
use serde_json::{Value, json};

use crate::{Failure, http::Http};

/// Keys of the account.
pub(crate) const API_KEY: &str = "the account's API key";
pub(crate) const WEBHOOK_KEY: &str = "the account's webhookHmacKey";

const TASK: &str = "4be1c0d29f7a4f7f8d0b6c1e2a3f4d5e";

pub(crate) fn router(http: Http) -> Router {
    Router::new()
        .route("/api/v1/generate", post(generate))
        .route("/api/v1/generate/record-info", get(record_info))
        .with_state(http)
}

async fn generate(State(http): State<Http>, headers: HeaderMap, Json(song): Json<Value>) -> Json<Value> {
    let key = headers.get(header::AUTHORIZATION).and_then(|key| key.to_str().ok());
    if key != Some(&format!("Bearer {API_KEY}")) {
        return Json(json!({ "code": 401, "msg": "You do not have access permissions" }));
    }
    // The callback is sent first, so that the example need not wait for it.
    match call_back(&http, song["callBackUrl"].as_str().unwrap_or_default()).await {
        Ok(()) => Json(json!({ "code": 200, "msg": "success", "data": { "taskId": TASK } })),
        Err(failure) => Json(json!({ "code": 500, "msg": failure.to_string() })),
    }
}

/// Sends the callback twice, as may happen. The receiver must store it once.
async fn call_back(http: &Http, url: &str) -> Result<(), Failure> {
    let body = json!({ "code": 200, "msg": "All generated successfully.", "data": {
        "callbackType": "complete", "task_id": TASK, "data": [
            { "id": "7d0f3c52", "title": "A slow waltz", "audio_url": "https://cdn.example.net/w.mp3", "duration": 151.2 },
        ],
    } });
    let now = SystemTime::now().duration_since(UNIX_EPOCH)?.as_secs().to_string();
    let signature = WebhookKey::new(WEBHOOK_KEY).sign(TASK, &now);
    for _ in 0..2 {
        let callback = Request::post(url).header(TIMESTAMP_HEADER, &now).header(SIGNATURE_HEADER, &signature);
        let (status, _) = http.send(callback.body(Body::from(body.to_string()))?).await?;
        if !status.is_success() {
            return Err(format!("the callback was answered with {status}").into());
        }
    }
    Ok(())
}

async fn record_info(uri: Uri) -> Json<Value> {
    let known = uri.query() == Some(&format!("taskId={TASK}"));
    let record = known.then(|| {
        json!({ "taskId": TASK, "status": "SUCCESS", "response": { "sunoData": [
            { "id": "7d0f3c52", "title": "A slow waltz", "audioUrl": "https://cdn.example.net/w.mp3", "duration": 151.2 },
        ] } })
    });
    Json(json!({ "code": 200, "msg": "success", "data": record }))
}
