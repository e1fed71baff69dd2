//! Waits for a song with callbacks. Axum is the web server. The sandbox, a simulator, takes the place of the service.
//!
//! `cargo run -p kie-suno --features callbacks --example receive_callbacks`

#![allow(clippy::print_stdout)]

use std::time::Duration;

use axum::Router;
use kie_sandbox::Sandbox;
use kie_suno::{
    Client,
    callbacks::{Receiver, WebhookKey},
    requests::{GenerateMusic, Model},
};
use tokio::{net::TcpListener, time::timeout};

/// Returns the web application. It receives the callbacks of all tasks at `/kie`.
pub(crate) fn app(receiver: &Receiver) -> Router {
    Router::new().route_service("/kie", receiver.service())
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let sandbox = Sandbox::builder().webhook_key("the account's webhookHmacKey").build();
    let service = sandbox.listen(([127, 0, 0, 1], 0)).await?;
    let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
    let url = format!("http://{}/kie", listener.local_addr()?);

    let receiver = Receiver::new(WebhookKey::new("the account's webhookHmacKey"));
    let client = Client::builder().api_key("any").base_url(service.base_url()).callbacks(url, &receiver).build()?;
    let app = app(&receiver);
    tokio::spawn(async { axum::serve(listener, app).await });

    // Optional: reads the callbacks as a stream, here the three callbacks of a song. Even without this stream,
    // `task.wait()` below polls the task after each callback.
    let mut deliveries = receiver.deliveries();
    let reader = tokio::spawn(async move {
        for _ in 0..3 {
            let Some(Ok(delivery)) = deliveries.next().await else { return false };
            println!("callback for task {}", delivery.task_id);
        }
        true
    });

    let task = client.start(GenerateMusic::simple(Model::V5_5, "a slow waltz for two accordions")).await?;
    let tracks = task.wait().await?;
    let polls = sandbox.requests("get-music-details").len();
    println!("{} tracks are finished, after {polls} polls", tracks.len());
    if timeout(Duration::from_secs(10), reader).await?? { Ok(()) } else { Err("callbacks were missed".into()) }
}
