//! Tests of the time limits of a call. The client waits as long as the service's `Retry-After` says. If this pause is
//! longer than the remaining time, the call fails immediately.

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use kie_sandbox::Fault;
use kie_suno::transport::{
    self, ApiCall, BaseUrl, Body, ConnectTimeout, Error as Lost, ErrorKind as Way, HttpFuture, Transport, Verdict, http,
};
use kie_suno::{Charged, Client, Error, HttpService, Timeouts, errors::RefusalKind};
use tokio::time::{Instant, sleep};

use crate::setup::stack::{client_of, instant, waltz};

const TAKEN: &str = r#"{"code":200,"msg":"success","data":{"taskId":"abc"}}"#;
const TOO_MANY: &str = r#"{"code":429,"msg":"Too many requests","data":null}"#;

fn seconds(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

#[tokio::test(start_paused = true)]
async fn a_start_whose_slot_is_after_its_deadline_fails_at_once_and_costs_nothing() {
    let (sandbox, client) = instant();
    for _ in 0..20 {
        client.start(waltz()).await.unwrap();
    }
    let begin = Instant::now();
    let error = client.start(waltz()).within(seconds(9)).await.unwrap_err();
    assert!(matches!(&error, Error::Transport(lost) if lost.kind() == Way::Unsent), "{error:?}");
    assert_eq!(error.charged(), Charged::No);
    assert_eq!(begin.elapsed(), Duration::ZERO, "it fails without waiting");
    assert_eq!(sandbox.requests("generate-music").len(), 20);

    client.start(waltz()).within(seconds(11)).await.unwrap();
    assert!(begin.elapsed() > seconds(9), "it waited in the queue");
    client.start(waltz()).within(Duration::MAX).await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_call_without_any_time_is_not_sent() {
    let (sandbox, client) = instant();
    let total = Timeouts::default().total(Duration::ZERO);
    for call in [client.credits().within(Duration::ZERO), client.credits().timeouts(total)] {
        let error = call.await.unwrap_err();
        assert!(matches!(&error, Error::Transport(lost) if lost.kind() == Way::Unsent), "{error:?}");
    }
    assert!(sandbox.requests("get-account-credits").is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_poll_ends_within_its_time_with_any_fault() {
    for fault in [
        Fault::Hang,
        Fault::DropResponse,
        Fault::ErrorPage { http_status: 503 },
        Fault::Refuse { http_status: 429, code: 429, msg: "slow down".into() },
    ] {
        let (sandbox, client) = instant();
        for _ in 0..10 {
            sandbox.fault("get-account-credits", fault.clone());
        }
        let begin = Instant::now();
        client.credits().within(seconds(5)).await.unwrap_err();
        assert!(begin.elapsed() <= seconds(5), "{fault:?} took {:?}", begin.elapsed());
        assert!(!sandbox.requests("get-account-credits").is_empty());
    }
}

#[tokio::test(start_paused = true)]
async fn the_time_limit_of_a_start_does_not_hold_for_its_task() {
    let (_sandbox, client) = crate::setup::stack::live();
    let task = client.start(waltz()).within(seconds(5)).await.unwrap();
    assert_eq!(task.wait().await.unwrap().len(), 2);
}

/// A test double of the service. It refuses the first `refusals` calls with code 429, and accepts every later call. Each
/// response has the headers in `headers`. The time of each call is logged in `calls`.
#[derive(Debug)]
struct Busy {
    headers: Vec<(&'static str, &'static str)>,
    refusals: usize,
    calls: Arc<Mutex<Vec<Instant>>>,
}

impl HttpService for Busy {
    fn call(&self, _: http::Request<Body>) -> HttpFuture<'_> {
        let mut calls = self.calls.lock().unwrap();
        calls.push(Instant::now());
        let mut answer = http::Response::builder();
        for (name, text) in &self.headers {
            answer = answer.header(*name, *text);
        }
        let body = if calls.len() <= self.refusals { TOO_MANY } else { TAKEN };
        Box::pin(async move { Ok(answer.body(Body::from(body)).unwrap()) })
    }
}

/// Starts a task at the test double [`Busy`]. Returns the result of the start, the time of each request, and the
/// duration of the whole call.
async fn at_busy(
    headers: &[(&'static str, &'static str)],
    timeouts: Timeouts,
) -> (Result<String, Error>, Vec<Instant>, Duration) {
    let calls: Arc<Mutex<Vec<Instant>>> = Arc::default();
    let busy = Busy { headers: headers.to_vec(), refusals: 1, calls: calls.clone() };
    let client = Client::builder().api_key("key").http(busy).timeouts(timeouts).build().unwrap();
    let begin = Instant::now();
    let outcome = client.start(waltz()).await.map(|task| task.id().as_str().to_owned());
    let calls = calls.lock().unwrap().clone();
    (outcome, calls, begin.elapsed())
}

#[tokio::test(start_paused = true)]
async fn retry_after_is_respected() {
    // The `date` of the response is in 1994, decades before the time of this machine. The pause must not depend on this
    // difference.
    let noon = ("date", "Tue, 15 Nov 1994 12:00:00 GMT");
    for (headers, asked) in [
        (vec![("retry-after", "45")], 45),
        (vec![noon, ("retry-after", "Tue, 15 Nov 1994 12:00:25 GMT")], 25),
        (vec![noon, ("retry-after", "45")], 45),
    ] {
        let (outcome, calls, took) = at_busy(&headers, Timeouts::default()).await;
        assert_eq!(outcome.unwrap(), "abc");
        assert_eq!((calls.len(), took), (2, seconds(asked)), "{headers:?}");
    }
    // The client ignores a `retry-after` whose time is in the past, zero or unreadable. It then waits for its usual
    // pause of at most one second.
    for past in ["Tue, 15 Nov 1994 11:00:00 GMT", "0", "soon"] {
        let (outcome, calls, took) = at_busy(&[noon, ("retry-after", past)], Timeouts::default()).await;
        assert_eq!((outcome.unwrap().as_str(), calls.len()), ("abc", 2));
        assert!(took <= seconds(1), "{past}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_pause_that_does_not_fit_in_the_time_left_is_not_begun() {
    for timeouts in [Timeouts::default().overall(seconds(40)), Timeouts::default().total(seconds(40))] {
        for asked in ["41", "86400", "99999999999999999999999"] {
            let (outcome, calls, took) = at_busy(&[("retry-after", asked)], timeouts).await;
            let error = outcome.unwrap_err();
            assert!(matches!(&error, Error::Api(refused) if refused.kind() == RefusalKind::RateLimited), "{error:?}");
            assert_eq!(error.charged(), Charged::No);
            assert_eq!((calls.len(), took), (1, Duration::ZERO), "{asked}");
        }
        assert!(at_busy(&[("retry-after", "39")], timeouts).await.0.is_ok());
    }
}

#[tokio::test(start_paused = true)]
async fn pauses_count_against_the_time_of_a_call() {
    let calls: Arc<Mutex<Vec<Instant>>> = Arc::default();
    let busy = Busy { headers: vec![("retry-after", "4")], refusals: usize::MAX, calls: calls.clone() };
    let timeouts = Timeouts::default().total(seconds(10));
    let client = Client::builder().api_key("key").http(busy).timeouts(timeouts).build().unwrap();
    let error = client.start(waltz()).await.unwrap_err();
    assert_eq!(error.charged(), Charged::No);
    assert_eq!(calls.lock().unwrap().len(), 3, "a third pause would end after 12 seconds");
}

#[tokio::test(start_paused = true)]
async fn a_refused_start_whose_next_slot_is_too_late_ends_with_the_refusal() {
    let (sandbox, _) = instant();
    let client = client_of(&sandbox).task_rate(1, seconds(60)).build().unwrap();
    sandbox.fault("generate-music", Fault::Refuse { http_status: 429, code: 429, msg: "Too many requests".into() });
    let begin = Instant::now();
    let error = client.start(waltz()).within(seconds(50)).await.unwrap_err();
    assert!(matches!(&error, Error::Api(refused) if refused.kind() == RefusalKind::RateLimited), "{error:?}");
    assert!(begin.elapsed() <= seconds(1), "it did not wait for the slot in a minute");
    assert_eq!(sandbox.requests("generate-music").len(), 1);
}

/// A test double of the network on which no connection can be opened. Each request waits for its connect timeout, or 10
/// seconds if it has no such timeout, and then fails.
#[derive(Debug, Default, Clone)]
struct Unreachable(Arc<Mutex<Vec<Option<Duration>>>>);

impl HttpService for Unreachable {
    fn call(&self, request: http::Request<Body>) -> HttpFuture<'_> {
        let limits = request.extensions().get::<ConnectTimeout>().map(|limit| limit.0);
        self.0.lock().unwrap().push(limits);
        Box::pin(async move {
            sleep(limits.unwrap_or(seconds(10))).await;
            Err(Lost::new(Way::Connect, "there is no connection"))
        })
    }
}

#[tokio::test(start_paused = true)]
async fn a_timeout_without_a_connection_is_no_unknown_outcome() {
    let unreachable = Unreachable::default();
    let retry = kie_suno::Retry::never();
    let client = Client::builder().api_key("key").http(unreachable.clone()).retry(retry).build().unwrap();
    let quick = Timeouts::default().connect(seconds(3));
    let start = || client.start(waltz());
    for start in [
        start(),
        start().within(seconds(60)),
        start().within(seconds(4)),
        start().timeouts(quick),
        start().timeouts(quick.first_byte(seconds(2))),
        start().timeouts(quick.connect(seconds(20))),
    ] {
        let error = start.await.unwrap_err();
        assert!(matches!(&error, Error::Transport(lost) if lost.kind() == Way::Connect), "{error:?}");
        assert_eq!(error.charged(), Charged::No);
    }
    let limits = unreachable.0.lock().unwrap().clone();
    let millis: Vec<_> = limits.iter().map(|limit| limit.map(|limit| limit.as_millis())).collect();
    assert_eq!(millis, [None, None, Some(3500), Some(3000), Some(1750), Some(20_000)]);
}

#[tokio::test(start_paused = true)]
async fn the_jitter_can_be_fixed() {
    let transport = Transport::builder().service(Unreachable::default()).jitter(|| 0.5).build().unwrap();
    let base: BaseUrl = "https://tea.example".parse().unwrap();
    let begin = Instant::now();
    let call = ApiCall::reading("kettle", base.join("/kettle").unwrap());
    let outcome: Result<(), transport::Error> = transport.send(call, |_, _| Verdict::Done(())).await;
    assert_eq!(outcome.unwrap_err().kind(), Way::Connect);
    let pauses = Duration::from_millis(500 + 1000 + 2000 + 4000 + 8000);
    assert_eq!(begin.elapsed(), seconds(6 * 10) + pauses);
}
