//! Who is sent when: the account's rate, starts before looks, and so many at once as allowed.

use std::{
    pin::Pin,
    sync::{Arc, Mutex},
    task::{Context, Poll},
    time::Duration,
};

use kie_suno::transport::{Body, Error as Lost, HttpFuture, bytes::Bytes, http};
use kie_suno::{Client, ClientBuilder, HttpService};
use proptest::prelude::*;
use tokio::{
    task::JoinSet,
    time::{Instant, Sleep, sleep},
};

use crate::setup::stack::waltz;

/// A service that takes its time, and books when it was called and how many calls it had at once.
#[derive(Debug, Default, Clone)]
struct Slow {
    head: Duration,
    body: Duration,
    books: Arc<Mutex<Books>>,
}

#[derive(Debug, Default)]
struct Books {
    now: usize,
    peak: usize,
    starts: Vec<Instant>,
    order: Vec<http::Method>,
}

impl Slow {
    fn client(&self) -> ClientBuilder {
        Client::builder().api_key("key").http(self.clone())
    }
}

/// One call that the service is busy with.
struct Busy(Arc<Mutex<Books>>);

impl Drop for Busy {
    fn drop(&mut self) {
        self.0.lock().unwrap().now -= 1;
    }
}

impl HttpService for Slow {
    fn call(&self, request: http::Request<Body>) -> HttpFuture<'_> {
        let busy = Busy(self.books.clone());
        let mut books = self.books.lock().unwrap();
        books.now += 1;
        books.peak = books.peak.max(books.now);
        books.order.push(request.method().clone());
        let answer = if request.method() == http::Method::POST {
            books.starts.push(Instant::now());
            r#"{"code":200,"msg":"success","data":{"taskId":"abc"}}"#
        } else {
            r#"{"code":200,"msg":"success","data":7}"#
        };
        Box::pin(async move {
            sleep(self.head).await;
            let left = Some(Bytes::from_static(answer.as_bytes()));
            Ok(http::Response::new(Body::streaming(Trickle { pause: Box::pin(sleep(self.body)), left, _busy: busy })))
        })
    }
}

/// A body that comes after a pause. The call lasts until it is dropped.
struct Trickle {
    pause: Pin<Box<Sleep>>,
    left: Option<Bytes>,
    _busy: Busy,
}

impl http_body::Body for Trickle {
    type Data = Bytes;
    type Error = Lost;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<http_body::Frame<Bytes>, Lost>>> {
        self.pause.as_mut().poll(cx).map(|()| self.left.take().map(|bytes| Ok(http_body::Frame::data(bytes))))
    }
}

const SECOND: Duration = Duration::from_secs(1);

async fn poll(client: Client) {
    client.credits().await.unwrap();
}

async fn start(client: Client) {
    client.start(waltz()).await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn no_more_are_in_flight_than_allowed_until_their_answers_are_read() {
    for (allowed, peak) in [(0, 1), (1, 1), (3, 3), (usize::MAX, 60)] {
        let slow = Slow { head: SECOND, body: SECOND, ..Slow::default() };
        let client = slow.client().in_flight(allowed).build().unwrap();
        let begin = Instant::now();
        let mut calls = JoinSet::new();
        for _ in 0..50 {
            calls.spawn(poll(client.clone()));
        }
        for _ in 0..10 {
            calls.spawn(start(client.clone()));
        }
        calls.join_all().await;
        let books = slow.books.lock().unwrap();
        assert_eq!((books.peak, books.now, books.order.len()), (peak, 0, 60));
        assert_eq!(begin.elapsed().as_secs(), 2 * 60_u64.div_ceil(peak as u64), "no flight is left empty");
    }
}

#[tokio::test(start_paused = true)]
async fn sixty_four_are_in_flight_by_default() {
    let slow = Slow { head: SECOND, ..Slow::default() };
    let client = slow.client().build().unwrap();
    let mut calls = JoinSet::new();
    for _ in 0..100 {
        calls.spawn(poll(client.clone()));
    }
    calls.join_all().await;
    assert_eq!(slow.books.lock().unwrap().peak, 64);
}

#[tokio::test(start_paused = true)]
async fn a_pause_between_two_tries_is_no_flight() {
    let (sandbox, _) = crate::setup::stack::instant();
    let client = crate::setup::stack::client_of(&sandbox).in_flight(1).build().unwrap();
    let refusal = kie_sandbox::Fault::Refuse { http_status: 429, code: 429, msg: "Too many requests".into() };
    sandbox.fault("generate-music", refusal.clone());
    sandbox.fault("generate-music", refusal);
    let starting = tokio::spawn(start(client.clone()));
    while sandbox.requests("generate-music").is_empty() {
        tokio::task::yield_now().await;
    }
    let begin = Instant::now();
    poll(client).await;
    assert_eq!(begin.elapsed(), Duration::ZERO);
    starting.await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_start_finds_at_most_one_look_before_itself() {
    for (in_flight, polls) in [(1, 300), (2, 500)] {
        let slow = Slow { head: SECOND, ..Slow::default() };
        let client = slow.client().in_flight(in_flight).build().unwrap();
        let mut calls = JoinSet::new();
        for _ in 0..polls {
            calls.spawn(poll(client.clone()));
        }
        sleep(SECOND / 2).await;
        for _ in 0..5 {
            calls.spawn(start(client.clone()));
        }
        calls.join_all().await;
        let books = slow.books.lock().unwrap();
        assert_eq!((books.order.len(), books.peak), (polls + 5, in_flight));
        let starts = books.order.iter().enumerate().filter(|(_, method)| **method == http::Method::POST);
        let places: Vec<_> = starts.map(|(place, _)| place).collect();
        let fairly: Vec<_> = (0..5).map(|index| in_flight + 1 + 2 * index).collect();
        assert_eq!(places, fairly, "with {in_flight} in flight");
    }
}

#[tokio::test(start_paused = true)]
async fn the_rate_is_kept_at_the_moment_of_sending() {
    // The looks hold the flights while the starts' turns come, and then let all of them go together.
    let slow = Slow { head: 4 * SECOND, ..Slow::default() };
    let client = slow.client().in_flight(2).new_tasks(3, 10 * SECOND).build().unwrap();
    let mut calls = JoinSet::new();
    for _ in 0..40 {
        calls.spawn(poll(client.clone()));
    }
    for _ in 0..20 {
        calls.spawn(start(client.clone()));
    }
    calls.join_all().await;
    let starts = &slow.books.lock().unwrap().starts;
    assert_eq!(starts.len(), 20);
    for window in starts.windows(4) {
        assert!(window[3] - window[0] >= 10 * SECOND, "{window:?}");
    }
}

/// A call that begins and is given up at some time; `None` lets it end.
type Caller = (bool, u64, Option<u64>);

/// Lets the callers loose, and returns what the service saw.
fn crowd(callers: Vec<Caller>, in_flight: usize, within: Option<u64>) -> Slow {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build().unwrap();
    let slow = Slow { head: SECOND / 3, body: SECOND / 7, ..Slow::default() };
    runtime.block_on(async {
        let client = slow.client().in_flight(in_flight).new_tasks(RATE, SPAN).build().unwrap();
        let mut calls = JoinSet::new();
        for (is_start, begins, patience) in callers {
            let client = client.clone();
            let within = within.map_or(Duration::MAX, |seconds| SECOND * u32::try_from(seconds).unwrap());
            calls.spawn(async move {
                sleep(Duration::from_millis(begins)).await;
                let call = async {
                    // Whether there is time enough is not the question here.
                    let _ = if is_start {
                        client.start(waltz()).within(within).await.err()
                    } else {
                        client.credits().within(within).await.err()
                    };
                };
                let patience = patience.map_or(Duration::MAX, Duration::from_millis);
                let _ = tokio::time::timeout(patience, call).await;
            });
        }
        calls.join_all().await;
        // However they went, they left no gap: all places and all flights are free again, half a second after the span.
        sleep(SPAN + SECOND / 2).await;
        let begin = Instant::now();
        let mut calls = JoinSet::new();
        for _ in 0..RATE {
            calls.spawn(start(client.clone()));
        }
        calls.join_all().await;
        let rounds = u32::try_from(RATE.div_ceil(in_flight)).unwrap();
        assert!(begin.elapsed() <= (SECOND / 2) * rounds, "{:?}", begin.elapsed());
    });
    slow
}

const RATE: usize = 5;
const SPAN: Duration = Duration::from_secs(10);

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn whoever_gives_up_the_rate_and_the_cap_are_kept(
        callers in prop::collection::vec((any::<bool>(), 0..15_000_u64, prop::option::of(0..12_000_u64)), 1..80),
        in_flight in 1..6_usize,
        within in prop::option::of(0..40_u64),
    ) {
        let slow = crowd(callers, in_flight, within);
        let books = slow.books.lock().unwrap();
        prop_assert!(books.peak <= in_flight);
        prop_assert_eq!(books.now, 0);
        for window in books.starts.windows(RATE + 1) {
            prop_assert!(window[RATE] - window[0] >= SPAN, "{:?}", window);
        }
    }
}
