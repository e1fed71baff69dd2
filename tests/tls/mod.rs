//! Tests over real sockets with local hosts. A certificate authority of the tests has signed the certificates of these
//! hosts.

mod http2;
mod proxy;
mod socks;
mod trust;

use std::sync::{Arc, Mutex};

use bytes::Bytes;
use http::{Request, Response, Version};
use http_body_util::Full;
use hyper::{body::Incoming, service::service_fn};
use hyper_util::rt::{TokioExecutor, TokioIo};
use kie_suno::{Client, ClientBuilder, Retry};
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair};
use rustls::{
    HandshakeKind, ServerConfig,
    crypto::ring,
    pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer},
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
};
use tokio_rustls::{TlsAcceptor, server::TlsStream};

/// Host name in the certificate of a host, unless a test uses another name.
const NAME: &str = "localhost";

/// A certificate authority for the tests. It signs the certificates of the hosts.
struct Authority(CertifiedIssuer<'static, KeyPair>);

impl Authority {
    fn new() -> Self {
        let mut params = CertificateParams::new(Vec::new()).unwrap();
        params.distinguished_name.push(DnType::CommonName, "an authority of our own");
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        Self(CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap())
    }

    fn pem(&self) -> String {
        self.0.pem()
    }

    /// Returns a TLS configuration for a host, with a certificate for the name `name`. `change` edits the certificate
    /// before it is signed.
    fn signs(&self, name: &str, change: impl FnOnce(&mut CertificateParams)) -> ServerConfig {
        let key = KeyPair::generate().unwrap();
        let mut params = CertificateParams::new(vec![name.to_owned()]).unwrap();
        change(&mut params);
        config(&params.signed_by(&key, &self.0).unwrap(), &key)
    }

    /// Starts a host whose certificate has this name. The host offers these application protocols, such as `h2`.
    async fn host(&self, name: &str, protocols: &[&str], manner: Manner) -> Host {
        let mut config = self.signs(name, |_| {});
        config.alpn_protocols = protocols.iter().map(|protocol| protocol.as_bytes().to_vec()).collect();
        Host::new(config, manner).await
    }

    /// Returns the builder of a client that calls this local host. The client trusts this authority and makes only one
    /// attempt.
    fn client(&self, host: &Host) -> ClientBuilder {
        let builder = Client::builder().api_key("the-key").base_url(format!("https://{NAME}:{}", host.port));
        builder.root_certificates(self.pem()).retry(Retry::never())
    }
}

fn config(certificate: &rcgen::Certificate, key: &KeyPair) -> ServerConfig {
    let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der()));
    ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![certificate.der().clone()], key)
        .unwrap()
}

/// Behaviour of a host on each connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Manner {
    /// Answers every request.
    Answers,
    /// Answers one request and then closes the connection. Over HTTP/2, the host sends GOAWAY to close it.
    AnswersOnce,
    /// Sends half a response. Then it closes the TCP connection without the closing message of TLS.
    BreaksOff,
}

/// Log of the connections to a host and of its requests.
#[derive(Debug, Default)]
struct HostLog {
    /// Number of TCP connections, also of those whose TLS handshake failed.
    accepted: usize,
    /// The kind of each connection's TLS handshake: full or resumed.
    handshakes: Vec<Option<HandshakeKind>>,
    requests: Vec<(Version, String)>,
}

struct Host {
    port: u16,
    log: Arc<Mutex<HostLog>>,
}

impl Host {
    async fn new(config: ServerConfig, manner: Manner) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let log = Arc::<Mutex<HostLog>>::default();
        let acceptor = TlsAcceptor::from(Arc::new(config));
        let host = Self { port, log: log.clone() };
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (acceptor, log) = (acceptor.clone(), log.clone());
                log.lock().unwrap().accepted += 1;
                tokio::spawn(async move {
                    if let Ok(stream) = acceptor.accept(stream).await {
                        log.lock().unwrap().handshakes.push(stream.get_ref().1.handshake_kind());
                        serve(stream, manner, log).await;
                    }
                });
            }
        });
        host
    }

    /// Returns the number of TCP connections since the last call of this method, also of those whose TLS handshake
    /// failed.
    fn accepted(&self) -> usize {
        std::mem::take(&mut self.log.lock().unwrap().accepted)
    }

    /// Returns the number of connections whose TLS handshake succeeded.
    fn connections(&self) -> usize {
        self.log.lock().unwrap().handshakes.len()
    }

    fn versions(&self) -> Vec<Version> {
        self.log.lock().unwrap().requests.iter().map(|(version, _)| *version).collect()
    }
}

async fn serve(mut stream: TlsStream<TcpStream>, manner: Manner, log: Arc<Mutex<HostLog>>) {
    if manner == Manner::BreaksOff {
        let mut head = [0; 4096];
        assert_ne!(stream.read(&mut head).await.unwrap(), 0);
        log.lock().unwrap().requests.push((Version::HTTP_11, String::new()));
        stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 40\r\n\r\n{\"code\":200,").await.unwrap();
        stream.flush().await.unwrap();
        return;
    }
    let is_http2 = stream.get_ref().1.alpn_protocol() == Some(b"h2");
    let answered = Arc::new(tokio::sync::Notify::new());
    let answers = {
        let answered = answered.clone();
        service_fn(move |request: Request<Incoming>| {
            log.lock().unwrap().requests.push((request.version(), request.uri().path().to_owned()));
            answered.notify_one();
            async move { Ok::<_, std::convert::Infallible>(answer(&request)) }
        })
    };
    let io = TokioIo::new(stream);
    if is_http2 {
        let connection = hyper::server::conn::http2::Builder::new(TokioExecutor::new()).serve_connection(io, answers);
        let mut connection = std::pin::pin!(connection);
        if manner == Manner::AnswersOnce {
            tokio::select! {
                _ = connection.as_mut() => return,
                () = answered.notified() => connection.as_mut().graceful_shutdown(),
            }
        }
        connection.await.ok();
    } else {
        let keep_alive = manner != Manner::AnswersOnce;
        hyper::server::conn::http1::Builder::new().keep_alive(keep_alive).serve_connection(io, answers).await.ok();
    }
}

/// Returns the response of a host to a request: a balance, a new task, or a file.
fn answer(request: &Request<Incoming>) -> Response<Full<Bytes>> {
    let body: Bytes = match request.uri().path() {
        "/song.mp3" => [b"ID3\x04\x00\x00\x00\x00\x00\x00\xff\xfb\x90\x64".as_slice(), &[0; 4096]].concat().into(),
        "/api/v1/generate" => r#"{"code":200,"msg":"success","data":{"taskId":"4be1c0d2"}}"#.into(),
        _ => r#"{"code":200,"msg":"success","data":100}"#.into(),
    };
    Response::new(Full::new(body))
}
