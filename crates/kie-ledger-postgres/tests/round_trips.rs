//! The number of round trips to the database.

use std::time::Duration;

use kie_ledger::{CallbackRecord, Ledger, ReceiptKey, ReceiptUpdate};
use kie_ledger_postgres::PostgresLedger;

use crate::setup::{Proxy, fresh_schema, local, paid_call};

#[tokio::test]
async fn a_paid_call_takes_three() {
    let Some(cluster) = local() else { return };
    let proxy = Proxy::start(cluster.port()).await;
    let builder = PostgresLedger::builder(proxy.url()).schema(fresh_schema()).connections(1);
    let ledger = builder.clone().connect().await.unwrap();
    // The first change also removes old receipts in the background.
    paid_call(&ledger).await.unwrap();
    tokio::time::sleep(Duration::from_millis(200)).await;

    let before = proxy.round_trips();
    let receipt = paid_call(&ledger).await.unwrap();
    let trips = proxy.round_trips() - before;
    println!("round trips of a paid call, from the receipt to the noted response: {trips}");
    assert_eq!(trips, 3);

    // Another process does not know the receipt, and reads it first.
    let other = builder.connect().await.unwrap();
    let mut last = proxy.round_trips();
    let mut trips = || {
        let now = proxy.round_trips();
        now - std::mem::replace(&mut last, now)
    };
    other.update(receipt.id, &ReceiptUpdate::Cost { credits: kie_types::Credits::new(1.0) }).await.unwrap();
    // The first change of a process removes old receipts in the background.
    tokio::time::sleep(Duration::from_millis(200)).await;
    assert_eq!(trips(), 3);
    other.update(receipt.id, &ReceiptUpdate::Cost { credits: kie_types::Credits::new(2.0) }).await.unwrap();
    assert_eq!(trips(), 1);
    // The other process has changed the receipt, so the first one gets it and tries again.
    ledger.update(receipt.id, &ReceiptUpdate::Cost { credits: kie_types::Credits::new(3.0) }).await.unwrap();
    assert_eq!(trips(), 2);
    ledger.find(ReceiptKey::Id(receipt.id)).await.unwrap();
    ledger.claim(receipt.id, "ann", Duration::from_secs(1)).await.unwrap();
    ledger.release(receipt.id, "ann").await.unwrap();
    ledger.unfinished(Some(receipt.id), 10).await.unwrap();
    ledger.recent(None, 10).await.unwrap();
    assert_eq!(trips(), 5, "each of these is one round trip");
    let mut callback = CallbackRecord::new("task", [1; 32]);
    ledger.receive(&callback).await.unwrap();
    assert_eq!(trips(), 1);
    callback.receipt = Some(receipt.id);
    callback.kind = "complete".into();
    ledger.receive(&callback).await.unwrap();
    assert_eq!(trips(), 2, "the receipt of a callback is read first");
}
