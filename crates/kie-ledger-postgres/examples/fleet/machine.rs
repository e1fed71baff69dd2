//! One machine of the fleet. It receives callbacks for all machines, orders songs, and saves the songs of all machines.
//!
//! Its settings are variables of the environment:
//!
//! * `KIE_LEDGER`: the address of the database.
//! * `KIE_API_KEY`, and `KIE_WEBHOOK_KEY` if the service signs callbacks: the keys of the account.
//! * `FLEET_CALLBACKS`: the address of the load balancer, at which the service delivers callbacks.
//! * `FLEET_LISTEN`: the address at which this machine listens, `127.0.0.1:0` by default.
//! * `FLEET_FOLDER`: the folder for the songs, which all machines can share.
//! * `KIE_BASE_URL`, `FLEET_RATE`, `FLEET_RATE_MS`, `FLEET_PATIENCE_MS` and `FLEET_PAUSE_MS`: for the simulator.

use std::{env, sync::Arc, time::Duration};

use axum::Router;
use kie_ledger_postgres::PostgresLedger;
use kie_suno::{
    AnyTask, Client, Error,
    callbacks::{Receiver, WebhookKey},
    files::{NameTemplate, SaveOutcome},
    receipts::ReceiptId,
    requests::{GenerateMusic, Model},
};
use tokio::{
    io::{AsyncBufReadExt as _, BufReader, stdin},
    net::TcpListener,
    sync::Semaphore,
    time::sleep,
};

use super::Failure;

/// Maximum number of calls that wait for their permission, or are sent, at the same time.
const AT_ONCE: usize = 16;

/// Runs until the standard input ends. Each of its lines is the name of an order. A service has a job queue in this place,
/// which also delivers an order again if its machine has died.
///
/// The first line of the output is the address of this machine. Each other line is the name of an order whose song is
/// complete.
pub(crate) async fn run() -> Result<(), Failure> {
    let receiver = match env::var("KIE_WEBHOOK_KEY") {
        Ok(key) => Receiver::new(WebhookKey::new(key)),
        Err(_) => Receiver::unsigned(),
    };
    // The receiver writes callbacks to the ledger of the client. From there, they wake the waits of all machines.
    let mut client = Client::builder()
        .api_key(env::var("KIE_API_KEY")?)
        .callbacks(env::var("FLEET_CALLBACKS")?, &receiver)
        .ledger(PostgresLedger::connect(env::var("KIE_LEDGER")?).await?);
    if let Ok(url) = env::var("KIE_BASE_URL") {
        client = client.base_url(url);
    }
    if let (Some(most), Some(span)) = (number("FLEET_RATE"), number("FLEET_RATE_MS")) {
        client = client.task_rate(most.try_into()?, Duration::from_millis(span));
    }
    let client = client.build()?;

    let listener = TcpListener::bind(env::var("FLEET_LISTEN").unwrap_or("127.0.0.1:0".into())).await?;
    println!("{}", listener.local_addr()?);
    let app: Router = Router::new().route_service("/kie", receiver.service());
    tokio::spawn(async { axum::serve(listener, app).await });
    tokio::spawn(save(client.clone(), env::var("FLEET_FOLDER")?));

    // The real service sends the first callback of a song after about a minute.
    let patience = Duration::from_millis(number("FLEET_PATIENCE_MS").unwrap_or(10 * 60 * 1_000));
    let places = Arc::new(Semaphore::new(AT_ONCE));
    let mut orders = BufReader::new(stdin()).lines();
    while let Some(name) = orders.next_line().await? {
        let (client, place) = (client.clone(), Arc::clone(&places).acquire_owned().await?);
        tokio::spawn(async move {
            let task = order(&client, &name, patience).await;
            drop(place);
            let waiting = async { task?.wait().await };
            match waiting.await {
                Ok(_) => println!("{name}"),
                Err(error) => eprintln!("{name}: {error}"),
            }
        });
    }
    Ok(())
}

/// Orders a song, and returns its task. The name is paid for once, whichever machine uses it, and however often.
async fn order(client: &Client, name: &str, patience: Duration) -> Result<AnyTask, Error> {
    let request = GenerateMusic::simple(Model::V5_5, format!("a slow waltz for {name}"));
    loop {
        match client.start(request.clone()).named(name).within(patience).await {
            Ok(task) => return Ok(task.any()),
            Err(Error::OutcomeUnknown(lost)) => {
                let receipt = lost.receipt().ok_or(Error::OutcomeUnknown(lost))?;
                match settle(client, receipt, patience).await? {
                    Some(task) => return Ok(task),
                    None => eprintln!("{name}: its call was given up, and is made again"),
                }
            }
            // The call was not sent: the database failed, or the rate limit was reached for too long.
            Err(error @ (Error::Ledger(_) | Error::Transport(_))) => {
                eprintln!("{name}: {error}");
                sleep(Duration::from_millis(500)).await;
            }
            Err(error) => return Err(error),
        }
    }
}

/// Settles a call of which nobody knows whether it was sent: its machine died with the permission to send it, or its response
/// was lost.
///
/// If it was sent, a callback names its task, at whichever machine the callback arrives. Without a callback, only the
/// application can decide. This one gives up the call, and orders the song again. Where paying twice is worse than a late
/// song, a person first looks at the log of the account. Returns `None` if the call was given up.
async fn settle(client: &Client, receipt: ReceiptId, patience: Duration) -> Result<Option<AnyTask>, Error> {
    match client.resume_any(receipt).timeout(patience).await {
        Ok(task) => Ok(Some(task)),
        Err(Error::NotResumed(_)) => {
            client.forget(receipt).await?;
            Ok(None)
        }
        Err(error) => Err(error),
    }
}

/// Saves the complete songs of all machines, in rounds. A machine claims each song that it saves, so no other machine does.
/// The claims of a machine that has died end after 60 seconds.
async fn save(client: Client, folder: String) -> Result<(), Failure> {
    // Each round polls each song that is not saved yet.
    let pause = Duration::from_millis(number("FLEET_PAUSE_MS").unwrap_or(30_000));
    loop {
        let mut saving = client.save_all(&folder).names("{id}".parse::<NameTemplate>()?);
        while let Some(report) = saving.next().await {
            match report.map(|report| report.outcome) {
                Ok(SaveOutcome::Error(error)) | Err(error) => eprintln!("{error}"),
                Ok(_) => {}
            }
        }
        sleep(pause).await;
    }
}

/// Returns the number in a variable of the environment.
fn number(variable: &str) -> Option<u64> {
    env::var(variable).ok()?.parse().ok()
}
