//! The HTTP server of `kie listen`. All its resources are bounded.

use std::{
    convert::Infallible,
    io,
    net::SocketAddr,
    sync::Arc,
    time::{Duration, SystemTime},
};

use http_body_util::{BodyExt as _, Full, LengthLimitError, Limited};
use hyper::{
    body::{Body as _, Incoming},
    server::conn::http1,
    service::service_fn,
};
use hyper_util::rt::{TokioIo, TokioTimer};
use kie_suno::transport::{
    bytes::Bytes,
    http::{HeaderMap, HeaderValue, Method, Request, Response, StatusCode, header},
};
use tokio::{
    net::{TcpListener, TcpStream},
    sync::{Semaphore, mpsc, oneshot},
    task::{JoinHandle, JoinSet},
    time::{sleep, timeout},
};

use super::guard::{Admitted, Guard, Refusal};

/// Maximum number of open connections.
const CONNECTIONS: usize = 32;
/// Maximum number of callbacks that wait to be printed and forwarded.
const WAITING: usize = 32;
/// Maximum size of a body in bytes. The receiver of kie-suno has the same.
const BODY: usize = 4 * 1024 * 1024;
/// Maximum size of the head of a request in bytes.
const HEAD: usize = 64 * 1024;
/// Time in which the head of a request must arrive, and then its body.
const ARRIVAL: Duration = Duration::from_secs(10);
/// Maximum time of a connection.
const CONNECTION: Duration = Duration::from_secs(30);
/// Time that open connections get at the end, to finish their responses.
const LAST_RESPONSES: Duration = Duration::from_secs(1);

/// A request that arrived.
#[derive(Debug)]
pub(super) struct Arrival {
    pub(super) time: SystemTime,
    pub(super) query: Option<String>,
    pub(super) headers: HeaderMap,
    /// `None` if the body was not read.
    pub(super) body: Option<Bytes>,
    pub(super) admitted: Result<Admitted, Refusal>,
}

/// A server that receives callbacks until it is stopped or dropped.
#[derive(Debug)]
pub(super) struct Server {
    pub(super) address: SocketAddr,
    arrivals: mpsc::Receiver<Arrival>,
    stop: oneshot::Sender<()>,
    serving: JoinHandle<()>,
}

impl Server {
    /// Listens on this address. For port 0, a free port is chosen.
    pub(super) async fn listen(address: SocketAddr, guard: Guard) -> io::Result<Self> {
        let listener = TcpListener::bind(address).await?;
        let address = listener.local_addr()?;
        let (arrived, arrivals) = mpsc::channel(WAITING);
        let (stop, stopped) = oneshot::channel();
        let shared = Arc::new(Shared { guard, arrived });
        Ok(Self { address, arrivals, stop, serving: tokio::spawn(accept(listener, shared, stopped)) })
    }

    /// Returns the next request. Requests are answered before they are returned here.
    pub(super) async fn next(&mut self) -> Option<Arrival> {
        self.arrivals.recv().await
    }

    /// Accepts no more connections, and waits until the last responses are sent.
    pub(super) async fn stop(self) {
        drop(self.stop);
        drop(self.serving.await);
    }
}

async fn accept(listener: TcpListener, shared: Arc<Shared>, mut stopped: oneshot::Receiver<()>) {
    let slots = Arc::new(Semaphore::new(CONNECTIONS));
    let mut connections = JoinSet::new();
    loop {
        let accepted = async {
            let slot = Arc::clone(&slots).acquire_owned().await;
            (slot, listener.accept().await)
        };
        let (slot, accepted) = tokio::select! {
            _ = &mut stopped => break,
            accepted = accepted => accepted,
        };
        match accepted {
            Ok((stream, _)) => {
                let shared = Arc::clone(&shared);
                connections.spawn(async move {
                    serve(stream, shared).await;
                    drop(slot);
                });
            }
            // Accepting a connection fails, for example, if the process has too many open files.
            Err(_) => sleep(Duration::from_millis(10)).await,
        }
        while connections.try_join_next().is_some() {}
    }
    drop(listener);
    let last = async { while connections.join_next().await.is_some() {} };
    drop(timeout(LAST_RESPONSES, last).await);
}

/// Serves one request of a connection.
async fn serve(stream: TcpStream, shared: Arc<Shared>) {
    let service = service_fn(|request| {
        let shared = Arc::clone(&shared);
        async move { Ok::<_, Infallible>(shared.receive(request).await) }
    });
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new()).header_read_timeout(ARRIVAL).max_buf_size(HEAD).keep_alive(false);
    // An error means, for example, that the sender disconnected.
    drop(timeout(CONNECTION, http.serve_connection(TokioIo::new(stream), service)).await);
}

/// The part of the server that all connections share.
#[derive(Debug)]
struct Shared {
    guard: Guard,
    arrived: mpsc::Sender<Arrival>,
}

impl Shared {
    /// Checks a request, and passes it on. Returns the response.
    async fn receive(&self, request: Request<Incoming>) -> Response<Full<Bytes>> {
        let (head, body) = request.into_parts();
        let body = if head.method == Method::POST { read(body).await } else { Err(Refusal::Method) };
        let time = SystemTime::now();
        let admitted = body.as_ref().map_err(|refusal| *refusal);
        let admitted = admitted.and_then(|body| self.guard.admit(&head.headers, body, time));
        let status = admitted.as_ref().map_or_else(|refusal| refusal.status(), |_| StatusCode::OK);
        let query = head.uri.query().map(str::to_owned);
        let arrival = Arrival { time, query, headers: head.headers, body: body.ok(), admitted };
        match self.arrived.try_send(arrival) {
            // Too many callbacks wait to be forwarded. The service sends this one again.
            Err(_) if status == StatusCode::OK => response(StatusCode::SERVICE_UNAVAILABLE),
            _ => response(status),
        }
    }
}

/// Reads a body. A body whose declared length is too large is not read.
async fn read(body: Incoming) -> Result<Bytes, Refusal> {
    if body.size_hint().lower() > BODY as u64 {
        return Err(Refusal::TooLarge);
    }
    match timeout(ARRIVAL, Limited::new(body, BODY).collect()).await {
        Ok(Ok(body)) => Ok(body.to_bytes()),
        Ok(Err(error)) if error.is::<LengthLimitError>() => Err(Refusal::TooLarge),
        Ok(Err(_)) | Err(_) => Err(Refusal::Incomplete),
    }
}

fn response(status: StatusCode) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::default());
    *response.status_mut() = status;
    if status == StatusCode::METHOD_NOT_ALLOWED {
        response.headers_mut().insert(header::ALLOW, HeaderValue::from_static("POST"));
    }
    response
}
