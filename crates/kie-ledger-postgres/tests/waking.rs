//! A callback that one process receives wakes the wait in another process.

use std::time::{Duration, Instant};

use kie_ledger_postgres::{PostgresLedger, PostgresLedgerBuilder};
use kie_suno::{Client, Polling, Task, callbacks::Receiver, records::Music, transport::http::HeaderMap};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
    task::JoinHandle,
    time::{sleep, timeout},
};

use crate::{
    fleet::{Balancer, Fleet, example},
    setup::{Account, Cluster, Proxy, database, fresh_schema, local, song},
};

const LOOKUP: &str = "get-music-details";

/// An account, and a client that has no receiver.
struct Waiting {
    account: Account,
    client: Client,
}

impl Waiting {
    async fn new(builder: &PostgresLedgerBuilder) -> Self {
        let account = Account::new();
        let client = account.client(builder.clone().connect().await.unwrap());
        Self { account, client }
    }

    async fn start(&self) -> Task<Music> {
        let task = self.client.start(song()).await.unwrap();
        // The sandbox books the callbacks of the task.
        sleep(Duration::from_millis(20)).await;
        task
    }

    /// Returns the bodies of the last callbacks of all tasks.
    fn callbacks(&self) -> Vec<String> {
        let is_last = |body: &&serde_json::Value| body["data"]["callbackType"] == "complete";
        let callbacks = self.account.sandbox.callbacks();
        callbacks.iter().map(|callback| &callback.body).filter(is_last).map(ToString::to_string).collect()
    }

    fn polls(&self) -> usize {
        self.account.sandbox.requests(LOOKUP).len()
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

/// Posts a callback to this address, as the service does.
async fn post(url: &str, body: &str) {
    let (host, path) = url.strip_prefix("http://").unwrap().split_once('/').unwrap();
    let mut connection = TcpStream::connect(host).await.unwrap();
    let length = body.len();
    let head =
        format!("POST /{path} HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\ncontent-length: {length}\r\n\r\n");
    connection.write_all((head + body).as_bytes()).await.unwrap();
    let mut response = String::new();
    connection.read_to_string(&mut response).await.unwrap();
    assert!(response.starts_with("HTTP/1.1 200 "), "{response}");
}

async fn ended(wait: JoinHandle<Instant>) -> Instant {
    timeout(Duration::from_secs(20), wait).await.expect("the wait is woken").unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_callback_at_one_process_ends_the_wait_in_another() {
    const TASKS: usize = 25;
    let Some(cluster) = Cluster::start(&[]) else { return };
    let waiting = Waiting::new(&PostgresLedger::builder(cluster.url())).await;
    // A machine of the example receives the callbacks. It orders nothing, and polls no tasks.
    let balancer = Balancer::start().await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let settings = vec![
        ("KIE_LEDGER", cluster.url().into()),
        ("KIE_API_KEY", "any".into()),
        ("KIE_BASE_URL", "http://127.0.0.1:9".into()),
        ("FLEET_CALLBACKS", balancer.url().into()),
        ("FLEET_FOLDER", folder.path().into()),
        ("FLEET_PAUSE_MS", "3600000".into()),
    ];
    let receiving = Fleet::start(example(), 1, settings, &balancer).await.unwrap();
    let mut times = Vec::new();
    for number in 0..TASKS {
        let wait = wait(waiting.start().await);
        sleep(Duration::from_millis(20)).await;
        let begin = Instant::now();
        post(&balancer.url(), &waiting.callbacks()[number]).await;
        times.push(ended(wait).await.saturating_duration_since(begin));
    }
    receiving.stop().await.unwrap();
    times.sort();
    let median = times[TASKS / 2];
    println!("time from a callback at one process to the end of a wait in another: {median:.1?} in the median");
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

/// The connection that listens stays open, and brings nothing any more. The sweep wakes the wait, and finds out.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_connection_to_a_host_that_has_vanished_is_replaced() {
    let Some(cluster) = local() else { return };
    let (proxy, schema) = (Proxy::start(cluster.port()).await, fresh_schema());
    let builder = PostgresLedger::builder(proxy.url()).schema(&schema).timeout(Duration::from_secs(3));
    let waiting = Waiting::new(&builder).await;
    let receiver = Receiver::unsigned().ledger(cluster.fresh().schema(&schema).connect().await.unwrap());
    let mut times = Vec::new();
    for number in 0..2 {
        let wait = wait(waiting.start().await);
        sleep(Duration::from_millis(200)).await;
        if number == 0 {
            proxy.lose_connections();
        }
        let begin = Instant::now();
        receive(&receiver, &waiting.callbacks()[number]).await;
        times.push(ended(wait).await.saturating_duration_since(begin));
    }
    // The sweep alone would wake the second wait after 10 seconds.
    assert!(times[1] < Duration::from_secs(5), "{times:?}");
    println!("time from a callback to the end of a wait whose connection is lost without a trace: {:.1?}", times[0]);
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
