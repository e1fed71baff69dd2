//! What the pool does with its connections, counted by the server.

#![allow(clippy::unwrap_used, clippy::panic)]

use std::{
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering::SeqCst},
    },
    time::Duration,
};

use kie_transport::{Body, ConnectTimeout, ErrorKind, HttpService, Pool, Transport, http::Request};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    runtime::Runtime,
    time::{sleep, timeout},
};

const LONG: Duration = Duration::from_secs(20);
/// The end of a head.
const END: &[u8] = b"\r\n\r\n";

#[derive(Debug, Default)]
struct Books {
    accepted: AtomicUsize,
    open: AtomicUsize,
    most_open: AtomicUsize,
    requests: AtomicUsize,
}

/// A server in a thread of its own, so that it goes on while the client's thread is busy.
struct Server {
    address: SocketAddr,
    books: Arc<Books>,
    runtime: Option<Runtime>,
}

#[derive(Debug, Clone, Copy)]
struct Manner {
    /// After how many answers a connection is closed, without a word.
    closes_after: usize,
    /// How long before it is closed.
    lingers: Duration,
    /// The pause between the head of an answer and its body.
    pause: Duration,
    /// The length of the answers.
    length: usize,
}

const PLAIN: Manner = Manner { closes_after: usize::MAX, lingers: Duration::ZERO, pause: Duration::ZERO, length: 2 };

impl Server {
    fn new(manner: Manner) -> Self {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        let books = Arc::<Books>::default();
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        listener.set_nonblocking(true).unwrap();
        let address = listener.local_addr().unwrap();
        let kept = books.clone();
        runtime.spawn(async move {
            let listener = TcpListener::from_std(listener).unwrap();
            while let Ok((stream, _)) = listener.accept().await {
                kept.accepted.fetch_add(1, SeqCst);
                let open = kept.open.fetch_add(1, SeqCst) + 1;
                kept.most_open.fetch_max(open, SeqCst);
                let kept = kept.clone();
                tokio::spawn(async move {
                    serve(stream, manner, &kept).await.ok();
                    kept.open.fetch_sub(1, SeqCst);
                });
            }
        });
        Self { address, books, runtime: Some(runtime) }
    }

    fn post(&self) -> Request<Body> {
        Request::post(format!("http://{}/songs", self.address)).body(Body::from("{\"a\":1}")).unwrap()
    }

    fn accepted(&self) -> usize {
        self.books.accepted.load(SeqCst)
    }

    fn requests(&self) -> usize {
        self.books.requests.load(SeqCst)
    }

    /// Waits until as many connections are open.
    async fn has_open(&self, open: usize) {
        let waiting = async {
            while self.books.open.load(SeqCst) != open {
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

async fn serve(mut stream: TcpStream, manner: Manner, books: &Books) -> std::io::Result<()> {
    let mut read = Vec::new();
    for _ in 0..manner.closes_after {
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
        books.requests.fetch_add(1, SeqCst);
        let head = format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n", manner.length);
        if manner.pause.is_zero() {
            stream.write_all(&[head.as_bytes(), &vec![b'x'; manner.length]].concat()).await?;
        } else {
            stream.write_all(head.as_bytes()).await?;
            sleep(manner.pause).await;
            stream.write_all(&vec![b'x'; manner.length]).await?;
        }
    }
    sleep(manner.lingers).await;
    Ok(())
}

fn pool() -> Pool {
    Pool::new(LONG)
}

async fn whole(service: &impl HttpService, request: Request<Body>) -> usize {
    let answer = service.call(request).await.unwrap();
    answer.into_body().whole(1 << 20, LONG).await.unwrap().len()
}

async fn one_after_another(manner: Manner) {
    let (server, pool) = (Server::new(manner), pool());
    for _ in 0..50 {
        assert_eq!(whole(&pool, server.post()).await, manner.length);
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
    one_after_another(Manner { pause: Duration::from_millis(2), length: 100_000, ..PLAIN }).await;
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

/// Calls of a transport, which is where the limit is set.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn calls_wait_for_one_of_few_connections() {
    use kie_transport::{ApiCall, BaseUrl, Content, Verdict};

    let server = Server::new(Manner { pause: Duration::from_millis(5), ..PLAIN });
    let transport = Transport::builder().connections_per_host(3).build().unwrap();
    let base: BaseUrl = format!("http://{}", server.address).parse().unwrap();
    let calls: Vec<_> = (0..30)
        .map(|_| {
            let call = ApiCall::creating("song", base.join("/songs").unwrap(), Content::Json("{\"a\":1}".into()));
            let transport = transport.clone();
            tokio::spawn(async move { transport.send(call, |status, _| Verdict::Done(status)).await.unwrap() })
        })
        .collect();
    for call in calls {
        assert_eq!(call.await.unwrap(), 200);
    }
    assert_eq!(server.requests(), 30);
    assert!(server.books.most_open.load(SeqCst) <= 3, "{:?}", server.books);
}

#[tokio::test]
async fn a_kept_connection_that_was_closed_is_not_noticed() {
    let (server, pool) = (Server::new(Manner { closes_after: 1, ..PLAIN }), pool());
    for sent in 1..=10 {
        whole(&pool, server.post()).await;
        assert_eq!(server.requests(), sent, "no request comes twice");
        server.has_open(0).await;
    }
    assert_eq!(server.accepted(), 10);
}

#[tokio::test]
async fn a_connection_that_was_closed_while_this_thread_was_busy_is_not_noticed() {
    let lingers = Duration::from_millis(50);
    let (server, pool) = (Server::new(Manner { closes_after: 1, lingers, ..PLAIN }), pool());
    for sent in 1..=5 {
        whole(&pool, server.post()).await;
        assert_eq!(server.requests(), sent);
        // Nothing of this runtime sees the connection close.
        std::thread::sleep(Duration::from_millis(150));
    }
}

#[tokio::test]
async fn an_answer_that_is_not_read_takes_its_connection_with_it() {
    let (server, pool) = (Server::new(Manner { length: 8 << 20, ..PLAIN }), pool());
    for accepted in 1..=3 {
        drop(pool.call(server.post()).await.unwrap());
        server.has_open(0).await;
        assert_eq!(server.accepted(), accepted);
    }
}

#[tokio::test]
async fn a_call_that_is_given_up_closes_its_connection_and_leaves_no_hole() {
    let server = Server::new(Manner { pause: Duration::from_secs(1), ..PLAIN });
    let service = kie_transport::Transport::builder().connections_per_host(1);
    let transport = service.build().unwrap();
    let base: kie_transport::BaseUrl = format!("http://{}", server.address).parse().unwrap();
    for _ in 0..3 {
        let body = kie_transport::Content::Json("{\"a\":1}".into());
        let call = kie_transport::ApiCall::creating("song", base.join("/songs").unwrap(), body);
        let sending = transport.send(call, |status, _| kie_transport::Verdict::Done(status));
        assert!(timeout(Duration::from_millis(100), sending).await.is_err());
    }
    assert_eq!(server.requests(), 3, "each got the only place");
}

#[tokio::test]
async fn an_answer_under_way_is_read_to_its_end_after_the_pool_is_gone() {
    let (server, pool) = (Server::new(Manner { pause: Duration::from_millis(50), length: 500_000, ..PLAIN }), pool());
    let answer = pool.call(server.post()).await.unwrap();
    drop(pool);
    assert_eq!(answer.into_body().whole(1 << 20, LONG).await.unwrap().len(), 500_000);
    server.has_open(0).await;
}

#[tokio::test]
async fn a_request_brings_its_own_clock_for_its_connection() {
    // It is connected to, and says nothing.
    let silent = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let mut request = Request::post(format!("https://{}/", silent.local_addr().unwrap())).body(Body::empty()).unwrap();
    request.extensions_mut().insert(ConnectTimeout(Duration::from_millis(20)));
    let error = timeout(LONG, pool().call(request)).await.unwrap().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Connect, "{error:?}");
    assert_eq!(error.to_string(), "the connection took too long");
}

#[tokio::test]
async fn addresses_that_name_no_place_are_refused() {
    for uri in ["/path", "http://user:secret@localhost/", "http://localhost:99999/"] {
        let error = pool().call(Request::get(uri).body(Body::empty()).unwrap()).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Setup, "{uri}");
        assert!(!format!("{error:?}").contains("secret"));
    }
}
