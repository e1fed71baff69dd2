//! Databases that do not respond for some time, hosts that vanish, and standbys that take over.

use std::{sync::Arc, time::Duration};

use kie_ledger::{Ledger, ReceiptKey, ReceiptState};
use kie_ledger_postgres::{PostgresLedger, PostgresLedgerBuilder};
use kie_suno::{Charged, Client, Error};
use tokio::{
    task::JoinSet,
    time::{Instant, sleep},
};

use crate::setup::{Account, Cluster, Proxy, fresh_schema, local, paid_call, receipt, song};

const READ_ONLY: &str = "the database is read-only, perhaps because it is a replica";

/// A client whose ledger is behind a proxy of its own.
struct Machine {
    proxy: Proxy,
    account: Account,
    client: Client,
}

impl Machine {
    async fn new(
        cluster: &Cluster,
        schema: &str,
        set: impl Fn(PostgresLedgerBuilder) -> PostgresLedgerBuilder,
    ) -> Self {
        let proxy = Proxy::start(cluster.port()).await;
        let builder = PostgresLedger::builder(proxy.url()).schema(schema).connections(1);
        let account = Account::new();
        let client = account.client(set(builder).connect().await.unwrap());
        // The first change also removes old receipts in the background.
        client.start(song()).await.unwrap();
        sleep(Duration::from_millis(300)).await;
        Self { proxy, account, client }
    }

    /// Waits until the proxy has fallen silent.
    async fn until_silent(&self) {
        for _ in 0..1_000 {
            if self.proxy.is_silent() {
                return;
            }
            sleep(Duration::from_millis(5)).await;
        }
        panic!("the proxy was never reached");
    }
}

/// Round trips of a paid call before the pause: in it are the receipt, the permission to send, or the response.
const STEPS: [usize; 3] = [0, 1, 2];

/// The pause begins in each step of a call, before or after the database has done the step. After the pause, the hung
/// connections either go on, also with what was sent before, or are lost.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_pause_of_20_seconds_delays_calls_and_loses_none() {
    let Some(cluster) = local() else { return };
    let schema = fresh_schema();
    let mut calls = JoinSet::new();
    for step in STEPS {
        for (is_done, is_lost) in [(false, false), (false, true), (true, false), (true, true)] {
            let (cluster, schema) = (Arc::clone(&cluster), schema.clone());
            calls.spawn(async move {
                let machine = Machine::new(&cluster, &schema, |builder| builder).await;
                machine.proxy.fall_silent_after(step, is_done);
                let calling = machine.client.clone();
                let call = tokio::spawn(async move { calling.start(song()).await });
                machine.until_silent().await;
                sleep(Duration::from_secs(20)).await;
                if is_lost {
                    machine.proxy.lose_connections();
                }
                machine.proxy.speak();
                let what = format!("step {step}, done {is_done}, lost {is_lost}");
                let task = call.await.unwrap().unwrap_or_else(|error| panic!("{what}: {error:?}"));
                machine.client.settled().await;
                assert_eq!(machine.account.orders(), 2, "{what}");
                (task.id().to_string(), what)
            });
        }
    }
    let tasks = calls.join_all().await;
    let ledger = cluster.fresh().schema(schema).connect().await.unwrap();
    for (task, what) in &tasks {
        let kept = ledger.find(ReceiptKey::Task(task)).await.unwrap().unwrap_or_else(|| panic!("{what}"));
        assert_eq!((kept.state, kept.sends), (ReceiptState::Running, 1), "{what}");
    }
    println!("{} calls were delayed by 20 seconds, and none was lost or sent twice", tasks.len());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_longer_pause_ends_a_call_before_it_is_sent_and_loses_no_response() {
    let Some(cluster) = local() else { return };
    let schema = fresh_schema();
    for step in STEPS {
        let set = |builder: PostgresLedgerBuilder| builder.timeout(Duration::from_millis(600));
        let machine = Machine::new(&cluster, &schema, set).await;
        machine.proxy.fall_silent_after(step, false);
        let begin = Instant::now();
        let result = machine.client.start(song()).await;
        assert!(begin.elapsed() < Duration::from_secs(5), "step {step}: {:?}", begin.elapsed());
        machine.client.settled().await;
        machine.proxy.lose_connections();
        machine.proxy.speak();
        if step < 2 {
            let error = result.unwrap_err();
            assert!(matches!(error, Error::Ledger(_)) && error.charged() == Charged::No, "step {step}: {error:?}");
            assert_eq!(machine.account.orders(), 1, "step {step}");
            continue;
        }
        let task = result.unwrap();
        assert_eq!(machine.account.orders(), 2);
        // The response could not be noted. The receipt gets the id of the task with its next poll.
        assert_eq!(task.wait().await.unwrap().len(), 2);
        let ledger = cluster.fresh().schema(&schema).connect().await.unwrap();
        let kept = ledger.find(ReceiptKey::Id(task.receipt().unwrap())).await.unwrap().unwrap();
        assert_eq!((kept.task_id.as_deref(), kept.state), (Some(task.id().as_str()), ReceiptState::Complete));
    }
}

/// The connections stay open, so nothing tells that the host has vanished.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_operation_meets_at_most_one_connection_to_a_host_that_has_vanished() {
    const CONNECTIONS: usize = 8;
    let Some(cluster) = local() else { return };
    let proxy = Proxy::start(cluster.port()).await;
    let builder = PostgresLedger::builder(proxy.url()).schema(fresh_schema()).connections(CONNECTIONS);
    let ledger = Arc::new(builder.timeout(Duration::from_secs(6)).connect().await.unwrap());
    let calls = async |number| {
        let mut calls = JoinSet::new();
        for _ in 0..number {
            let ledger = Arc::clone(&ledger);
            calls.spawn(async move { paid_call(&*ledger).await.unwrap() });
        }
        let begin = Instant::now();
        calls.join_all().await;
        begin.elapsed()
    };
    calls(4 * CONNECTIONS).await;
    proxy.lose_connections();
    // An attempt takes 2 seconds.
    let (one, next) = (calls(1).await, calls(2 * CONNECTIONS).await);
    assert!(one < Duration::from_millis(3_500) && next < Duration::from_millis(1_500), "{one:?}, {next:?}");
    calls(4 * CONNECTIONS).await;
    proxy.lose_connections();
    let many = calls(4 * CONNECTIONS).await;
    assert!(many < Duration::from_millis(5_500), "{many:?}");
}

/// A firewall or a load balancer drops a connection that is silent for some minutes. Linux tells when the next sign of life is
/// due.
#[cfg(target_os = "linux")]
#[tokio::test]
async fn an_idle_connection_shows_a_sign_of_life_within_a_minute() {
    let Some(cluster) = local() else { return };
    let proxy = Proxy::start(cluster.port()).await;
    let ledger = PostgresLedger::builder(proxy.url()).schema(fresh_schema()).connections(1).connect().await.unwrap();
    paid_call(&ledger).await.unwrap();
    let server = format!(":{:04X}", proxy.address().port());
    let is_own = |fields: &Vec<&str>| fields[2].ends_with(&server) && fields[3] == "01";
    for _ in 0..50 {
        let connections = std::fs::read_to_string("/proc/net/tcp").unwrap();
        let mut own = connections.lines().map(|line| line.split_whitespace().collect::<Vec<_>>()).filter(is_own);
        let timer = own.next().unwrap()[5];
        // Another kind of timer runs until the last bytes are confirmed.
        if let Some(hundredths) = timer.strip_prefix("02:") {
            let seconds = u64::from_str_radix(hundredths, 16).unwrap() / 100;
            assert!(seconds <= 60, "{timer}");
            return;
        }
        sleep(Duration::from_millis(20)).await;
    }
    panic!("no sign of life is due");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_host_that_does_not_respond_does_not_hide_the_next_one() {
    let Some(cluster) = local() else { return };
    let (first, second) = (Proxy::start(cluster.port()).await, Proxy::start(cluster.port()).await);
    let url = format!("postgres://kie@{},{}/postgres", first.address(), second.address());
    let builder = PostgresLedger::builder(url).schema(fresh_schema()).connections(2).timeout(Duration::from_secs(3));
    let ledger = builder.clone().connect().await.unwrap();
    paid_call(&ledger).await.unwrap();
    assert_eq!(second.round_trips(), 0);
    first.fall_silent();
    paid_call(&ledger).await.unwrap();
    assert!(second.round_trips() > 0);
    let begin = Instant::now();
    let late = builder.connect().await.unwrap();
    paid_call(&late).await.unwrap();
    assert!(begin.elapsed() < Duration::from_secs(2), "{:?}", begin.elapsed());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_replica_refuses_calls_before_they_are_sent() {
    let Some(primary) = Cluster::start(&[]) else { return };
    let schema = fresh_schema();
    let ledger = primary.fresh().schema(&schema).connect().await.unwrap();
    let prepared = receipt();
    ledger.write(&prepared).await.unwrap();
    let standby = primary.standby();
    let replica = standby.fresh().schema(&schema).connect().await.unwrap();
    assert!(replica.find(ReceiptKey::Id(prepared.id)).await.unwrap().is_some());
    let account = Account::new();
    let begin = Instant::now();
    let error = account.client(replica).start(song()).await.unwrap_err();
    assert!(matches!(&error, Error::Ledger(error) if error.to_string() == READ_ONLY), "{error:?}");
    assert_eq!((error.charged(), account.orders()), (Charged::No, 0));
    let error = standby.fresh().connect().await.unwrap_err();
    assert_eq!(error.to_string(), READ_ONLY, "a new schema cannot be created");
    let url = format!("{}?target_session_attrs=read-write", standby.url());
    let error = PostgresLedger::connect(url).await.unwrap_err();
    assert_eq!(error.to_string(), READ_ONLY, "the address asks for another host");
    assert!(begin.elapsed() < Duration::from_secs(5), "{:?}", begin.elapsed());
}

/// The primary crashes, and the standby is promoted two seconds later. The replication is synchronous until then, so the
/// standby has all that the primary has confirmed.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn calls_go_on_after_a_standby_has_taken_over() {
    let Some(mut primary) = Cluster::start(&[]) else { return };
    let schema = fresh_schema();
    drop(primary.fresh().schema(&schema).connect().await.unwrap());
    let standby = primary.standby();
    primary.execute("ALTER SYSTEM SET synchronous_standby_names = '*'").await;
    primary.execute("SELECT pg_reload_conf()").await;
    // The standby comes first, so the client must find out which host can be written.
    let url = format!(
        "postgres://kie@127.0.0.1:{},127.0.0.1:{}/postgres?target_session_attrs=read-write",
        standby.port(),
        primary.port()
    );
    let account = Account::new();
    let client = account.client(PostgresLedger::builder(url).schema(&schema).connect().await.unwrap());
    let mut calls = JoinSet::new();
    let begin = Instant::now();
    for _ in 0..8 {
        let client = client.clone();
        calls.spawn(async move {
            let mut tasks = Vec::new();
            while begin.elapsed() < Duration::from_secs(4) {
                tasks.push(client.start(song()).await.unwrap().id().to_string());
            }
            tasks
        });
    }
    sleep(Duration::from_millis(700)).await;
    primary.crash();
    sleep(Duration::from_secs(2)).await;
    standby.execute("SELECT pg_promote()").await;
    let tasks: Vec<_> = calls.join_all().await.into_iter().flatten().collect();
    client.settled().await;
    assert_eq!(account.orders(), tasks.len());
    let ledger = standby.fresh().schema(&schema).connect().await.unwrap();
    for task in &tasks {
        let kept = ledger.find(ReceiptKey::Task(task)).await.unwrap().unwrap();
        assert_eq!((kept.state, kept.sends), (ReceiptState::Running, 1));
    }
    println!("{} calls before, during and after a fail-over, and none was lost or sent twice", tasks.len());
}
