//! A service of your own with kie-types: it checks and stores requests and callbacks, sends with the HTTP client that it
//! already has, and publishes the schemas of kie-types in its own OpenAPI document. Axum is its web framework.
//!
//! Here the service runs on a loopback port, and its caller and a stand-in for KIE are in the same program.
//!
//! `cargo run -p kie-types --features verify,schemars --example service`

#![allow(clippy::print_stdout)]

mod app;
mod caller;
mod http;
mod kie;
mod openapi;
mod stand_in;
mod store;

use std::sync::Arc;

use axum::{Router, http::StatusCode};
use kie_types::{
    Callback, GenerateMusic, Music,
    signature::{Verifier, WebhookKey},
};
use serde_json::json;
use tokio::net::TcpListener;

use self::{
    app::App,
    caller::{Caller, assert_complete},
    http::Http,
    kie::Kie,
    stand_in::{API_KEY, WEBHOOK_KEY},
    store::Store,
};

type Failure = Box<dyn std::error::Error + Send + Sync>;

#[tokio::main]
async fn main() -> Result<(), Failure> {
    let http = Http::new();
    let (kie, listener) = (TcpListener::bind(("127.0.0.1", 0)).await?, TcpListener::bind(("127.0.0.1", 0)).await?);
    let url = format!("http://{}", listener.local_addr()?);
    let app = Arc::new(App {
        kie: Kie { http: http.clone(), base_url: format!("http://{}", kie.local_addr()?), api_key: API_KEY.into() },
        store: Store::default(),
        verifier: Verifier::new(WebhookKey::new(WEBHOOK_KEY)),
        call_back_url: format!("{url}/kie"),
    });
    serve(kie, stand_in::router(http.clone()));
    serve(listener, app::router(app.clone()));
    let caller = Caller { http, url };

    // Requests that break rules are refused before they cost anything.
    let checkup = caller.post("/checks/generate-lyrics", &json!({ "prompt": "" }), StatusCode::OK).await?;
    println!("checked by name: {}", checkup["broken"][0]["message"]);
    caller.post("/checks/generate-noise", &json!({}), StatusCode::NOT_FOUND).await?;
    let long =
        json!({ "customMode": true, "instrumental": true, "model": "V5", "style": "waltz", "title": "x".repeat(81) });
    let refused = caller.post("/songs", &long, StatusCode::UNPROCESSABLE_ENTITY).await?;
    println!("refused: {}", refused["broken"][0]["message"]);

    // A valid request is stored, sent and started.
    let waltz = json!({ "customMode": false, "instrumental": true, "model": "V5", "prompt": "a slow waltz" });
    let started = caller.post("/songs", &waltz, StatusCode::OK).await?;
    let task = started["taskId"].as_str().ok_or("the song was not started")?;
    println!("started: task {task}");

    // Callbacks were received meanwhile. Those without a valid signature are not stored.
    caller.post("/kie", &json!({ "data": { "task_id": task } }), StatusCode::UNAUTHORIZED).await?;
    let record = caller.get(&format!("/songs/{task}")).await?;
    println!("made: {}", record["response"]["sunoData"][0]["title"]);
    look_into(&app.store, task)?;

    // The document of the service describes its own types and those of kie-types.
    let document = caller.get("/openapi.json").await?;
    println!("published: {} schemas", assert_complete(&document)?);
    Ok(())
}

fn serve(listener: TcpListener, router: Router) {
    tokio::spawn(async { axum::serve(listener, router).await });
}

/// Reads what the service has stored: one order, and one callback.
fn look_into(store: &Store, task: &str) -> Result<(), Failure> {
    let (orders, callbacks) = (store.orders(), store.callbacks());
    let ([order], [callback]) = (&*orders, &*callbacks) else {
        return Err(format!("{} orders and {} callbacks are stored", orders.len(), callbacks.len()).into());
    };
    let request: GenerateMusic = serde_json::from_str(&order.request)?;
    let claimed = Callback::<Music>::parse(&callback.body)?;
    let titles: Vec<_> = claimed.data.tracks.iter().filter_map(|track| track.title.as_deref()).collect();
    println!("stored: {:?}, and a callback about {titles:?}", request.prompt);
    match order.task_id.as_deref() == Some(task) && callback.task_id == task && callback.kind == Some("music") {
        true => Ok(()),
        false => Err("the order and the callback should be about the task".into()),
    }
}
