//! Shows a worker that continues after a restart: it waits for all unfinished tasks of any kind, and saves their
//! results.
//!
//! `cargo run -p kie-suno --example worker`

#![allow(clippy::print_stdout)]

use std::{fs, time::Duration};

use kie_ledger::SqliteLedger;
use kie_sandbox::{Sandbox, Speed};
use kie_suno::{
    AnyTask, Client, Error, Polling,
    requests::{GenerateLyrics, GenerateMusic, Model},
};
use tokio::task::JoinSet;

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let sandbox = Sandbox::builder().speed(Speed::Fast).build();
    let service = sandbox.listen(([127, 0, 0, 1], 0)).await?;
    let folder = std::env::temp_dir().join(format!("kie-worker-{}", std::process::id()));
    let open = async || -> Result<Client, Box<dyn std::error::Error>> {
        let ledger = SqliteLedger::open(folder.join("kie.db")).await?;
        // The sandbox is faster than the real service, so poll more often.
        let polling = Polling::default().first_poll(Duration::from_millis(200)).max_pause(Duration::from_millis(400));
        Client::builder()
            .api_key("any")
            .base_url(service.base_url())
            .ledger(ledger)
            .polling(polling)
            .build()
            .map_err(Into::into)
    };

    // Before the restart, the process starts two tasks, and ends before they are finished.
    let client = open().await?;
    client.start(GenerateMusic::simple(Model::V5_5, "a slow waltz for two accordions")).named("order-1").await?;
    client.start(GenerateLyrics::new("a song about two accordions")).named("order-2").await?;
    drop(client);

    // After the restart, the ledger lists the receipts of the unfinished tasks. Each receipt names the kind of its
    // task.
    let client = open().await?;
    let mut running = JoinSet::new();
    for receipt in client.unfinished().await? {
        if let Some(task) = client.task_of(&receipt) {
            running.spawn(finish(task, folder.join("files")));
        }
    }
    while let Some(finished) = running.join_next().await {
        finished??;
    }

    // The name of a call finds its receipt, which lists the files.
    for name in ["order-1", "order-2"] {
        let receipt = client.receipt(name).await?.ok_or("every named call has a receipt")?;
        println!("{name} is {}: {} files", receipt.state, receipt.files.len());
        if receipt.files.is_empty() {
            return Err(format!("{name} should have files").into());
        }
    }
    fs::remove_dir_all(folder)?;
    Ok(())
}

async fn finish(task: AnyTask, folder: std::path::PathBuf) -> Result<(), Error> {
    let report = task.wait().await?;
    let files = task.save(&report, folder).await?;
    println!("{} {} is finished: {} files", task.kind(), task.id(), files.len());
    Ok(())
}
