//! A database whose disk is full.

use std::time::Duration;

use kie_ledger::{Ledger, ReceiptKey, ReceiptState};
use kie_suno::{Charged, Error};
use tokio::time::{Instant, sleep};

use crate::setup::{Account, Cluster, database, fresh_schema, paid_call, song};

const FULL: &str = "the disk of the database is full";

/// The tables are on a small disk of their own, which another table fills.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn calls_fail_before_they_are_sent_and_work_again_when_there_is_space() {
    let Some((cluster, disk)) = Cluster::with_small_disk() else { return };
    cluster.execute(&format!("CREATE TABLESPACE small LOCATION '{disk}'")).await;
    cluster.execute("ALTER DATABASE postgres SET default_tablespace = small").await;
    let schema = fresh_schema();
    let builder = cluster.fresh().schema(&schema).timeout(Duration::from_secs(1));
    let ledger = builder.clone().connect().await.unwrap();
    paid_call(&ledger).await.unwrap();
    cluster
        .execute(
            "CREATE TABLE filler (text text) TABLESPACE small;
             DO $$ BEGIN
                 FOR number IN 1 .. 100000 LOOP INSERT INTO filler VALUES (repeat('x', 1000)); END LOOP;
             EXCEPTION WHEN disk_full THEN NULL; END $$;",
        )
        .await;
    let account = Account::new();
    let client = account.client(builder.connect().await.unwrap());
    let mut paid = 0;
    // The first calls still find space in the pages of the tables.
    let error = loop {
        match client.start(song()).await {
            Ok(_) => paid += 1,
            Err(error) => break error,
        }
        assert!(paid < 500, "the disk is not full");
    };
    assert!(matches!(&error, Error::Ledger(error) if error.to_string() == FULL), "{error:?}");
    assert_eq!((error.charged(), account.orders()), (Charged::No, paid));
    let calling = client.clone();
    let waiting = tokio::spawn(async move { calling.start(song()).await });
    sleep(Duration::from_millis(300)).await;
    cluster.execute("DROP TABLE filler").await;
    waiting.await.unwrap().unwrap();
    assert_eq!(account.orders(), paid + 1, "the call has waited for space");
}

/// The tables refuse the note of a response, as a full disk does. The note is tried again until there is space.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_response_is_noted_when_there_is_space() {
    let Some(cluster) = database() else { return };
    let schema = fresh_schema();
    let builder = cluster.fresh().schema(&schema).timeout(Duration::from_secs(2));
    let ledger = builder.clone().connect().await.unwrap();
    let fill = format!(
        "CREATE FUNCTION {schema}.fill() RETURNS trigger LANGUAGE plpgsql AS
             $$ BEGIN RAISE EXCEPTION 'could not extend file' USING ERRCODE = 'disk_full'; END $$;
         CREATE TRIGGER fill BEFORE UPDATE ON {schema}.receipts FOR EACH ROW
             WHEN (new.task_hash IS NOT NULL) EXECUTE FUNCTION {schema}.fill();"
    );
    let free = format!("DROP FUNCTION {schema}.fill CASCADE");
    for is_short in [true, false] {
        let account = Account::new();
        let client = account.client(builder.clone().connect().await.unwrap());
        cluster.execute(&fill).await;
        let begin = Instant::now();
        let calling = client.clone();
        let call = tokio::spawn(async move { calling.start(song()).await });
        if is_short {
            sleep(Duration::from_millis(500)).await;
            assert_eq!((account.orders(), call.is_finished()), (1, false), "the note of the response is tried again");
            cluster.execute(&free).await;
        }
        let task = call.await.unwrap().expect("the service has accepted the call");
        client.settled().await;
        assert!(begin.elapsed() < Duration::from_secs(5), "{:?}", begin.elapsed());
        if !is_short {
            cluster.execute(&free).await;
            let kept = ledger.find(ReceiptKey::Id(task.receipt().unwrap())).await.unwrap().unwrap();
            assert_eq!((kept.state, kept.task_id), (ReceiptState::Sent, None));
            // The caller has the task, and its next poll notes it.
            assert_eq!(task.wait().await.unwrap().len(), 2);
        }
        let kept = ledger.find(ReceiptKey::Id(task.receipt().unwrap())).await.unwrap().unwrap();
        assert_eq!((kept.sends, kept.task_id.as_deref()), (1, Some(task.id().as_str())));
        assert_eq!(account.orders(), 1);
    }
}
