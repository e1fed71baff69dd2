//! Tests of the order and the time in which calls are sent. They check three rules: the account's rate limit, starts
//! before polls, and the maximum number of requests in flight.

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

/// A slow test double of the service. It waits for `head` before the head of a response, and for `body` before the
/// body. Its log has the time of each start, the methods of the calls in their order, the number of calls in progress
/// now (`now`), and the maximum of this number (`peak`).
#[derive(Debug, Default, Clone)]
struct Slow {
    head: Duration,
    body: Duration,
    log: Arc<Mutex<CallLog>>,
}

#[derive(Debug, Default)]
struct CallLog {
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

/// A call in progress at the test double. When this value is dropped, the log counts the call as ended.
struct Call(Arc<Mutex<CallLog>>);

impl Drop for Call {
    fn drop(&mut self) {
        self.0.lock().unwrap().now -= 1;
    }
}

impl HttpService for Slow {
    fn call(&self, request: http::Request<Body>) -> HttpFuture<'_> {
        let call = Call(self.log.clone());
        let mut log = self.log.lock().unwrap();
        log.now += 1;
        log.peak = log.peak.max(log.now);
        log.order.push(request.method().clone());
        let answer = if request.method() == http::Method::POST {
            log.starts.push(Instant::now());
            r#"{"code":200,"msg":"success","data":{"taskId":"abc"}}"#
        } else {
            r#"{"code":200,"msg":"success","data":7}"#
        };
        Box::pin(async move {
            sleep(self.head).await;
            let left = Some(Bytes::from_static(answer.as_bytes()));
            Ok(http::Response::new(Body::streaming(Trickle { pause: Box::pin(sleep(self.body)), left, _call: call })))
        })
    }
}

/// Body of a response that arrives after a pause. The call counts as in progress until this body is dropped.
struct Trickle {
    pause: Pin<Box<Sleep>>,
    left: Option<Bytes>,
    _call: Call,
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
async fn a_call_is_in_flight_until_its_response_is_read() {
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
        let log = slow.log.lock().unwrap();
        assert_eq!((log.peak, log.now, log.order.len()), (peak, 0, 60));
        assert_eq!(begin.elapsed().as_secs(), 2 * 60_u64.div_ceil(peak as u64), "no slot is left unused");
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
    assert_eq!(slow.log.lock().unwrap().peak, 64);
}

#[tokio::test(start_paused = true)]
async fn a_pause_between_two_attempts_uses_no_slot() {
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
async fn at_most_one_poll_is_queued_before_a_start() {
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
        let log = slow.log.lock().unwrap();
        assert_eq!((log.order.len(), log.peak), (polls + 5, in_flight));
        let starts = log.order.iter().enumerate().filter(|(_, method)| **method == http::Method::POST);
        let places: Vec<_> = starts.map(|(place, _)| place).collect();
        let expected: Vec<_> = (0..5).map(|index| in_flight + 1 + 2 * index).collect();
        assert_eq!(places, expected, "with {in_flight} in flight");
    }
}

#[tokio::test(start_paused = true)]
async fn the_rate_is_kept_at_the_moment_of_sending() {
    // Each poll takes four seconds. So the two polls in flight delay several starts that the rate limit already
    // permits. When these starts are sent later, they must still respect the rate limit.
    let slow = Slow { head: 4 * SECOND, ..Slow::default() };
    let client = slow.client().in_flight(2).task_rate(3, 10 * SECOND).build().unwrap();
    let mut calls = JoinSet::new();
    for _ in 0..40 {
        calls.spawn(poll(client.clone()));
    }
    for _ in 0..20 {
        calls.spawn(start(client.clone()));
    }
    calls.join_all().await;
    let starts = &slow.log.lock().unwrap().starts;
    assert_eq!(starts.len(), 20);
    for window in starts.windows(4) {
        assert!(window[3] - window[0] >= 10 * SECOND, "{window:?}");
    }
}

/// A call of the test, in three values. The first is `true` for a start and `false` for a poll. The second is the time
/// at which the call begins. The third is the time from this begin to the cancellation of the call, or `None` if the
/// call is not cancelled. Both times are in milliseconds.
type Caller = (bool, u64, Option<u64>);

/// Makes the calls, each with the time limit `within` in seconds. Then checks that cancelled calls keep no slot of the
/// rate limit. Returns the test double of the service with its log. `in_flight` is the maximum number of requests in
/// flight.
fn crowd(callers: Vec<Caller>, in_flight: usize, within: Option<u64>) -> Slow {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build().unwrap();
    let slow = Slow { head: SECOND / 3, body: SECOND / 7, ..Slow::default() };
    runtime.block_on(async {
        let client = slow.client().in_flight(in_flight).task_rate(RATE, SPAN).build().unwrap();
        let mut calls = JoinSet::new();
        for (is_start, begins, patience) in callers {
            let client = client.clone();
            let within = within.map_or(Duration::MAX, |seconds| SECOND * u32::try_from(seconds).unwrap());
            calls.spawn(async move {
                sleep(Duration::from_millis(begins)).await;
                let call = async {
                    // The result of the call is ignored, because the time limit of the call may be too short for it.
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
        // A cancelled call must not keep a slot of the rate limit. So half a second after the end of the rate limit's
        // span, all slots must be free again.
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
    fn the_rate_and_the_maximum_in_flight_hold_with_cancelled_calls(
        callers in prop::collection::vec((any::<bool>(), 0..15_000_u64, prop::option::of(0..12_000_u64)), 1..80),
        in_flight in 1..6_usize,
        within in prop::option::of(0..40_u64),
    ) {
        let slow = crowd(callers, in_flight, within);
        let log = slow.log.lock().unwrap();
        prop_assert!(log.peak <= in_flight);
        prop_assert_eq!(log.now, 0);
        for window in log.starts.windows(RATE + 1) {
            prop_assert!(window[RATE] - window[0] >= SPAN, "{:?}", window);
        }
    }
}
