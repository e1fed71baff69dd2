//! Shows a web handler whose caller disconnects while a song is being started. The ledger gets the task id
//! nevertheless.
//!
//! `cargo run -p kie-suno --example web_handler`

#![allow(clippy::print_stdout)]

use std::time::Duration;

use axum::{Router, extract::State, routing::post};
use kie_ledger::SqliteLedger;
use kie_sandbox::Sandbox;
use kie_suno::{
    Client,
    receipts::Receipt,
    requests::{GenerateMusic, Model},
};
use tokio::{io::AsyncWriteExt as _, net::TcpListener, net::TcpStream, time::sleep, time::timeout};

/// Starts the song of an order. Web frameworks drop this handler when its caller disconnects. If the call to the
/// service was already sent, the call continues in the background, and its receipt gets the task id.
async fn order(State(client): State<Client>) -> Result<String, String> {
    let request = GenerateMusic::simple(Model::V5_5, "a slow waltz for two accordions");
    let task = client.start(request).named("order-4711").await.map_err(|error| error.to_string())?;
    Ok(task.id().to_string())
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let sandbox = Sandbox::default();
    let service = sandbox.listen(([127, 0, 0, 1], 0)).await?;
    let folder = std::env::temp_dir().join(format!("kie-web-{}", std::process::id()));
    let ledger = SqliteLedger::open(folder.join("kie.db")).await?;
    let client = Client::builder().api_key("any").base_url(service.base_url()).ledger(ledger).build()?;

    let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
    let address = listener.local_addr()?;
    let app = Router::new().route("/orders", post(order)).with_state(client.clone());
    tokio::spawn(async { axum::serve(listener, app).await });

    // A customer orders a song, and closes the connection while the call to the service is in flight.
    let mut page = TcpStream::connect(address).await?;
    page.write_all(b"POST /orders HTTP/1.1\r\nhost: shop\r\ncontent-length: 0\r\n\r\n").await?;
    while sandbox.requests("generate-music").is_empty() {
        sleep(Duration::from_millis(1)).await;
    }
    drop(page);

    // The receipt of the order gets the task id nevertheless.
    let started = async || -> kie_suno::Result<Receipt> {
        loop {
            match client.receipt("order-4711").await? {
                Some(receipt) if receipt.task_id.is_some() => return Ok(receipt),
                _ => sleep(Duration::from_millis(50)).await,
            }
        }
    };
    let receipt = timeout(Duration::from_secs(10), started()).await??;
    println!("the receipt is {}, tasks started: {}", receipt.state, sandbox.tasks().len());
    std::fs::remove_dir_all(folder)?;
    Ok(())
}
