//! Tests of HTTP/2 with hosts that support it.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering::SeqCst},
};

use h2::Reason;
use http::{Response, Version};
use kie_suno::{
    Error, Retry,
    transport::{ApiCall, BaseUrl, Transport, Verdict},
};
use tempfile::tempdir;
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;

use super::{Authority, Host, Manner, NAME};
use crate::setup::stack::waltz;

const BOTH: [&str; 2] = ["h2", "http/1.1"];

#[tokio::test]
async fn calls_at_once_share_one_connection() {
    let authority = Authority::new();
    let host = authority.host(NAME, &BOTH, Manner::Answers).await;
    let client = authority.client(&host).build().unwrap();
    let calls: Vec<_> = (0..30)
        .map(|_| {
            let client = client.clone();
            tokio::spawn(async move { client.credits().await.unwrap() })
        })
        .collect();
    for call in calls {
        call.await.unwrap();
    }
    assert_eq!(host.connections(), 1);
    assert_eq!(host.versions(), [Version::HTTP_2; 30]);
}

#[tokio::test]
async fn a_host_without_http_2_gets_http_1() {
    let authority = Authority::new();
    for protocols in [["http/1.1"].as_slice(), &[]] {
        let host = authority.host(NAME, protocols, Manner::Answers).await;
        let client = authority.client(&host).build().unwrap();
        for _ in 0..3 {
            client.credits().await.unwrap();
        }
        assert_eq!((host.connections(), host.versions()), (1, vec![Version::HTTP_11; 3]));
    }
}

#[tokio::test]
async fn files_are_fetched_over_http_1() {
    let authority = Authority::new();
    let host = authority.host(NAME, &BOTH, Manner::Answers).await;
    let transport =
        Transport::builder().root_certificates(authority.pem()).allow_loopback_downloads(true).build().unwrap();
    let base: BaseUrl = format!("https://{NAME}:{}", host.port).parse().unwrap();
    let call = ApiCall::reading("balance", base.join("/api/v1/chat/credit").unwrap());
    assert_eq!(transport.send(call, |status, _| Verdict::Done(status)).await.unwrap(), 200);
    let path = tempdir().unwrap();
    transport.download(format!("{base}/song.mp3"), path.path().join("song")).await.unwrap();
    assert_eq!(host.versions(), [Version::HTTP_2, Version::HTTP_11]);
    assert_eq!(host.connections(), 2);
}

#[tokio::test]
async fn a_connection_with_goaway_is_replaced() {
    let authority = Authority::new();
    let host = authority.host(NAME, &BOTH, Manner::AnswersOnce).await;
    let client = authority.client(&host).build().unwrap();
    for tasks in 1..=5 {
        client.start(waltz()).await.unwrap();
        assert_eq!(host.versions().len(), tasks);
    }
    assert_eq!(host.connections(), 5);
}

/// Starts a host that resets the first two HTTP/2 streams with this reason, and answers each later stream. Returns the
/// host, and a counter of its streams.
async fn resetting(authority: &Authority, reason: Reason) -> (Host, Arc<AtomicUsize>) {
    let mut config = authority.signs(NAME, |_| {});
    config.alpn_protocols = vec![b"h2".to_vec()];
    let acceptor = TlsAcceptor::from(Arc::new(config));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let host = Host { port: listener.local_addr().unwrap().port(), log: Arc::default() };
    let streams = Arc::<AtomicUsize>::default();
    let counter = streams.clone();
    tokio::spawn(async move {
        let (stream, _) = listener.accept().await.unwrap();
        let mut connection = h2::server::handshake(acceptor.accept(stream).await.unwrap()).await.unwrap();
        while let Some(Ok((_, mut respond))) = connection.accept().await {
            if counter.fetch_add(1, SeqCst) < 2 {
                respond.send_reset(reason);
            } else {
                let mut body = respond.send_response(Response::new(()), false).unwrap();
                body.send_data(r#"{"code":200,"msg":"success","data":{"taskId":"t"}}"#.into(), true).unwrap();
            }
        }
    });
    (host, streams)
}

#[tokio::test]
async fn a_refused_stream_is_retried_and_a_broken_one_is_not() {
    let authority = Authority::new();
    let retry = Retry::default().base(std::time::Duration::from_millis(1));

    let (host, streams) = resetting(&authority, Reason::REFUSED_STREAM).await;
    authority.client(&host).retry(retry).build().unwrap().start(waltz()).await.unwrap();
    assert_eq!(streams.load(SeqCst), 3);

    for reason in [Reason::INTERNAL_ERROR, Reason::CANCEL, Reason::NO_ERROR, Reason::ENHANCE_YOUR_CALM] {
        let (host, streams) = resetting(&authority, reason).await;
        let error = authority.client(&host).retry(retry).build().unwrap().start(waltz()).await.unwrap_err();
        assert!(matches!(error, Error::OutcomeUnknown(_)), "{reason:?}: {error:?}");
        assert_eq!(streams.load(SeqCst), 1, "{reason:?}");
    }
}
