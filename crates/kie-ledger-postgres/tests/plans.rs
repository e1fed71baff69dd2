//! The plans of all statements, also of those in functions, with many rows.

use std::time::{Duration, Instant};

use kie_ledger::{CallbackRecord, Ledger, ReceiptId, ReceiptKey, ReceiptUpdate, SendId};

use crate::setup::{Cluster, fresh_schema, paid_call, receipt};

/// Number of the receipts, and of the callbacks.
const ROWS: u32 = 100_000;

#[tokio::test]
async fn no_statement_reads_a_whole_table() {
    let settings = [
        "shared_preload_libraries=auto_explain",
        "auto_explain.log_min_duration=0",
        "auto_explain.log_nested_statements=on",
    ];
    let Some(cluster) = Cluster::start(&settings) else { return };
    let schema = fresh_schema();
    let builder = cluster.fresh().schema(&schema);
    let id = paid_call(&builder.clone().connect().await.unwrap()).await.unwrap().id;
    // Copies of a real receipt. All but 120 of them are saved.
    cluster
        .execute(&format!(
            "INSERT INTO {schema}.receipts (id, name_hash, task_hash, finished_at, receipt)
                 SELECT to_hex, sha256(to_hex::bytea), sha256(('task ' || n)::bytea), CASE WHEN n > 120 THEN 1e15 + n END,
                     replace(receipt, '{id}', to_hex)
                 FROM {schema}.receipts, generate_series(1, {ROWS}) n, lpad(to_hex(n), 32, '0') to_hex WHERE id = '{id}';
             INSERT INTO {schema}.callbacks
                 SELECT sha256(n::text::bytea), nextval('{schema}.callback_numbers'), 'task', sha256(''), NULL, 1e15
                 FROM generate_series(1, {ROWS}) n;
             INSERT INTO {schema}.bodies SELECT sha256(n::text::bytea), '', 1e15 FROM generate_series(1, {ROWS}) n;
             INSERT INTO {schema}.claims SELECT number, '', 1e15, 0 FROM {schema}.receipts;
             INSERT INTO {schema}.sends SELECT n, {schema}.now_us() FROM generate_series(2, {ROWS}) n;
             ANALYZE;"
        ))
        .await;
    // The first change of this opener also removes old rows in the background.
    let ledger = builder.connect().await.unwrap();
    let skipped = cluster.log().len();

    // A function plans its statements anew in its first five calls, so there are more.
    let mut slowest = Duration::ZERO;
    for number in 0..8_u8 {
        let begin = Instant::now();
        let own = receipt();
        ledger.write(&own).await.unwrap();
        ledger.write(&own).await.unwrap();
        let most = 10 * ROWS as usize;
        ledger.acquire_send(own.id, SendId::new(1), most, Duration::from_secs(3600)).await.unwrap();
        ledger
            .acquire_send(receipt_id(ledger.write(&own).await.unwrap()), SendId::new(2), 1, Duration::from_secs(1))
            .await
            .unwrap();
        ledger.update(own.id, &ReceiptUpdate::Named { task_id: "a task".into() }).await.unwrap();
        let mut callback = CallbackRecord::new(format!("task {number}"), [number; 32]);
        callback.receipt = Some(own.id);
        callback.body = Some(b"{}".to_vec());
        for _ in 0..2 {
            ledger.receive(&callback).await.unwrap();
        }
        ledger.callback_body("task 7").await.unwrap();
        for key in [ReceiptKey::Id(own.id), ReceiptKey::Name("order 7"), ReceiptKey::Task("a task")] {
            ledger.find(key).await.unwrap();
        }
        ledger.claim(own.id, "ann", Duration::from_secs(1)).await.unwrap();
        ledger.release(own.id, "ann").await.unwrap();
        assert!(ledger.unfinished(None, 50).await.unwrap().len() == 50);
        assert_eq!(ledger.unfinished(Some(id), 50).await.unwrap().len(), 50);
        assert_eq!(ledger.recent(None, 50).await.unwrap().len(), 50);
        assert_eq!(ledger.recent(Some(own.id), 50).await.unwrap().len(), 50);
        ledger.unreadable().await.unwrap();
        let mut feed = ledger.callback_feed().unwrap();
        assert_eq!(feed.next().await.unwrap().len(), 10_000);
        callback.digest[0] = 100 + number;
        ledger.receive(&callback).await.unwrap();
        assert_eq!(feed.next().await.unwrap().len(), 1);
        slowest = slowest.max(begin.elapsed());
    }
    tokio::time::sleep(Duration::from_millis(500)).await;
    let log = cluster.log();
    let plans = &log[skipped..];
    assert!(plans.matches("Query Text").count() > 200, "the plans are logged");
    for function in ["remove_old", "acquire_send", "receive_callback", "claim_receipt"] {
        assert!(plans.contains(function), "{function} was called");
    }
    assert_eq!(slow(plans), Vec::<&str>::new());
    println!("all operations of a ledger with {ROWS} receipts together took {slowest:?}");

    // The test finds slow plans.
    let skipped = log.len();
    cluster
        .execute(&format!("SELECT count(receipt) FROM {schema}.receipts; DELETE FROM {schema}.claims WHERE at > 1e16"))
        .await;
    assert_eq!(slow(&cluster.log()[skipped..]).len(), 2);
}

fn receipt_id(receipt: Option<kie_ledger::Receipt>) -> ReceiptId {
    receipt.unwrap().id
}

/// Returns the steps of plans that read a whole table. The table `waiting` has a row for each waiting call only.
fn slow(log: &str) -> Vec<&str> {
    let lines = log.lines().map(str::trim);
    lines.filter(|line| line.contains("Seq Scan on") && !line.contains("Seq Scan on waiting")).collect()
}
