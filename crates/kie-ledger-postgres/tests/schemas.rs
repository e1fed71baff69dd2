//! The schema of a ledger in the database of an application.

use std::time::Duration;

use kie_ledger::{Ledger, ReceiptKey, ReceiptUpdate};
use tokio::task::JoinSet;

use crate::setup::{database, paid_call, receipt};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_processes_create_one_schema_at_the_same_time() {
    let Some(cluster) = database() else { return };
    for _ in 0..3 {
        let builder = cluster.fresh();
        let mut opening = JoinSet::new();
        for _ in 0..10 {
            let builder = builder.clone();
            opening.spawn(async move {
                let ledger = builder.connect().await.unwrap();
                paid_call(&ledger).await.unwrap()
            });
        }
        let receipts = opening.join_all().await;
        let ledger = builder.connect().await.unwrap();
        assert_eq!(ledger.unfinished(None, usize::MAX).await.unwrap().len(), receipts.len());
    }
}

#[tokio::test]
async fn only_a_schema_of_a_ledger_is_used() {
    let Some(cluster) = database() else { return };
    let schema = crate::setup::fresh_schema();
    let builder = cluster.fresh().schema(&schema);
    cluster.execute(&format!("CREATE SCHEMA {schema}; CREATE TABLE {schema}.receipts (paid boolean)")).await;
    let error = builder.clone().connect().await.unwrap_err().to_string();
    assert_eq!(error, format!("the schema {schema} of the database holds other tables, and no ledger"));
    cluster.execute(&format!("DROP TABLE {schema}.receipts")).await;
    paid_call(&builder.connect().await.unwrap()).await.unwrap();
    for name in ["", "Songs", "my songs", "songs;", "1st", "pg_songs", &"s".repeat(64)] {
        let error = cluster.fresh().schema(name).connect().await.unwrap_err().to_string();
        assert!(error.starts_with("the name of a schema"), "{name}: {error}");
    }
    cluster.fresh().schema("s".repeat(63)).connect().await.unwrap();
    cluster.execute(&format!("DROP SCHEMA {} CASCADE", "s".repeat(63))).await;
}

#[tokio::test]
async fn a_newer_schema_is_used_unless_it_says_that_this_version_is_too_old() {
    let Some(cluster) = database() else { return };
    let schema = crate::setup::fresh_schema();
    let builder = cluster.fresh().schema(&schema);
    let running = builder.clone().connect().await.unwrap();
    let newer = |oldest: u32, version: u32| {
        format!("INSERT INTO {schema}.kie_ledger_versions (version, oldest) VALUES ({version}, {oldest})")
    };
    cluster.execute(&newer(1, 90)).await;
    paid_call(&running).await.unwrap();
    paid_call(&builder.clone().connect().await.unwrap()).await.unwrap();
    cluster.execute(&newer(91, 91)).await;
    paid_call(&running).await.unwrap();
    let error = builder.connect().await.unwrap_err().to_string();
    assert_eq!(error, "the ledger was written by a newer version of kie-ledger-postgres");
}

#[tokio::test]
async fn a_receipt_of_a_newer_version_is_left_out_and_named() {
    let Some(cluster) = database() else { return };
    let schema = crate::setup::fresh_schema();
    let ledger = cluster.fresh().schema(&schema).connect().await.unwrap();
    let mut ids = Vec::new();
    for _ in 0..4 {
        ids.push(paid_call(&ledger).await.unwrap().id);
    }
    cluster
        .execute(&format!(
            "UPDATE {schema}.receipts SET version = version + 1, receipt = replace(receipt, 'running', 'dancing') WHERE id = '{}'",
            ids[1]
        ))
        .await;
    assert_eq!(ledger.unreadable().await.unwrap(), [ids[1]]);
    let page = ledger.unfinished(None, 2).await.unwrap();
    assert_eq!(page.iter().map(|receipt| receipt.id).collect::<Vec<_>>(), [ids[0], ids[2]], "a page is full");
    let page = ledger.recent(Some(ids[3]), 10).await.unwrap();
    assert_eq!(page.iter().map(|receipt| receipt.id).collect::<Vec<_>>(), [ids[2], ids[0]]);
    let error = ledger.find(ReceiptKey::Id(ids[1])).await.unwrap_err().to_string();
    assert!(error.contains("cannot be read by this version"), "{error}");
    assert!(ledger.update(ids[1], &ReceiptUpdate::Saved { files: Vec::new() }).await.is_err());

    ledger.update(ids[2], &ReceiptUpdate::Saved { files: Vec::new() }).await.unwrap();
    let key = r#""departures""#;
    let route = format!(r#"replace(receipt, '{key}', '"route":"orbital",{key}')"#);
    cluster.execute(&format!("UPDATE {schema}.receipts SET receipt = {route} WHERE id = '{}'", ids[2])).await;
    assert_eq!(ledger.unreadable().await.unwrap(), [ids[1]]);
    assert_eq!(ledger.all_unreadable().await.unwrap(), [ids[2], ids[1]]);
}

#[tokio::test]
async fn names_and_tasks_of_any_length_and_character_are_found() {
    let Some(cluster) = database() else { return };
    let ledger = cluster.fresh().connect().await.unwrap();
    for name in ["order \0 7".to_owned(), "ü🪗'\"".to_owned(), "long ".repeat(20_000)] {
        let mut own = receipt();
        own.name = Some(name.clone());
        assert_eq!(ledger.write(&own).await.unwrap(), None);
        ledger.update(own.id, &ReceiptUpdate::Named { task_id: name.clone() }).await.unwrap();
        for key in [ReceiptKey::Name(&name), ReceiptKey::Task(&name)] {
            assert_eq!(ledger.find(key).await.unwrap().map(|receipt| receipt.id), Some(own.id));
        }
    }
}

#[tokio::test]
async fn finished_receipts_are_removed_after_their_time() {
    let Some(cluster) = database() else { return };
    let builder = cluster.fresh().keep_finished(Duration::ZERO);
    let ledger = builder.clone().connect().await.unwrap();
    let running = paid_call(&ledger).await.unwrap().id;
    let saved = paid_call(&ledger).await.unwrap().id;
    ledger.update(saved, &ReceiptUpdate::Saved { files: Vec::new() }).await.unwrap();
    let mut named = receipt();
    named.name = Some("order 7".into());
    ledger.write(&named).await.unwrap();
    ledger.update(named.id, &ReceiptUpdate::Saved { files: Vec::new() }).await.unwrap();
    // The first change of another process removes old receipts in the background.
    let other = builder.connect().await.unwrap();
    other.update(running, &ReceiptUpdate::Named { task_id: "task".into() }).await.unwrap();
    other.update(running, &ReceiptUpdate::Reached { stage: kie_types::Stage::Text }).await.unwrap();
    for _ in 0..100 {
        if ledger.find(ReceiptKey::Id(saved)).await.unwrap().is_none() {
            break;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let left = ledger.recent(None, 10).await.unwrap();
    assert_eq!(left.iter().map(|receipt| receipt.id).collect::<Vec<_>>(), [named.id, running]);
}
