//! Tests of the connection pool, with a server that counts connections and requests.

#![allow(clippy::unwrap_used, clippy::panic)]

use std::{
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering::SeqCst},
    },
    time::Duration,
};

use kie_transport::{
    ApiCall, BaseUrl, Body, ConnectTimeout, Content, ErrorKind, Form, HttpService, Idempotency, Pool, Transport,
    Verdict, http::Request,
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    runtime::Runtime,
    time::{sleep, timeout},
};

const LONG: Duration = Duration::from_secs(20);
/// Bytes at the end of the head of a request.
const END: &[u8] = b"\r\n\r\n";

#[derive(Debug, Default)]
struct Counters {
    accepted: AtomicUsize,
    open: AtomicUsize,
    most_open: AtomicUsize,
    requests: AtomicUsize,
}

/// A test server. It runs in its own thread, so that it still responds while the client's thread is busy.
struct Server {
    address: SocketAddr,
    counters: Arc<Counters>,
    runtime: Option<Runtime>,
}

#[derive(Debug, Clone, Copy)]
struct Behaviour {
    /// Number of responses after which the server closes a connection, without a `Connection: close` header.
    closes_after: usize,
    /// Pause between the last response on a connection and its closing.
    close_delay: Duration,
    /// Pause between the head of a response and its body.
    pause: Duration,
    /// Length of the responses, in bytes.
    length: usize,
}

const PLAIN: Behaviour =
    Behaviour { closes_after: usize::MAX, close_delay: Duration::ZERO, pause: Duration::ZERO, length: 2 };

impl Server {
    fn new(behaviour: Behaviour) -> Self {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        let counters = Arc::<Counters>::default();
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        listener.set_nonblocking(true).unwrap();
        let address = listener.local_addr().unwrap();
        let shared = counters.clone();
        runtime.spawn(async move {
            let listener = TcpListener::from_std(listener).unwrap();
            while let Ok((stream, _)) = listener.accept().await {
                shared.accepted.fetch_add(1, SeqCst);
                let open = shared.open.fetch_add(1, SeqCst) + 1;
                shared.most_open.fetch_max(open, SeqCst);
                let shared = shared.clone();
                tokio::spawn(async move {
                    serve(stream, behaviour, &shared).await.ok();
                    shared.open.fetch_sub(1, SeqCst);
                });
            }
        });
        Self { address, counters, runtime: Some(runtime) }
    }

    fn post(&self) -> Request<Body> {
        Request::post(format!("http://{}/songs", self.address)).body(Body::from("{\"a\":1}")).unwrap()
    }

    fn accepted(&self) -> usize {
        self.counters.accepted.load(SeqCst)
    }

    fn requests(&self) -> usize {
        self.counters.requests.load(SeqCst)
    }

    /// Waits until `open` connections are open. Panics if that takes longer than [`LONG`].
    async fn has_open(&self, open: usize) {
        let waiting = async {
            while self.counters.open.load(SeqCst) != open {
                sleep(Duration::from_millis(1)).await;
            }
        };
        timeout(LONG, waiting).await.unwrap();
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.runtime.take().unwrap().shutdown_background();
    }
}

async fn serve(mut stream: TcpStream, behaviour: Behaviour, counters: &Counters) -> std::io::Result<()> {
    let mut read = Vec::new();
    for _ in 0..behaviour.closes_after {
        let end = loop {
            if let Some(end) = read.windows(END.len()).position(|bytes| bytes == END) {
                break end + END.len() + b"{\"a\":1}".len();
            }
            if stream.read_buf(&mut read).await? == 0 {
                return Ok(());
            }
        };
        while read.len() < end {
            if stream.read_buf(&mut read).await? == 0 {
                return Ok(());
            }
        }
        read.drain(..end);
        counters.requests.fetch_add(1, SeqCst);
        let head = format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n", behaviour.length);
        if behaviour.pause.is_zero() {
            stream.write_all(&[head.as_bytes(), &vec![b'x'; behaviour.length]].concat()).await?;
        } else {
            stream.write_all(head.as_bytes()).await?;
            sleep(behaviour.pause).await;
            stream.write_all(&vec![b'x'; behaviour.length]).await?;
        }
    }
    sleep(behaviour.close_delay).await;
    Ok(())
}

fn pool() -> Pool {
    Pool::new(LONG)
}

async fn whole(service: &impl HttpService, request: Request<Body>) -> usize {
    let response = service.call(request).await.unwrap();
    response.into_body().whole(1 << 20, LONG).await.unwrap().len()
}

async fn one_after_another(behaviour: Behaviour) {
    let (server, pool) = (Server::new(behaviour), pool());
    for _ in 0..50 {
        assert_eq!(whole(&pool, server.post()).await, behaviour.length);
    }
    assert_eq!((server.accepted(), server.requests()), (1, 50));
}

#[tokio::test]
async fn calls_in_sequence_share_one_connection() {
    one_after_another(PLAIN).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn calls_in_sequence_share_one_connection_between_threads() {
    for _ in 0..20 {
        tokio::spawn(one_after_another(PLAIN)).await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn calls_in_sequence_share_one_connection_when_answers_come_in_pieces() {
    one_after_another(Behaviour { pause: Duration::from_millis(2), length: 100_000, ..PLAIN }).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn calls_at_once_make_no_more_connections_than_there_are_calls() {
    let (server, pool) = (Server::new(PLAIN), Arc::new(pool()));
    let calls: Vec<_> = (0..64)
        .map(|_| {
            let (pool, requests) = (pool.clone(), [server.post(), server.post(), server.post()]);
            tokio::spawn(async move {
                for request in requests {
                    whole(&*pool, request).await;
                }
            })
        })
        .collect();
    for call in calls {
        call.await.unwrap();
    }
    assert!((1..=64).contains(&server.accepted()), "{}", server.accepted());
    assert_eq!(server.requests(), 192);
}

/// Makes this number of calls at the same time, and checks that all of them succeed.
async fn post_at_once(transport: &Transport, server: &Server, calls: usize) {
    let base: BaseUrl = format!("http://{}", server.address).parse().unwrap();
    let calls: Vec<_> = (0..calls)
        .map(|_| {
            let call = ApiCall::creating("song", base.join("/songs").unwrap(), Content::Json("{\"a\":1}".into()));
            let transport = transport.clone();
            tokio::spawn(async move { transport.send(call, |status, _| Verdict::Done(status)).await.unwrap() })
        })
        .collect();
    for call in calls {
        assert_eq!(call.await.unwrap(), 200);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_second_burst_opens_no_new_connections() {
    // The pause keeps all requests of a burst in flight at the same time.
    let server = Server::new(Behaviour { pause: Duration::from_millis(200), ..PLAIN });
    let transport = Transport::builder().build().unwrap();
    let mut accepted = Vec::new();
    for _ in 0..3 {
        post_at_once(&transport, &server, 64).await;
        accepted.push(server.accepted());
    }
    assert!(accepted[0] > 32, "more connections than this were in use at once: {accepted:?}");
    assert_eq!(accepted, [accepted[0]; 3]);
    assert_eq!(server.requests(), 192);
}

/// This test uses a [`Transport`] and not a [`Pool`], because the maximum number of connections is a setting of the
/// transport.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn calls_wait_for_one_of_few_connections() {
    let server = Server::new(Behaviour { pause: Duration::from_millis(5), ..PLAIN });
    let transport = Transport::builder().connections_per_host(3).build().unwrap();
    post_at_once(&transport, &server, 30).await;
    assert_eq!(server.requests(), 30);
    assert!(server.counters.most_open.load(SeqCst) <= 3, "{:?}", server.counters);
}

#[tokio::test]
async fn a_closed_idle_connection_does_not_fail_a_call() {
    let (server, pool) = (Server::new(Behaviour { closes_after: 1, ..PLAIN }), pool());
    for sent in 1..=10 {
        whole(&pool, server.post()).await;
        assert_eq!(server.requests(), sent, "no request is sent twice");
        server.has_open(0).await;
    }
    assert_eq!(server.accepted(), 10);
}

#[tokio::test]
async fn a_connection_closed_while_this_thread_was_busy_does_not_fail_a_call() {
    let close_delay = Duration::from_millis(50);
    let (server, pool) = (Server::new(Behaviour { closes_after: 1, close_delay, ..PLAIN }), pool());
    for sent in 1..=5 {
        whole(&pool, server.post()).await;
        assert_eq!(server.requests(), sent);
        // The thread sleeps and blocks the runtime, so the runtime cannot notice that the connection closes.
        std::thread::sleep(Duration::from_millis(150));
    }
}

#[tokio::test]
async fn dropping_an_unread_response_closes_its_connection() {
    let (server, pool) = (Server::new(Behaviour { length: 8 << 20, ..PLAIN }), pool());
    for accepted in 1..=3 {
        drop(pool.call(server.post()).await.unwrap());
        server.has_open(0).await;
        assert_eq!(server.accepted(), accepted);
    }
}

#[tokio::test]
async fn a_cancelled_call_closes_its_connection_and_frees_its_permit() {
    let server = Server::new(Behaviour { pause: Duration::from_secs(1), ..PLAIN });
    let service = kie_transport::Transport::builder().connections_per_host(1);
    let transport = service.build().unwrap();
    let base: kie_transport::BaseUrl = format!("http://{}", server.address).parse().unwrap();
    for _ in 0..3 {
        let body = kie_transport::Content::Json("{\"a\":1}".into());
        let call = kie_transport::ApiCall::creating("song", base.join("/songs").unwrap(), body);
        let sending = transport.send(call, |status, _| kie_transport::Verdict::Done(status));
        assert!(timeout(Duration::from_millis(100), sending).await.is_err());
    }
    assert_eq!(server.requests(), 3, "each call got the only permit");
}

#[tokio::test]
async fn a_response_can_be_read_after_the_pool_is_dropped() {
    let (server, pool) =
        (Server::new(Behaviour { pause: Duration::from_millis(50), length: 500_000, ..PLAIN }), pool());
    let response = pool.call(server.post()).await.unwrap();
    drop(pool);
    assert_eq!(response.into_body().whole(1 << 20, LONG).await.unwrap().len(), 500_000);
    server.has_open(0).await;
}

#[tokio::test]
async fn a_request_can_have_its_own_connect_timeout() {
    // The server never responds to the TLS handshake, but the operating system accepts the TCP connection.
    let silent = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let mut request = Request::post(format!("https://{}/", silent.local_addr().unwrap())).body(Body::empty()).unwrap();
    request.extensions_mut().insert(ConnectTimeout(Duration::from_millis(20)));
    let error = timeout(LONG, pool().call(request)).await.unwrap().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Connect, "{error:?}");
    assert_eq!(error.to_string(), "the connection took too long");
}

#[tokio::test]
async fn invalid_addresses_are_refused() {
    for uri in ["/path", "http://user:secret@localhost/", "http://localhost:99999/"] {
        let error = pool().call(Request::get(uri).body(Body::empty()).unwrap()).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Setup, "{uri}");
        assert!(!format!("{error:?}").contains("secret"));
    }
}

#[tokio::test]
async fn a_request_that_must_not_be_repeated_uses_no_rested_connection() {
    let (server, pool) = (Server::new(PLAIN), pool());
    let get = || Request::get(format!("http://{}/songs", server.address)).body(Body::from("{\"a\":1}")).unwrap();
    whole(&pool, server.post()).await;
    whole(&pool, server.post()).await;
    assert_eq!(server.accepted(), 1, "a connection that was used a moment ago is used again");
    sleep(Duration::from_millis(1_200)).await;
    whole(&pool, get()).await;
    assert_eq!(server.accepted(), 1, "a request that may be repeated uses a rested connection");
    whole(&pool, server.post()).await;
    assert_eq!(server.accepted(), 1, "after that, the connection has not rested");
    sleep(Duration::from_millis(1_200)).await;
    whole(&pool, server.post()).await;
    assert_eq!(server.accepted(), 2);
    server.has_open(1).await;
}

#[tokio::test]
async fn a_pool_for_zero_connections_keeps_one() {
    let server = Server::new(PLAIN);
    let transport = Transport::builder().connections_per_host(0).build().unwrap();
    for _ in 0..3 {
        post_at_once(&transport, &server, 1).await;
    }
    assert_eq!((server.accepted(), server.requests()), (1, 3));
}

#[tokio::test]
async fn a_file_that_changes_while_it_is_sent_is_an_error_of_the_disk() {
    const SIZE: u64 = 64 << 20;
    let path = std::env::temp_dir().join(format!("kie-changing-{}.bin", std::process::id()));
    std::fs::File::create(&path).unwrap().set_len(SIZE).unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base: BaseUrl = format!("http://{}", listener.local_addr().unwrap()).parse().unwrap();
    let accepted = Arc::new(AtomicUsize::new(0));
    let (counter, changing) = (Arc::clone(&accepted), path.clone());
    let server = tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            counter.fetch_add(1, SeqCst);
            // The file is cut off after its first bytes have arrived. The rest of the file does not fit into the
            // buffers of the connection, so it has not been read yet.
            stream.read_exact(&mut [0; 1024]).await.unwrap();
            std::fs::OpenOptions::new().write(true).open(&changing).unwrap().set_len(1024).unwrap();
            while stream.read(&mut vec![0; 1 << 16]).await.is_ok_and(|read| read > 0) {}
        }
    });
    let transport = Transport::builder().build().unwrap();
    let form = Form::new([], "file", &path);
    let mut call = ApiCall::creating("upload", base.join("/upload").unwrap(), Content::Form(form.into()));
    call.idempotency = Idempotency::Idempotent;
    let error = transport.send(call, |_, _| Verdict::Done(())).await.unwrap_err();
    server.abort();
    std::fs::remove_file(&path).unwrap();
    assert_eq!((error.kind(), error.to_string().as_str()), (ErrorKind::Disk, "the file changed while it was sent"));
    assert_eq!((error.attempts(), accepted.load(SeqCst)), (1, 1));
}
