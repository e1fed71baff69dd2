//! A machine whose clock is an hour ahead of the clock of the database, or an hour behind.

use std::time::{Duration, SystemTime};

use kie_ledger::{Ledger, Receipt, ReceiptUpdate, SendId};
use kie_ledger_postgres::{PostgresLedger, PostgresLedgerBuilder};
use kie_suno::Error;
use tokio::time::{Instant, sleep};

use crate::setup::{Account, Cluster, database, fresh_schema, song};

const HOUR: Duration = Duration::from_secs(3_600);
const MINUTE: Duration = Duration::from_secs(60);
/// Differences of the database's clock in hours.
const SKEWS: [i64; 2] = [1, -1];

/// Returns the options of a ledger in a database whose clock differs by so many hours from the clock of this machine.
async fn skewed(cluster: &Cluster, hours: i64) -> PostgresLedgerBuilder {
    let clock = fresh_schema();
    // The sessions of the ledger find this function before that of PostgreSQL.
    cluster
        .execute(&format!(
            "CREATE SCHEMA {clock};
             CREATE FUNCTION {clock}.clock_timestamp() RETURNS timestamptz LANGUAGE sql VOLATILE AS
                 $$ SELECT pg_catalog.clock_timestamp() + make_interval(hours => {hours}) $$"
        ))
        .await;
    let separator = if cluster.url().contains('?') { '&' } else { '?' };
    let url = format!("{}{separator}options=-c%20search_path%3D{clock}%2Cpg_catalog", cluster.url());
    PostgresLedger::builder(url).schema(fresh_schema()).connections(2)
}

/// Returns the distance between two times.
fn between(one: SystemTime, other: SystemTime) -> Duration {
    one.duration_since(other).unwrap_or_else(|error| error.duration())
}

/// Writes the receipt of a song that was ordered this long ago, by the clock of the database.
async fn ordered(ledger: &PostgresLedger, name: &str, age: Duration) -> Receipt {
    let begin = ledger.now() - age;
    let request = serde_json::to_string(&song()).unwrap();
    let mut receipt = Receipt::new("generate-music", request).unwrap().created_at(begin);
    receipt.name = Some(name.into());
    assert!(receipt.acquire_send(SendId::new(1), begin));
    assert_eq!(ledger.write(&receipt).await.unwrap(), None);
    receipt
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn receipts_have_the_time_of_the_database() {
    let Some(cluster) = database() else { return };
    for hours in SKEWS {
        let ledger = skewed(&cluster, hours).await.connect().await.unwrap();
        let skew = between(ledger.now(), SystemTime::now());
        assert!(skew > HOUR - MINUTE && skew < HOUR + MINUTE, "{skew:?}");
        let client = Account::new().client(ledger);
        client.start(song()).named("order").await.unwrap();
        let receipt = client.receipt("order").await.unwrap().unwrap();
        for time in [receipt.created, receipt.changed] {
            let skew = between(time, SystemTime::now());
            assert!(skew > HOUR - MINUTE && skew < HOUR + MINUTE, "{skew:?}");
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_second_call_waits_for_the_response_to_the_first_one_and_not_longer() {
    let Some(cluster) = database() else { return };
    for hours in SKEWS {
        let builder = skewed(&cluster, hours).await;
        let ledger = builder.clone().connect().await.unwrap();
        let account = Account::new();
        let client = account.client(builder.clone().connect().await.unwrap());
        let first = ordered(&ledger, "young", Duration::from_secs(5)).await;
        let calling = client.clone();
        let second = tokio::spawn(async move { calling.start(song()).named("young").await });
        sleep(Duration::from_millis(500)).await;
        assert!(!second.is_finished(), "the call of 5 seconds ago may still get its response ({hours} hours)");
        ledger.update(first.id, &ReceiptUpdate::Named { task_id: "task-1".into() }).await.unwrap();
        assert_eq!(second.await.unwrap().unwrap().id(), &"task-1");

        ordered(&ledger, "dead", 10 * MINUTE).await;
        let begin = Instant::now();
        let error = client.start(song()).named("dead").await.unwrap_err();
        assert!(matches!(error, Error::OutcomeUnknown(_)), "{error:?}");
        assert!(begin.elapsed() < Duration::from_secs(5), "its response cannot come any more ({hours} hours)");
        assert_eq!(account.orders(), 0);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn save_all_leaves_later_receipts_to_the_next_call() {
    let Some(cluster) = database() else { return };
    for hours in SKEWS {
        let folder = tempfile::tempdir().unwrap();
        let client = Account::new().client(skewed(&cluster, hours).await.connect().await.unwrap());
        client.start(song()).await.unwrap();
        let saving = client.save_all(folder.path());
        // Receipts have their times in whole milliseconds.
        sleep(Duration::from_millis(5)).await;
        client.start(song()).await.unwrap();
        assert_eq!(saving.await.unwrap().len(), 1, "{hours} hours");
        assert_eq!(client.save_all(folder.path()).await.unwrap().len(), 1, "{hours} hours");
    }
}
