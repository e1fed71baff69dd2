//! Lost connections, restarts, and databases that cannot be written.

use std::{sync::Arc, time::Duration};

use kie_ledger::{Ledger, ReceiptKey, ReceiptState, SendId, SendPermit};
use kie_ledger_postgres::PostgresLedger;
use tokio::{task::JoinSet, time::Instant};

use crate::setup::{Cluster, NO_LIMIT, Proxy, fresh_schema, local, paid_call, receipt};

/// Cuts the connection after each number of bytes that a paid call moves. Every call succeeds, and is sent once.
#[tokio::test]
async fn a_connection_that_is_cut_at_any_byte_loses_nothing() {
    let Some(cluster) = local() else { return };
    let proxy = Proxy::start(cluster.port()).await;
    let builder = PostgresLedger::builder(proxy.url()).schema(fresh_schema()).connections(1);
    let ledger = builder.connect().await.unwrap();
    let mut cuts = 0;
    // The steps are uneven, so that the cuts hit every part of the messages in the end.
    for bytes in (0..).step_by(37) {
        proxy.cut_after(bytes);
        let receipt = paid_call(&ledger).await.unwrap_or_else(|error| panic!("after {bytes} bytes: {error:?}"));
        let kept = ledger.find(ReceiptKey::Id(receipt.id)).await.unwrap().unwrap();
        assert_eq!((kept.state, kept.sends), (ReceiptState::Running, 1), "after {bytes} bytes");
        if !proxy.has_cut() {
            break;
        }
        cuts += 1;
    }
    assert!(cuts > 50, "{cuts} cuts");
    println!("{cuts} connections were cut, and no call was lost or sent twice");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn calls_survive_a_crash_and_a_restart_of_the_database() {
    let Some(mut cluster) = Cluster::start(&[]) else { return };
    let ledger = Arc::new(cluster.fresh().connect().await.unwrap());
    let mut calls = JoinSet::new();
    for _ in 0..16 {
        let ledger = Arc::clone(&ledger);
        calls.spawn(async move {
            let end = Instant::now() + Duration::from_secs(4);
            let mut receipts = Vec::new();
            while Instant::now() < end {
                receipts.push(paid_call(&*ledger).await.unwrap());
            }
            receipts
        });
    }
    tokio::time::sleep(Duration::from_millis(700)).await;
    cluster.crash();
    tokio::time::sleep(Duration::from_secs(1)).await;
    cluster.restart();
    let receipts: Vec<_> = calls.join_all().await.into_iter().flatten().collect();
    for receipt in &receipts {
        let kept = ledger.find(ReceiptKey::Id(receipt.id)).await.unwrap().unwrap();
        assert_eq!((kept.state, kept.sends), (ReceiptState::Running, 1));
    }
    println!("{} calls before, during and after a crash of the database", receipts.len());
}

#[tokio::test]
async fn an_operation_ends_in_time_if_the_database_is_gone() {
    let Some(mut cluster) = Cluster::start(&[]) else { return };
    let ledger = cluster.fresh().timeout(Duration::from_secs(2)).connect().await.unwrap();
    cluster.crash();
    let begin = Instant::now();
    let error = ledger.write(&receipt()).await.unwrap_err();
    assert_eq!(error.to_string(), "the connection to the database failed");
    assert!(std::error::Error::source(&error).is_some());
    assert!((1..4).contains(&begin.elapsed().as_secs()), "{:?}", begin.elapsed());
    let error = cluster.fresh().connect().await.unwrap_err();
    assert_eq!(error.to_string(), "the connection to the database failed");
}

#[tokio::test]
async fn connecting_ends_in_time_if_the_database_does_not_respond() {
    let Some(cluster) = local() else { return };
    for trips in [None, Some(0), Some(1), Some(2), Some(3), Some(4)] {
        let proxy = Proxy::start(cluster.port()).await;
        let schema = fresh_schema();
        // The schema exists, so there is nothing to migrate.
        drop(cluster.fresh().schema(&schema).connect().await.unwrap());
        match trips {
            None => proxy.fall_silent(),
            Some(trips) => proxy.fall_silent_after(trips, false),
        }
        let begin = Instant::now();
        let builder = PostgresLedger::builder(proxy.url()).schema(&schema).timeout(Duration::from_millis(600));
        match builder.connect().await {
            Ok(_) => assert!(!proxy.is_silent()),
            Err(error) => assert!(proxy.is_silent() && error.to_string().contains("in time"), "{error}"),
        }
        assert!(begin.elapsed() < Duration::from_secs(3), "{trips:?}: {:?}", begin.elapsed());
    }
}

#[tokio::test]
async fn a_read_only_database_can_be_read_and_refuses_calls() {
    let Some(cluster) = Cluster::start(&[]) else { return };
    let builder = cluster.fresh();
    let ledger = builder.clone().connect().await.unwrap();
    let prepared = receipt();
    ledger.write(&prepared).await.unwrap();
    cluster.execute("ALTER DATABASE postgres SET default_transaction_read_only = on").await;
    let begin = Instant::now();
    let read_only = builder.connect().await.unwrap();
    assert!(read_only.find(ReceiptKey::Id(prepared.id)).await.unwrap().is_some());
    let text = "the database is read-only, perhaps because it is a replica";
    assert_eq!(read_only.write(&receipt()).await.unwrap_err().to_string(), text);
    let (most, span) = NO_LIMIT;
    let error = read_only.acquire_send(prepared.id, SendId::new(1), most, span).await.unwrap_err();
    assert_eq!(error.to_string(), text);
    assert!(begin.elapsed() < Duration::from_secs(5), "the error does not pass, so it is returned at once");
    let error = cluster.fresh().connect().await.unwrap_err();
    assert_eq!(error.to_string(), text, "a new schema cannot be created");
}

/// A caller that gives up `acquire_send` withdraws the send. Whatever the database has done, the send is then denied.
#[tokio::test]
async fn a_send_that_is_given_up_can_be_withdrawn() {
    let Some(cluster) = local() else { return };
    let ledger = cluster.fresh().connect().await.unwrap();
    for micros in [0, 100, 300, 600, 1_000, 3_000] {
        let receipt = receipt();
        ledger.write(&receipt).await.unwrap();
        let (most, span) = NO_LIMIT;
        let asking = ledger.acquire_send(receipt.id, SendId::new(7), most, span);
        drop(tokio::time::timeout(Duration::from_micros(micros), asking).await);
        let refused = kie_ledger::ReceiptUpdate::Refused { send: SendId::new(7), reason: "given up".into() };
        ledger.update(receipt.id, &refused).await.unwrap();
        tokio::time::sleep(Duration::from_millis(20)).await;
        let kept = ledger.find(ReceiptKey::Id(receipt.id)).await.unwrap().unwrap();
        assert_eq!(kept.state, ReceiptState::Refused);
        assert_eq!(ledger.acquire_send(receipt.id, SendId::new(7), most, span).await.unwrap(), SendPermit::Denied);
        assert_eq!(ledger.acquire_send(receipt.id, SendId::new(8), most, span).await.unwrap(), SendPermit::Granted);
    }
}

#[tokio::test]
async fn no_text_contains_the_password() {
    const PASSWORD: &str = "s3cr3t-w0rd";
    let closed = std::net::TcpListener::bind(("127.0.0.1", 0)).unwrap().local_addr().unwrap().port();
    let urls = [
        format!("postgres://kie:{PASSWORD}@127.0.0.1:{closed}/postgres"),
        format!("postgres://kie:{PASSWORD}@127.0.0.1:port/postgres"),
        format!("postgres://kie:{PASSWORD}@127.0.0.1/postgres?sslmode=perhaps"),
        format!("postgres://kie:{PASSWORD}@127.0.0.1/postgres?unknown=1"),
        format!("postgres://kie:{PASSWORD}%zz@127.0.0.1/postgres"),
        format!("postgres://kie:{PASSWORD}@/@127.0.0.1/postgres"),
        format!("host=127.0.0.1 port={closed} user=kie password={PASSWORD}"),
        format!("host=127.0.0.1 password='{PASSWORD}"),
        format!("host=127.0.0.1 passwort={PASSWORD}"),
        PASSWORD.to_owned(),
    ];
    for url in urls {
        let builder = PostgresLedger::builder(&url).timeout(Duration::from_millis(200));
        let mut texts = format!("{builder:?}");
        let error = builder.connect().await.unwrap_err();
        texts += &format!(" {error} {error:?}");
        let mut cause = std::error::Error::source(&error);
        while let Some(error) = cause {
            texts += &format!(" {error} {error:?}");
            cause = error.source();
        }
        assert!(!texts.contains(PASSWORD), "{texts}");
    }
}
