//! Tests of the reports that `on_retry` gets when a call or a download is tried again.

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use kie_sandbox::Fault;
use kie_suno::{
    Client, ClientBuilder, Error, Retry, Retrying,
    transport::{ErrorKind, Transport},
};
use tempfile::tempdir;
use tokio::{net::TcpListener, time::Instant};

use crate::setup::stack::{client_of, instant, waltz};

type Reports = Arc<Mutex<Vec<String>>>;

/// Returns a function for `on_retry`, and the reports that it gets: operation, failed attempt, pause in seconds, text.
fn recorder() -> (impl Fn(&Retrying<'_>) + Send + Sync + 'static, Reports) {
    let reports = Reports::default();
    let kept = reports.clone();
    let record = move |retrying: &Retrying<'_>| {
        let text =
            format!("{} {} {}: {retrying}", retrying.operation(), retrying.attempt(), retrying.pause().as_secs(),);
        kept.lock().unwrap().push(text);
    };
    (record, reports)
}

fn taken(reports: &Reports) -> Vec<String> {
    std::mem::take(&mut *reports.lock().unwrap())
}

/// Returns a local address at which no server listens.
async fn dead_address() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    format!("http://{}", listener.local_addr().unwrap())
}

fn retry() -> Retry {
    Retry::default().attempts(3).base(Duration::from_millis(1))
}

#[tokio::test]
async fn a_dead_host_is_told_while_it_is_tried_again() {
    let (record, reports) = recorder();
    let (record, address) = (Arc::new(record), dead_address().await);
    let tell = record.clone();
    let client = Client::builder().api_key("the-key").base_url(&address).retry(retry());
    let client = client.on_retry(move |retrying| tell(retrying)).build().unwrap();
    let error = client.start(waltz()).await.unwrap_err();
    assert!(matches!(&error, Error::Transport(lost) if lost.kind() == ErrorKind::Connect), "{error:?}");
    let told = taken(&reports);
    let begins = |name: &str| {
        [1, 2].map(|attempt| {
            let next = attempt + 1;
            format!("{name} {attempt} 0: there is no connection to the host, trying again, {next} of 3: ")
        })
    };
    assert_eq!(told.len(), 2, "{told:?}");
    for (told, begin) in told.iter().zip(begins("generate-music")) {
        assert!(told.starts_with(&begin) && told.to_lowercase().contains("refused"), "{told}");
        assert!(!told.contains("the-key") && !told.contains("waltz"), "{told}");
    }

    let files = Transport::builder().retry(retry()).allow_loopback_downloads(true);
    let files = files.on_retry(move |retrying| record(retrying)).build().unwrap();
    let folder = tempdir().unwrap();
    files.download(format!("{address}/secret.mp3"), folder.path().join("song")).await.unwrap_err();
    let told = taken(&reports);
    assert_eq!(told.len(), 2, "{told:?}");
    for (told, begin) in told.iter().zip(begins("download")) {
        assert!(told.starts_with(&begin) && !told.contains("secret"), "{told}");
    }
}

fn with(client: ClientBuilder, record: impl Fn(&Retrying<'_>) + Send + Sync + 'static) -> Client {
    client.on_retry(record).retry(retry()).build().unwrap()
}

#[tokio::test(start_paused = true)]
async fn a_refusal_is_told_in_the_words_of_the_service() {
    let (sandbox, _) = instant();
    let (record, reports) = recorder();
    let client = with(client_of(&sandbox), record);
    sandbox.fault("generate-music", Fault::refuse(430));
    sandbox.fault("generate-music", Fault::refuse(430).with_retry_after(Duration::from_secs(45)));
    let begun = Instant::now();
    client.start(waltz()).await.unwrap();
    let reason = "the service refused with code 430: Your call frequency is too high. Please try again later.";
    assert_eq!(
        taken(&reports),
        [
            format!("generate-music 1 0: {reason}, trying again, 2 of 3"),
            format!("generate-music 2 45: {reason}, trying again in 45 s, 3 of 3"),
        ]
    );
    assert!(begun.elapsed() >= Duration::from_secs(45));

    sandbox.fault("get-account-credits", Fault::error_page(502));
    client.credits().await.unwrap();
    let told = taken(&reports);
    assert_eq!(told.len(), 1, "{told:?}");
    assert!(told[0].contains("code 502") && told[0].contains("HTML page"), "{told:?}");
}

#[tokio::test(start_paused = true)]
async fn nothing_is_told_if_nothing_is_tried_again() {
    let (sandbox, _) = instant();
    let (record, reports) = recorder();
    let client = with(client_of(&sandbox), record);
    client.start(waltz()).await.unwrap().wait().await.unwrap();
    for fault in [Fault::refuse(401), Fault::refuse(402), Fault::DropResponse, Fault::error_page(500)] {
        sandbox.fault("generate-music", fault);
        client.start(waltz()).await.unwrap_err();
    }
    assert_eq!(taken(&reports), [""; 0]);
    // The failure of the last attempt is not reported, because no attempt follows.
    (0..3).for_each(|_| sandbox.fault("generate-music", Fault::refuse(429)));
    client.start(waltz()).await.unwrap_err();
    assert_eq!(taken(&reports).len(), 2);
}
