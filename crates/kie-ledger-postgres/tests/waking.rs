//! A callback that one process receives wakes the wait in another process.

use std::time::{Duration, Instant};

use kie_ledger_postgres::PostgresLedgerBuilder;
use kie_sandbox::{Sandbox, Speed};
use kie_suno::{
    Client, Credits, Polling, Task,
    callbacks::Receiver,
    records::Music,
    requests::{GenerateMusic, Model},
    transport::{Pipe, http::HeaderMap},
};
use tokio::{
    task::JoinHandle,
    time::{sleep, timeout},
};

use crate::setup::{database, fresh_schema};

const LOOKUP: &str = "get-music-details";

/// A sandbox account, and a client that has no receiver.
struct Waiting {
    sandbox: Sandbox,
    client: Client,
}

impl Waiting {
    async fn new(builder: &PostgresLedgerBuilder) -> Self {
        let sandbox = Sandbox::builder().speed(Speed::Instant).rate_limits(false).credits(Credits::new(1e9)).build();
        let connecting = sandbox.clone();
        let client = Client::builder()
            .api_key("key")
            .base_url("http://localhost")
            .http(Pipe::new(move || connecting.connect()))
            .ledger(builder.clone().connect().await.unwrap())
            .call_back_url("https://callback.invalid/kie")
            .task_rate(0, Duration::ZERO)
            .build()
            .unwrap();
        Self { sandbox, client }
    }

    async fn start(&self) -> Task<Music> {
        let task = self.client.start(GenerateMusic::simple(Model::V5, "a slow waltz")).await.unwrap();
        // The sandbox books the callbacks of the task.
        sleep(Duration::from_millis(20)).await;
        task
    }

    /// Returns the bodies of the last callbacks of all tasks.
    fn callbacks(&self) -> Vec<String> {
        let is_last = |body: &&serde_json::Value| body["data"]["callbackType"] == "complete";
        let callbacks = self.sandbox.callbacks();
        callbacks.iter().map(|callback| &callback.body).filter(is_last).map(ToString::to_string).collect()
    }

    fn polls(&self) -> usize {
        self.sandbox.requests(LOOKUP).len()
    }
}

/// Waits for a task with polls that come after an hour. Returns the time at which the wait ended.
fn wait(task: Task<Music>) -> JoinHandle<Instant> {
    let hour = Duration::from_secs(3_600);
    let polling = Polling::default().first_poll(hour).max_pause(hour).timeout(hour * 2);
    tokio::spawn(async move {
        assert_eq!(task.wait().polling(polling).await.unwrap().len(), 2);
        Instant::now()
    })
}

async fn receive(receiver: &Receiver, body: &str) {
    assert_eq!(receiver.receive(None, &HeaderMap::new(), body.as_bytes()).await, 200);
}

async fn ended(wait: JoinHandle<Instant>) -> Instant {
    timeout(Duration::from_secs(20), wait).await.expect("the wait is woken").unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_callback_at_one_process_ends_the_wait_in_another() {
    const TASKS: usize = 25;
    let Some(cluster) = database() else { return };
    let builder = cluster.fresh();
    let waiting = Waiting::new(&builder).await;
    let receiver = Receiver::unsigned().ledger(builder.connect().await.unwrap());
    let mut times = Vec::new();
    for number in 0..TASKS {
        let wait = wait(waiting.start().await);
        sleep(Duration::from_millis(20)).await;
        let begin = Instant::now();
        receive(&receiver, &waiting.callbacks()[number]).await;
        times.push(ended(wait).await.saturating_duration_since(begin));
    }
    times.sort();
    println!("time from a callback to the end of a wait in another process: {:?} in the median", times[TASKS / 2]);
    assert_eq!(waiting.polls(), TASKS, "each wait polls once");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_callback_before_the_first_wait_ends_it_too() {
    let Some(cluster) = database() else { return };
    let builder = cluster.fresh();
    let waiting = Waiting::new(&builder).await;
    let receiver = Receiver::unsigned().ledger(builder.connect().await.unwrap());
    let task = waiting.start().await;
    receive(&receiver, &waiting.callbacks()[0]).await;
    ended(wait(task)).await;
    assert_eq!(waiting.polls(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_lost_connection_loses_no_wake_up() {
    let Some(cluster) = database() else { return };
    let schema = fresh_schema();
    let builder = cluster.fresh().schema(&schema);
    let waiting = Waiting::new(&builder).await;
    let receiver = Receiver::unsigned().ledger(builder.connect().await.unwrap());
    let cut = format!("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query = 'LISTEN {schema}'");
    for number in 0..5 {
        let wait = wait(waiting.start().await);
        sleep(Duration::from_millis(100)).await;
        cluster.execute(&cut).await;
        receive(&receiver, &waiting.callbacks()[number]).await;
        ended(wait).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_listening_begins_with_the_first_wait_and_ends_with_the_client() {
    let Some(cluster) = database() else { return };
    let schema = fresh_schema();
    let builder = cluster.fresh().schema(&schema);
    let listening = || async {
        let sql = format!("SELECT count(*) FROM pg_stat_activity WHERE query = 'LISTEN {schema}'");
        cluster.number(&sql).await
    };
    let waiting = Waiting::new(&builder).await;
    let task = waiting.start().await;
    assert_eq!(listening().await, 0);
    let wait = wait(task.clone());
    sleep(Duration::from_millis(300)).await;
    assert_eq!(listening().await, 1);
    wait.abort();
    let _ = wait.await;
    drop((waiting, task));
    for _ in 0..50 {
        if listening().await == 0 {
            return;
        }
        sleep(Duration::from_millis(20)).await;
    }
    panic!("a connection still listens");
}
