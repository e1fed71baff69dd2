//! Starts 12 songs at the same time with a budget for 11, and saves each song when it is complete. A process that
//! restarts after a crash can save the songs in the same way.
//!
//! `cargo run -p kie-suno --example many_songs`

#![allow(clippy::print_stdout)]

use std::{env, fs, process, time::Duration};

use kie_ledger::SqliteLedger;
use kie_sandbox::Sandbox;
use kie_suno::{
    Budget, Client, Credits, Error,
    files::SaveOutcome,
    requests::{GenerateMusic, Model},
};
use tokio::{task::JoinSet, time::sleep};

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let sandbox = Sandbox::default();
    let service = sandbox.listen(([127, 0, 0, 1], 0)).await?;
    let folder = env::temp_dir().join(format!("kie-many-songs-{}", process::id()));
    let client = Client::builder()
        .api_key("any")
        .base_url(service.base_url())
        .ledger(SqliteLedger::open(folder.join("kie.db")).await?)
        .budget(Budget::new(Credits::new(132.0)).price("generate-music", Credits::new(12.0)))
        .build()?;

    let order = |number: usize| {
        client.start(GenerateMusic::simple(Model::V5_5, "a slow waltz")).named(format!("waltz-{number}")).into_future()
    };
    let (mut orders, mut refused) = (JoinSet::new(), Vec::new());
    for number in 1..=12 {
        let order = order(number);
        orders.spawn(async move { (number, order.await) });
    }
    while let Some(started) = orders.join_next().await {
        match started? {
            (_, Ok(task)) => println!("task {} is started", task.id()),
            (number, Err(Error::OverBudget(_))) => refused.push(number),
            (_, Err(error)) => return Err(error.into()),
        }
    }
    // The balance can already be lower by the price of a call in flight, and the budget then counts this price twice.
    // So an order that was refused is tried again when no call is in flight.
    for number in refused {
        match order(number).await {
            Ok(task) => println!("task {} is started", task.id()),
            Err(Error::OverBudget(over)) => println!("not started: {over}"),
            Err(error) => return Err(error.into()),
        }
    }

    for _ in 0..100 {
        if client.unfinished().await?.is_empty() {
            break;
        }
        for report in client.save_all(folder.join("songs")).with_extras().await? {
            let name = report.receipt.name.unwrap_or_default();
            match report.outcome {
                SaveOutcome::Saved(files) => println!("{name}: {} files", files.len()),
                SaveOutcome::Running => {}
                outcome => println!("{name}: {outcome:?}"),
            }
        }
        sleep(Duration::from_millis(300)).await;
    }
    let (songs, unfinished) = (sandbox.tasks().len(), client.unfinished().await?.len());
    println!("{songs} songs, {} credits left", sandbox.balance());
    fs::remove_dir_all(folder)?;
    if (songs, unfinished) == (11, 0) { Ok(()) } else { Err("11 songs should be started and saved".into()) }
}
