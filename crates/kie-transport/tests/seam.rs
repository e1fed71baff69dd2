//! Tests of transports that use a closure or a `tower` service instead of the network, and of the attempts and times in
//! errors.

#![allow(clippy::unwrap_used)]

use std::{
    cell::Cell,
    future::{Ready, ready},
    io,
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering::Relaxed},
    },
    task::{Context, Poll},
    time::Duration,
};

use bytes::Bytes;
use http_body::{Frame, SizeHint};
use kie_transport::{
    ApiCall, Body, Content, Error, ErrorKind, HttpService, Retry, Timeouts, Tower, Transport, Verdict,
    http::{Request, Response, Uri},
};
use tower_service::Service;

fn address() -> Uri {
    Uri::from_static("https://tea.example/kettle")
}

/// Returns a transport that makes at most 3 attempts, with pauses of 1 s and 2 s between them.
fn over(service: impl HttpService) -> Transport {
    Transport::builder().service(service).retry(Retry::default().attempts(3)).jitter(|| 1.0).build().unwrap()
}

async fn read(transport: &Transport) -> Result<Vec<u8>, Error> {
    transport.send(ApiCall::reading("kettle", address()), |_, body| Verdict::Done(body.to_vec())).await
}

async fn create(transport: &Transport) -> Result<Vec<u8>, Error> {
    let call = ApiCall::creating("kettle", address(), Content::Json(Bytes::from_static(b"{}")));
    transport.send(call, |_, body| Verdict::Done(body.to_vec())).await
}

async fn tea(request: Request<Body>) -> Result<Response<String>, Error> {
    Ok(Response::new(format!("tea of {}", request.uri().path())))
}

#[tokio::test(start_paused = true)]
async fn functions_and_closures_are_services() {
    assert_eq!(read(&over(tea)).await.unwrap(), b"tea of /kettle");
    let count = Arc::new(AtomicU32::new(0));
    let counting = count.clone();
    let transport = over(move |_: Request<Body>| {
        let cup = counting.fetch_add(1, Relaxed) + 1;
        async move { Ok(Response::new(format!("cup {cup}").into_bytes())) }
    });
    assert_eq!(read(&transport).await.unwrap(), b"cup 1");
    assert_eq!(create(&transport).await.unwrap(), b"cup 2");
    assert_eq!(count.load(Relaxed), 2);
}

#[tokio::test(start_paused = true)]
async fn a_request_demands_no_http_version() {
    let version = |request: Request<Body>| async move { Ok(Response::new(format!("{:?}", request.version()))) };
    assert_eq!(read(&over(version)).await.unwrap(), b"HTTP/1.1");
    assert_eq!(create(&over(version)).await.unwrap(), b"HTTP/1.1");
}

#[tokio::test(start_paused = true)]
async fn an_error_reports_its_attempts_and_time() {
    let silent = |_: Request<Body>| async {
        tokio::time::sleep(Duration::from_secs(10)).await;
        Err::<Response<Body>, _>(Error::new(ErrorKind::Timeout, "no response arrived in time"))
    };
    let error = read(&over(silent)).await.unwrap_err();
    // The time is the sum of three attempts of 10 s each, and of pauses of 1 s and 2 s.
    assert_eq!((error.attempts(), error.elapsed().as_secs()), (3, 33));
    assert_eq!(error.to_string(), "no response arrived in time, after 3 attempts in 33 s");
    let error = create(&over(silent)).await.unwrap_err();
    assert_eq!((error.attempts(), error.elapsed().as_secs()), (1, 10));
    assert_eq!(error.to_string(), "no response arrived in time");
}

#[tokio::test(start_paused = true)]
async fn a_call_that_was_never_sent_had_no_attempt() {
    let transport = Transport::builder().service(tea).rate(1, Duration::from_secs(60)).build().unwrap();
    create(&transport).await.unwrap();
    let hasty = transport.with_timeouts(Timeouts::default().overall(Duration::from_secs(5)));
    let error = create(&hasty).await.unwrap_err();
    assert_eq!((error.kind(), error.attempts()), (ErrorKind::Unsent, 0));
    assert_eq!(error.to_string(), "the call could not be sent within its time limit");
}

#[tokio::test(start_paused = true)]
async fn a_download_reports_its_attempts_and_time() {
    let unwell = |_: Request<Body>| async {
        let mut response = Response::new(Body::empty());
        *response.status_mut() = http::StatusCode::SERVICE_UNAVAILABLE;
        Ok(response)
    };
    let path = std::env::temp_dir().join("kie-seam-never-written");
    let error = over(unwell).download("https://files.example/song.mp3", path).await.unwrap_err();
    assert_eq!((error.kind(), error.attempts(), error.elapsed().as_secs()), (ErrorKind::Status(503), 3, 3));
    assert_eq!(error.to_string(), "the file's host answered HTTP 503, after 3 attempts in 3.0 s");
}

/// A `tower` service that fails in the way that `fails` names. `asked` counts how often the `tower` service is asked
/// whether it is ready, which is once for each request.
#[derive(Clone)]
struct Kettle {
    fails: Fails,
    asked: Arc<AtomicU32>,
    /// Field of a type that is not `Sync`. It makes the `tower` service not `Sync`, to show that a `tower` service need
    /// not be `Sync`.
    _own: Cell<u8>,
}

#[derive(Clone, Copy)]
enum Fails {
    Never,
    ToBeReady,
    ToAnswer,
    InItsBody,
    InOurWords,
}

impl Service<Request<Body>> for Kettle {
    type Response = Response<Pieces>;
    type Error = Box<dyn std::error::Error + Send + Sync>;
    type Future = Ready<Result<Self::Response, Self::Error>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        self.asked.fetch_add(1, Relaxed);
        Poll::Ready(if matches!(self.fails, Fails::ToBeReady) { Err(broken()) } else { Ok(()) })
    }

    fn call(&mut self, _: Request<Body>) -> Self::Future {
        ready(match self.fails {
            Fails::ToAnswer => Err(broken()),
            Fails::InOurWords => Err(Error::new(ErrorKind::Connect, "there is no connection to the host").into()),
            Fails::InItsBody => Ok(Response::new(Pieces(vec![Err(broken()), Ok("te")]))),
            _ => Ok(Response::new(Pieces(vec![Ok("a"), Ok("te")]))),
        })
    }
}

fn broken() -> Box<dyn std::error::Error + Send + Sync> {
    io::Error::from(io::ErrorKind::BrokenPipe).into()
}

/// A body in pieces. The vector has the pieces in reverse order: its last piece is sent first.
struct Pieces(Vec<Result<&'static str, Box<dyn std::error::Error + Send + Sync>>>);

impl http_body::Body for Pieces {
    type Data = Bytes;
    type Error = Box<dyn std::error::Error + Send + Sync>;

    fn poll_frame(
        mut self: std::pin::Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Self::Error>>> {
        Poll::Ready(self.0.pop().map(|piece| piece.map(|text| Frame::data(Bytes::from_static(text.as_bytes())))))
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::default()
    }
}

fn kettle(fails: Fails) -> (Kettle, Arc<AtomicU32>) {
    let asked = Arc::<AtomicU32>::default();
    (Kettle { fails, asked: asked.clone(), _own: Cell::new(0) }, asked)
}

#[tokio::test(start_paused = true)]
async fn a_tower_service_is_used() {
    let (service, asked) = kettle(Fails::Never);
    let transport = over(Tower::new(service));
    assert_eq!(create(&transport).await.unwrap(), b"tea");
    assert_eq!(asked.load(Relaxed), 1);
}

#[tokio::test(start_paused = true)]
async fn a_call_that_a_tower_service_may_have_sent_is_not_sent_again() {
    #[rustfmt::skip]
    let rows = [
        // failure            kind of error            number of requests: of `create`, of `read`
        (Fails::ToBeReady,   ErrorKind::Unsent,       3,               3),
        (Fails::ToAnswer,    ErrorKind::Interrupted,  1,               3),
        (Fails::InItsBody,   ErrorKind::Interrupted,  1,               3),
        (Fails::InOurWords,  ErrorKind::Connect,      3,               3),
    ];
    for (fails, kind, creating, reading) in rows {
        let (service, asked) = kettle(fails);
        let transport = over(Tower::new(service));
        assert_eq!(create(&transport).await.unwrap_err().kind(), kind);
        assert_eq!(asked.swap(0, Relaxed), creating, "{kind:?}");
        assert_eq!(read(&transport).await.unwrap_err().kind(), kind);
        assert_eq!(asked.load(Relaxed), reading, "{kind:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_tower_service_can_say_that_nothing_was_sent() {
    let (service, asked) = kettle(Fails::ToAnswer);
    let service =
        Tower::new(service).error_kind(|error| match error.downcast_ref::<io::Error>().map(io::Error::kind) {
            Some(io::ErrorKind::BrokenPipe) => ErrorKind::Unsent,
            _ => ErrorKind::Interrupted,
        });
    let error = create(&over(service)).await.unwrap_err();
    assert_eq!((error.kind(), asked.load(Relaxed)), (ErrorKind::Unsent, 3));
    let cause = std::error::Error::source(&error).unwrap().downcast_ref::<io::Error>().unwrap();
    assert_eq!(cause.kind(), io::ErrorKind::BrokenPipe);
}

#[tokio::test(start_paused = true)]
async fn a_download_obeys_the_pause_that_its_host_asks_for() {
    for (asked, attempts, seconds) in [(7, 2, 7), (3_000, 2, 3_000), (7_200, 1, 0)] {
        let count = Arc::new(AtomicU32::new(0));
        let counting = count.clone();
        let busy = move |_: Request<Body>| {
            let is_first = counting.fetch_add(1, Relaxed) == 0;
            let response = Response::builder().status(if is_first { 503 } else { 404 }).header("retry-after", asked);
            let response = response.body(String::new()).unwrap();
            async move { Ok(response) }
        };
        let begin = tokio::time::Instant::now();
        let path = std::env::temp_dir().join("kie-never-written.mp3");
        let error = over(busy).download("https://files.example/song.mp3", path).await.unwrap_err();
        assert_eq!((count.load(Relaxed), error.attempts()), (attempts, attempts));
        assert_eq!(begin.elapsed(), Duration::from_secs(seconds));
    }
}
