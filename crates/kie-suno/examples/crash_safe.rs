//! Starts a song, loses the response, and finds the task again without paying twice.
//!
//! `cargo run -p kie-suno --features callbacks --example crash_safe`

#![allow(clippy::print_stdout)]

use std::{env, fs, process};

use axum::Router;
use kie_ledger::SqliteLedger;
use kie_sandbox::{Fault, Sandbox};
use kie_suno::{
    Client, Error,
    callbacks::{Receiver, WebhookKey},
    records::Music,
    requests::{GenerateMusic, Model},
};
use tokio::net::TcpListener;

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let sandbox = Sandbox::builder().webhook_key("the account's webhookHmacKey").build();
    let service = sandbox.listen(([127, 0, 0, 1], 0)).await?;
    let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
    let url = format!("http://{}/kie", listener.local_addr()?);
    let folder = env::temp_dir().join(format!("kie-crash-safe-{}", process::id()));

    let receiver = Receiver::new(WebhookKey::new("the account's webhookHmacKey"));
    let app = Router::new().route_service("/kie", receiver.service());
    tokio::spawn(async { axum::serve(listener, app).await });
    // The client writes a receipt to the ledger before each paid call. The receiver writes the callbacks to the same
    // ledger.
    let client = Client::builder()
        .api_key("any")
        .base_url(service.base_url())
        .callbacks(url, &receiver)
        .ledger(SqliteLedger::open(folder.join("kie.db")).await?)
        .build()?;

    let request = GenerateMusic::simple(Model::V5_5, "a slow waltz for two accordions");
    sandbox.fault("generate-music", Fault::DropResponse);
    let task = match client.start(request.clone()).named("order-4711").await {
        Err(Error::OutcomeUnknown(lost)) => {
            println!("{lost}");
            let receipt = lost.receipt().ok_or("a client with a ledger always has a receipt")?;
            client.resume::<Music>(receipt).await?
        }
        started => started?,
    };
    println!("the callback names task {}", task.id());

    // A second call with the same name returns the same task, in this process or after a restart.
    let same = client.start(request).named("order-4711").await?;
    let tracks = same.wait().await?;
    let files = same.save(&tracks, folder.join("songs")).await?;
    println!("{} files of task {} are saved", files.len(), same.id());
    let (paid, unfinished) = (sandbox.tasks().len(), client.unfinished().await?.len());
    println!("paid for {paid} song, unfinished: {unfinished}");
    fs::remove_dir_all(folder)?;
    if (paid, unfinished) == (1, 0) { Ok(()) } else { Err("one song should be paid for and saved".into()) }
}
