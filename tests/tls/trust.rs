//! Tests of the certificates that a client trusts, and of failed TLS handshakes.

use std::{
    error::Error as _,
    fs,
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering::Relaxed},
    },
    time::Duration,
};

use kie_suno::{
    Client, Error, Retry,
    records::{Music, Track},
    transport::{ErrorKind, Transport},
};
use rcgen::{CertificateParams, KeyPair, date_time_ymd};
use rustls::HandshakeKind;
use tempfile::tempdir;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpListener,
};

use super::{Authority, Host, Manner, NAME, config};
use crate::setup::stack::waltz;

#[tokio::test]
async fn an_added_root_is_trusted_and_all_calls_use_one_connection() {
    let authority = Authority::new();
    let host = authority.host(NAME, &["http/1.1"], Manner::Answers).await;
    let client = authority.client(&host).build().unwrap();
    for _ in 0..5 {
        client.credits().await.unwrap();
    }
    assert_eq!(client.start(waltz()).await.unwrap().id().as_str(), "4be1c0d2");
    assert_eq!((host.connections(), host.versions().len()), (1, 6));
}

/// Returns the text of an error and of all its causes.
fn text(error: &Error) -> String {
    let causes = std::iter::successors(error.source(), |&cause| cause.source());
    causes.fold(error.to_string(), |text, cause| format!("{text}: {cause}"))
}

/// Returns settings for three attempts with short pauses.
fn retry() -> Retry {
    Retry::default().attempts(3).base(Duration::from_millis(1))
}

/// Makes a call of each kind to a host. `attempts` returns the number of attempts that the host has seen since
/// `attempts` was last called. Checks that each call ends with this kind of error after this number of attempts, and
/// that nothing was charged.
async fn each_call_ends(client: &Client, kind: ErrorKind, expected: u32, attempts: impl Fn() -> u32, because: &str) {
    let folder = tempdir().unwrap();
    let file = folder.path().join("song.mp3");
    fs::write(&file, b"ID3").unwrap();
    for call in ["start", "credits", "wait", "upload"] {
        let error = match call {
            "start" => client.start(waltz()).await.map(drop).unwrap_err(),
            "credits" => client.credits().await.map(drop).unwrap_err(),
            // If the error lasts, the wait must end long before its own time limit of 15 minutes.
            "wait" if kind == ErrorKind::Setup => client.task::<Music>("4be1c0d2").wait().await.map(drop).unwrap_err(),
            "wait" => {
                let wait = client.task::<Music>("4be1c0d2").wait().timeout(Duration::from_millis(100));
                let error = wait.await.map(drop).unwrap_err();
                assert!(matches!(&error, Error::TimedOut(late) if late.failing().is_some()), "{because}: {error:?}");
                attempts();
                continue;
            }
            _ => client.upload(&file).await.map(drop).unwrap_err(),
        };
        let Error::Transport(lost) = &error else { panic!("{call}, {because}: {error:?}") };
        assert_eq!((lost.kind(), lost.attempts(), attempts()), (kind, expected, expected), "{call}, {because}");
        if call != "wait" {
            assert_eq!(error.charged(), kie_suno::Charged::No);
        }
        let text = text(&error);
        assert!(text.contains(because), "{call}: {text}");
        assert!(!text.contains("the-key") && !text.contains("waltz"), "{text}");
    }
}

#[tokio::test]
async fn a_host_with_a_wrong_certificate_is_asked_once_and_gets_no_request() {
    let authority = Authority::new();
    let expired = |params: &mut CertificateParams| params.not_after = date_time_ymd(2020, 1, 1);
    let early = |params: &mut CertificateParams| params.not_before = date_time_ymd(4000, 1, 1);
    let key = KeyPair::generate().unwrap();
    let own = CertificateParams::new(vec![NAME.to_owned()]).unwrap().self_signed(&key).unwrap();
    let rows = [
        (authority.signs("other.example", |_| {}), "not valid for name"),
        (authority.signs(NAME, expired), "expired"),
        (authority.signs(NAME, early), "not valid yet"),
        (Authority::new().signs(NAME, |_| {}), "BadSignature"),
        (config(&own, &key), "UnknownIssuer"),
    ];
    for (config, because) in rows {
        let host = Host::new(config, Manner::Answers).await;
        let client = authority.client(&host).retry(retry()).build().unwrap();
        each_call_ends(&client, ErrorKind::Setup, 1, || host.accepted() as u32, because).await;
        let files = Transport::builder().root_certificates(authority.pem()).retry(retry());
        let folder = tempdir().unwrap();
        let url = format!("https://{NAME}:{}/song.mp3", host.port);
        let files = files.allow_loopback_downloads(true).build().unwrap();
        let error = files.download(url, folder.path().join("song")).await.unwrap_err();
        assert_eq!((error.kind(), error.is_unsent(), host.accepted()), (ErrorKind::Setup, true, 1), "{because}");
        assert!(host.versions().is_empty(), "{because}");
    }
}

#[tokio::test]
async fn a_wrong_certificate_of_one_file_host_costs_its_link_and_not_the_song() {
    let authority = Authority::new();
    let [wrong, right] = [
        Host::new(Authority::new().signs(NAME, |_| {}), Manner::Answers).await,
        authority.host(NAME, &["http/1.1"], Manner::Answers).await,
    ];
    let client = authority.client(&right).retry(retry()).build().unwrap();
    let link = |host: &Host| format!("https://{NAME}:{}/song.mp3", host.port);
    let track = serde_json::json!({ "id": "7d0f3c52", "audioUrl": link(&wrong), "sourceAudioUrl": link(&right) });
    let tracks: Vec<Track> = vec![serde_json::from_value(track).unwrap()];
    let folder = tempdir().unwrap();
    let saved = client.task::<Music>("4be1c0d2").save(&tracks, folder.path()).await.unwrap();
    assert_eq!(saved[0].link.as_deref(), Some("sourceAudioUrl"));
    assert_eq!(wrong.accepted(), 1);
}

#[tokio::test]
async fn without_the_root_the_host_is_not_trusted() {
    let host = Authority::new().host(NAME, &["http/1.1"], Manner::Answers).await;
    // The client trusts only a second authority of the tests. So the result does not depend on the certificates that
    // are installed on this machine.
    let client = Authority::new().client(&host).build().unwrap();
    let error = client.credits().await.unwrap_err();
    assert!(matches!(&error, Error::Transport(lost) if lost.kind() == ErrorKind::Setup), "{error:?}");
    assert!(host.versions().is_empty());
}

/// Starts a host that answers each TLS handshake with these bytes and closes the connection. Returns its port and the
/// number of its connections.
async fn answers_with(bytes: &'static [u8]) -> (u16, Arc<AtomicU32>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let (port, accepted) = (listener.local_addr().unwrap().port(), Arc::<AtomicU32>::default());
    let counter = accepted.clone();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            counter.fetch_add(1, Relaxed);
            tokio::spawn(async move {
                assert_ne!(stream.read(&mut [0; 4096]).await.unwrap(), 0);
                stream.write_all(bytes).await.unwrap();
            });
        }
    });
    (port, accepted)
}

#[tokio::test]
async fn a_rejection_of_the_protocol_lasts_and_other_failures_of_tls_pass() {
    let rows: [(&[u8], ErrorKind, u32, &str); 7] = [
        // In the first five entries, the bytes are a fatal alert of TLS, and the last byte is the number of the alert.
        (&[21, 3, 3, 0, 2, 2, 40], ErrorKind::Setup, 1, "HandshakeFailure"),
        (&[21, 3, 3, 0, 2, 2, 70], ErrorKind::Setup, 1, "ProtocolVersion"),
        (&[21, 3, 3, 0, 2, 2, 112], ErrorKind::Setup, 1, "UnrecognisedName"),
        (&[21, 3, 3, 0, 2, 2, 80], ErrorKind::Connect, 3, "InternalError"),
        (&[21, 3, 3, 0, 2, 2, 20], ErrorKind::Connect, 3, "BadRecordMac"),
        (b"", ErrorKind::Connect, 3, "eof"),
        (b"HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n", ErrorKind::Connect, 3, "InvalidContentType"),
    ];
    for (bytes, kind, attempts, because) in rows {
        let (port, accepted) = answers_with(bytes).await;
        let client = Client::builder().api_key("the-key").base_url(format!("https://{NAME}:{port}")).retry(retry());
        let client = client.root_certificates(Authority::new().pem()).build().unwrap();
        each_call_ends(&client, kind, attempts, || accepted.swap(0, Relaxed), because).await;
    }
}

#[tokio::test]
async fn an_impossible_host_or_port_is_an_error_at_once() {
    for address in ["https://a..example", &format!("https://{}.example", "a".repeat(64)), "https://a.example:0"] {
        let client = Client::builder().api_key("the-key").base_url(address).no_proxy().build().unwrap();
        let error = client.credits().await.unwrap_err();
        let Error::Transport(lost) = &error else { panic!("{address}: {error:?}") };
        assert_eq!((lost.kind(), lost.attempts()), (ErrorKind::Setup, 1), "{address}");
    }
}

#[tokio::test]
async fn a_connection_that_ends_without_tls_close_is_a_cut_response() {
    let authority = Authority::new();
    let host = authority.host(NAME, &["http/1.1"], Manner::BreaksOff).await;
    let client = authority.client(&host).build().unwrap();
    let error = client.credits().await.unwrap_err();
    assert!(matches!(&error, Error::Transport(lost) if lost.kind() == ErrorKind::Interrupted), "{error:?}");
    let error = client.start(waltz()).await.unwrap_err();
    assert!(matches!(error, Error::OutcomeUnknown(_)), "{error:?}");
    assert_eq!(host.versions().len(), 2);
}

#[tokio::test]
async fn a_second_connection_resumes_the_session_of_the_first() {
    let authority = Authority::new();
    let host = authority.host(NAME, &["http/1.1"], Manner::AnswersOnce).await;
    let client = authority.client(&host).build().unwrap();
    client.credits().await.unwrap();
    client.credits().await.unwrap();
    let handshakes = host.log.lock().unwrap().handshakes.clone();
    assert_eq!(handshakes, [Some(HandshakeKind::Full), Some(HandshakeKind::Resumed)]);
}

#[test]
fn a_file_without_a_certificate_is_an_error_at_once() {
    let broken = "-----BEGIN CERTIFICATE-----\nbm8=\n-----END CERTIFICATE-----\n";
    let cut = "-----BEGIN CERTIFICATE-----\nbm8=\n";
    for pem in ["", "no PEM", broken, cut] {
        let error = Client::builder().api_key("key").root_certificates(pem).build().unwrap_err();
        assert!(matches!(&error, Error::Config(wrong) if wrong.field() == "root_certificates"), "{pem}: {error:?}");
    }
}
