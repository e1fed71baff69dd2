//! The rate limit that all processes share.

use std::{
    env,
    process::{Command, Stdio},
    sync::Arc,
    time::Duration,
};

use kie_ledger::{Ledger, ReceiptId, SendId, SendPermit};
use kie_ledger_postgres::PostgresLedger;
use tokio::time::{Instant, sleep};

use crate::setup::{database, fresh_schema, receipt};

async fn written(ledger: &PostgresLedger) -> ReceiptId {
    let receipt = receipt();
    ledger.write(&receipt).await.unwrap();
    receipt.id
}

async fn ask(ledger: &PostgresLedger, id: ReceiptId, span: Duration) -> Option<Duration> {
    match ledger.acquire_send(id, SendId::new(1), 1, span).await.unwrap() {
        SendPermit::Granted => None,
        SendPermit::RetryIn(wait) => Some(wait),
        other => panic!("{other:?}"),
    }
}

/// Those who ask later ask more often, and get the permission later nevertheless.
#[tokio::test]
async fn calls_are_sent_in_the_order_in_which_they_first_asked() {
    const SPAN: Duration = Duration::from_millis(100);
    let Some(cluster) = database() else { return };
    let builder = cluster.fresh();
    let ledgers = [builder.clone().connect().await.unwrap(), builder.connect().await.unwrap()];
    let mut waiting = Vec::new();
    assert_eq!(ask(&ledgers[0], written(&ledgers[0]).await, SPAN).await, None);
    for number in 0..8 {
        let ledger = &ledgers[number % 2];
        let id = written(ledger).await;
        assert!(ask(ledger, id, SPAN).await.is_some());
        waiting.push((number, ledger, id));
    }
    let (mut granted, begin) = (Vec::new(), Instant::now());
    while !waiting.is_empty() {
        assert!(begin.elapsed() < Duration::from_secs(20));
        for number in (0..waiting.len()).rev() {
            let (own, ledger, id) = waiting[number];
            if ask(ledger, id, SPAN).await.is_none() {
                granted.push(own);
                waiting.remove(number);
            }
        }
    }
    assert_eq!(granted, (0..8).collect::<Vec<_>>());
}

#[tokio::test]
async fn a_call_whose_process_has_died_loses_its_place() {
    const SPAN: Duration = Duration::from_millis(500);
    let Some(cluster) = database() else { return };
    let builder = cluster.fresh();
    let (dead, alive) = (builder.clone().connect().await.unwrap(), builder.connect().await.unwrap());
    let begin = Instant::now();
    assert_eq!(ask(&alive, written(&alive).await, SPAN).await, None);
    assert!(ask(&dead, written(&dead).await, SPAN).await.is_some());
    drop(dead);
    let next = written(&alive).await;
    while let Some(wait) = ask(&alive, next, SPAN).await {
        assert!(wait <= SPAN);
        sleep(wait.min(Duration::from_millis(100))).await;
    }
    // The place of the dead process was free after 0.5 seconds, and it had one more second.
    let waited = begin.elapsed();
    assert!((Duration::from_millis(1_400)..Duration::from_secs(4)).contains(&waited), "{waited:?}");
}

/// The process of this test, started again by the next test. Asks for the permission to send ten calls, and then waits for
/// its end.
#[tokio::test]
async fn a_process_that_will_be_killed() {
    let Ok(ledger) = env::var("KIE_TEST_KILLED") else { return };
    let (url, schema) = ledger.split_once(' ').unwrap();
    let ledger = Arc::new(PostgresLedger::builder(url).schema(schema).connections(10).connect().await.unwrap());
    for _ in 0..10 {
        let ledger = Arc::clone(&ledger);
        tokio::spawn(async move {
            let id = written(&ledger).await;
            ledger.acquire_send(id, SendId::new(1), 1, DEAD_SPAN).await
        });
    }
    sleep(Duration::from_secs(60)).await;
}

const DEAD_SPAN: Duration = Duration::from_millis(500);

/// Some of the ten calls have a place in the rate limit, and the others wait for the lock, when their process is killed.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_killed_process_keeps_no_lock_and_delays_the_others_by_a_second() {
    let Some(cluster) = database() else { return };
    let schema = fresh_schema();
    let ledger = cluster.fresh().schema(&schema).connect().await.unwrap();
    assert_eq!(ask(&ledger, written(&ledger).await, DEAD_SPAN).await, None);
    let (locking, running) = tokio_postgres::connect(cluster.url(), tokio_postgres::NoTls).await.unwrap();
    let running = tokio::spawn(running);
    let lock = format!("SELECT pg_advisory_lock('{schema}.sends'::regclass::oid::bigint::bit(32)::int, 1)");
    locking.batch_execute(&lock).await.unwrap();
    let mut killed = Command::new(env::current_exe().unwrap())
        .args(["--exact", "rate::a_process_that_will_be_killed"])
        .env("KIE_TEST_KILLED", format!("{} {schema}", cluster.url()))
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    let waiting = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted AND pid IN
                       (SELECT pid FROM pg_stat_activity WHERE query LIKE '%{schema}.acquire_send%')";
    let waiting = waiting.replace("{schema}", &schema);
    let begin = Instant::now();
    while cluster.number(&waiting).await < 10 {
        assert!(begin.elapsed() < Duration::from_secs(20));
        sleep(Duration::from_millis(20)).await;
    }
    // The lock is free for a moment. Then the process is killed, with calls that wait for the lock and calls that have it.
    running.abort();
    killed.kill().unwrap();
    killed.wait().unwrap();
    let begin = Instant::now();
    let next = written(&ledger).await;
    while let Some(wait) = ask(&ledger, next, DEAD_SPAN).await {
        sleep(wait.min(Duration::from_millis(50))).await;
    }
    let waited = begin.elapsed();
    assert!(waited < DEAD_SPAN + Duration::from_millis(2_500), "{waited:?}");
}

/// An administrator, or a fail-over, ends the session that has the lock.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_session_that_is_ended_keeps_no_lock() {
    let Some(cluster) = database() else { return };
    let schema = fresh_schema();
    let ledger = cluster.fresh().schema(&schema).connect().await.unwrap();
    let (locking, running) = tokio_postgres::connect(cluster.url(), tokio_postgres::NoTls).await.unwrap();
    let running = tokio::spawn(running);
    let lock = format!("SELECT pg_advisory_lock('{schema}.sends'::regclass::oid::bigint::bit(32)::int, 1)");
    locking.batch_execute(&lock).await.unwrap();
    let pid: i32 = locking.query_one("SELECT pg_backend_pid()", &[]).await.unwrap().get(0);
    let id = written(&ledger).await;
    let asking = tokio::spawn(async move { ask(&ledger, id, DEAD_SPAN).await });
    sleep(Duration::from_millis(300)).await;
    assert!(!asking.is_finished());
    cluster.execute(&format!("SELECT pg_terminate_backend({pid})")).await;
    let begin = Instant::now();
    assert_eq!(asking.await.unwrap(), None);
    assert!(begin.elapsed() < Duration::from_secs(1));
    drop(running);
}

#[tokio::test]
async fn a_clock_that_is_set_back_delays_a_call_by_no_more_than_the_span() {
    const SPAN: Duration = Duration::from_millis(400);
    let Some(cluster) = database() else { return };
    let schema = fresh_schema();
    let ledger = cluster.fresh().schema(&schema).connect().await.unwrap();
    assert_eq!(ask(&ledger, written(&ledger).await, SPAN).await, None);
    let id = written(&ledger).await;
    assert!(ask(&ledger, id, SPAN).await.is_some());
    cluster
        .execute(&format!(
            "UPDATE {schema}.sends SET at = at + 3600000000; UPDATE {schema}.waiting SET until = until + 3600000000"
        ))
        .await;
    let later = written(&ledger).await;
    let wait = ask(&ledger, later, SPAN).await.unwrap();
    assert!(wait <= SPAN, "{wait:?}");
    sleep(wait).await;
    assert_eq!(ask(&ledger, later, SPAN).await, None);
}

#[tokio::test]
async fn a_lease_ends_although_the_clock_was_set_back() {
    let Some(cluster) = database() else { return };
    let schema = fresh_schema();
    let ledger = cluster.fresh().schema(&schema).connect().await.unwrap();
    let id = written(&ledger).await;
    let lease = Duration::from_millis(200);
    assert!(ledger.claim(id, "ann", lease).await.unwrap().is_some());
    cluster.execute(&format!("UPDATE {schema}.claims SET at = at + 3600000000")).await;
    assert!(ledger.claim(id, "ben", lease).await.unwrap().is_none(), "the lease begins again");
    sleep(lease * 2).await;
    assert!(ledger.claim(id, "ben", lease).await.unwrap().is_some());
}
