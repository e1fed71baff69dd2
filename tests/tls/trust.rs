//! Tests of the certificates that a client trusts.

use std::error::Error as _;

use kie_suno::{Client, Error, Retry, transport::ErrorKind};
use rcgen::{CertificateParams, KeyPair, date_time_ymd};
use rustls::HandshakeKind;
use tokio::{io::AsyncWriteExt, net::TcpListener};

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

async fn is_refused(client: Client, because: &str) {
    let error = client.start(waltz()).await.unwrap_err();
    assert!(matches!(&error, Error::Transport(lost) if lost.kind() == ErrorKind::Connect), "{error:?}");
    assert_eq!(error.charged(), kie_suno::Charged::No);
    let text = text(&error);
    assert!(text.contains(because), "{text}");
    assert!(!text.contains("the-key") && !text.contains("waltz"), "{text}");
}

#[tokio::test]
async fn a_host_with_a_wrong_certificate_gets_no_request() {
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
        is_refused(authority.client(&host).build().unwrap(), because).await;
        assert!(host.versions().is_empty(), "{because}");
    }
}

#[tokio::test]
async fn without_the_root_the_host_is_not_trusted() {
    let host = Authority::new().host(NAME, &["http/1.1"], Manner::Answers).await;
    // The client trusts only a second authority of the tests. So the result does not depend on the certificates that
    // are installed on this machine.
    let client = Authority::new().client(&host).build().unwrap();
    let error = client.credits().await.unwrap_err();
    assert!(matches!(&error, Error::Transport(lost) if lost.kind() == ErrorKind::Connect), "{error:?}");
    assert!(host.versions().is_empty());
}

#[tokio::test]
async fn a_host_without_tls_gets_no_request() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n").await.unwrap();
        std::future::pending::<()>().await;
    });
    let client = Client::builder().api_key("the-key").base_url(format!("https://{NAME}:{port}"));
    let client = client.root_certificates(Authority::new().pem()).retry(Retry::never()).build().unwrap();
    is_refused(client, "InvalidContentType").await;
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
