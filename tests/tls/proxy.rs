//! Tests of calls through an HTTP proxy.

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use kie_suno::{Charged, Client, ClientBuilder, Error, Retry, transport::ErrorKind};
use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, copy_bidirectional},
    net::{TcpListener, TcpStream},
};
use tokio_rustls::TlsAcceptor;

use super::{Authority, Host, Manner, NAME};
use crate::setup::stack::waltz;

/// Name of a host that the client can reach only through the proxy.
pub(super) const FAR: &str = "api.far.test";

/// A local HTTP proxy. Each tunnel through it leads to the same host, even if the client names another host. The proxy
/// records the heads of the requests that it gets.
struct Proxy {
    port: u16,
    asked: Arc<Mutex<Vec<String>>>,
}

impl Proxy {
    /// Starts a proxy that gives this answer to each request. If the answer has status 200, the proxy opens a tunnel to
    /// `to`. If `tls` is given, clients connect to the proxy over TLS.
    async fn new(to: &Host, answer: &'static str, tls: Option<TlsAcceptor>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let asked = Arc::<Mutex<Vec<String>>>::default();
        let (kept, to) = (asked.clone(), to.port);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (kept, tls) = (kept.clone(), tls.clone());
                tokio::spawn(async move {
                    match tls {
                        None => tunnel(stream, to, answer, &kept).await,
                        Some(tls) => {
                            if let Ok(stream) = tls.accept(stream).await {
                                tunnel(stream, to, answer, &kept).await;
                            }
                        }
                    }
                });
            }
        });
        Self { port, asked }
    }

    fn asked(&self) -> Vec<String> {
        self.asked.lock().unwrap().clone()
    }
}

async fn tunnel(mut client: impl AsyncRead + AsyncWrite + Unpin, to: u16, answer: &str, asked: &Mutex<Vec<String>>) {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        assert_ne!(client.read_buf(&mut head).await.unwrap(), 0);
    }
    asked.lock().unwrap().push(String::from_utf8(head).unwrap());
    client.write_all(format!("HTTP/1.1 {answer}\r\n\r\n").as_bytes()).await.unwrap();
    if answer.starts_with("200") {
        let mut host = TcpStream::connect(("127.0.0.1", to)).await.unwrap();
        copy_bidirectional(&mut client, &mut host).await.ok();
    }
}

fn builder(authority: &Authority, proxy: &str) -> ClientBuilder {
    let builder = Client::builder().api_key("the-key").base_url(format!("https://{FAR}")).retry(Retry::never());
    builder.root_certificates(authority.pem()).proxy(proxy)
}

#[tokio::test]
async fn calls_go_through_one_tunnel_and_the_proxy_sees_only_the_address() {
    let authority = Authority::new();
    let far = authority.host(FAR, &["http/1.1"], Manner::Answers).await;
    let own = TlsAcceptor::from(Arc::new(authority.signs(NAME, |_| {})));
    for (scheme, tls) in [("http", None), ("https", Some(own))] {
        let proxy = Proxy::new(&far, "200 Connection established", tls).await;
        let client = builder(&authority, &format!("{scheme}://us%40er:pass@{NAME}:{}", proxy.port)).build().unwrap();
        client.start(waltz()).await.unwrap();
        client.credits().await.unwrap();
        let asked = proxy.asked();
        // `dXNAZXI6cGFzcw==` is the Base64 of the credentials "us@er:pass". The request to the proxy has no other
        // header, so it does not contain the API key.
        let expected = format!(
            "CONNECT {FAR}:443 HTTP/1.1\r\nHost: {FAR}:443\r\nProxy-Authorization: Basic dXNAZXI6cGFzcw==\r\n\r\n"
        );
        assert_eq!(asked, [expected], "{scheme}");
    }
    assert_eq!((far.connections(), far.versions().len()), (2, 4));
}

#[tokio::test]
async fn a_refusal_of_the_proxy_is_an_error_with_its_reason() {
    let authority = Authority::new();
    let far = authority.host(FAR, &["http/1.1"], Manner::Answers).await;
    // A refusal with status 403, 404 or 407 lasts, so the call is tried only once. After status 429 or 502 the proxy
    // may work again soon, so the call is tried three times.
    for (answer, status, kind, attempts) in [
        ("403 Forbidden", "403", ErrorKind::Setup, 1),
        ("404 Not Found", "404", ErrorKind::Setup, 1),
        ("407 Who are you", "407", ErrorKind::Setup, 1),
        ("429 Slow down", "429", ErrorKind::Connect, 3),
        ("502 Bad Gateway", "502", ErrorKind::Connect, 3),
    ] {
        let proxy = Proxy::new(&far, answer, None).await;
        let retry = Retry::default().attempts(3).base(Duration::from_millis(1));
        let client = builder(&authority, &format!("http://user:sesame@127.0.0.1:{}", proxy.port)).retry(retry);
        let client = client.build().unwrap();
        let error = client.start(waltz()).await.unwrap_err();
        let Error::Transport(lost) = &error else { panic!("{error:?}") };
        assert_eq!((lost.kind(), error.charged()), (kind, Charged::No), "{error:?}");
        let text = format!("{error} {error:?} {client:?}");
        assert!(text.contains(status), "{text}");
        assert!(!text.contains("sesame") && !text.contains("dXNlcjpzZXNhbWU="), "{text}");
        assert_eq!(proxy.asked().len(), attempts, "{answer}");
    }
    assert_eq!(far.connections(), 0);
}

#[tokio::test]
async fn a_wrong_certificate_of_the_proxy_is_an_error_at_once() {
    let authority = Authority::new();
    let far = authority.host(FAR, &["http/1.1"], Manner::Answers).await;
    let wrong = TlsAcceptor::from(Arc::new(Authority::new().signs(NAME, |_| {})));
    let proxy = Proxy::new(&far, "200 OK", Some(wrong)).await;
    let retry = Retry::default().attempts(3).base(Duration::from_millis(1));
    let client = builder(&authority, &format!("https://{NAME}:{}", proxy.port)).retry(retry).build().unwrap();
    let error = client.credits().await.unwrap_err();
    let Error::Transport(lost) = &error else { panic!("{error:?}") };
    assert_eq!((lost.kind(), lost.attempts()), (ErrorKind::Setup, 1), "{error:?}");
    assert!(lost.to_string().contains("no connection to the proxy"), "{error:?}");
    assert!(proxy.asked().is_empty());
}

#[tokio::test]
async fn local_hosts_are_reached_without_the_proxy() {
    let authority = Authority::new();
    let host = authority.host(NAME, &["http/1.1"], Manner::Answers).await;
    let proxy = Proxy::new(&host, "200 OK", None).await;
    let client = authority.client(&host).proxy(format!("127.0.0.1:{}", proxy.port)).build().unwrap();
    client.credits().await.unwrap();
    assert_eq!((proxy.asked().len(), host.connections()), (0, 1));
}

#[test]
fn an_invalid_proxy_is_an_error_at_once() {
    for url in
        ["socks://user:sesame@127.0.0.1:1080", "socks4://user:sesame@127.0.0.1", "ftp://p", "", "http://user:sesame@:1"]
    {
        let error = Client::builder().api_key("key").proxy(url).build().unwrap_err();
        assert!(matches!(&error, Error::Config(wrong) if wrong.field() == "proxy"), "{url}: {error:?}");
        assert!(!format!("{error:?}").contains("sesame"));
    }
}
