//! Tests of waits during an outage of the service. A wait survives the outage, obeys `Retry-After`, and ends at once if
//! a failure lasts.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize, Ordering::Relaxed},
    },
    time::{Duration, SystemTime},
};

use kie_sandbox::{Fault, Sandbox, TaskScript};
use kie_suno::{
    Client, ClientBuilder, Error, HttpService, Polling, Retry, Stage,
    records::Outcome,
    transport::{self, Body, ErrorKind as Way, Pipe, http::Request},
};
use tokio::time::Instant;

use super::woken::LOOKUP;
use crate::setup::stack::{client_of, live, waltz};

const fn seconds(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

/// Returns the times of the polls in whole seconds since the start of the account.
fn polls(sandbox: &Sandbox) -> Vec<u64> {
    sandbox.requests(LOOKUP).iter().map(|poll| poll.at.as_secs()).collect()
}

/// Lets the sandbox answer with this fault to the polls that come from `begin` on and before `end`, in seconds from
/// now.
fn fail(sandbox: &Sandbox, begin: u64, end: u64, fault: Fault) {
    let now = Instant::now();
    let range = now + seconds(begin)..now + seconds(end);
    sandbox
        .faults(move |request| (request.operation == LOOKUP && range.contains(&Instant::now())).then(|| fault.clone()));
}

#[tokio::test(start_paused = true)]
async fn a_wait_survives_an_outage_of_five_minutes() {
    for fault in [
        Fault::error_page(200),
        Fault::error_page(403),
        Fault::error_page(404),
        Fault::error_page(502),
        Fault::error_page(503),
        Fault::refuse(455),
        Fault::refuse(429),
        Fault::refuse(500),
        Fault::EmptyBody,
        Fault::HalfBody,
        Fault::DropResponse,
        Fault::Hang,
    ] {
        let (sandbox, client) = live();
        let task = client.start(waltz()).await.unwrap();
        fail(&sandbox, 0, 300, fault.clone());
        let begun = Instant::now();
        let tracks = task.wait().await.unwrap_or_else(|error| panic!("{fault:?}: {error:?}"));
        assert_eq!(tracks.len(), 2, "{fault:?}");
        // A poll that hangs can begin before the end of the outage, and ends after its own timeouts.
        assert!((300..500).contains(&begun.elapsed().as_secs()), "{fault:?}: {:?}", begun.elapsed());
    }
}

/// An outage that a test switches on and off, and the number of requests that failed because of it.
#[derive(Default)]
struct Outage {
    is_on: AtomicBool,
    failed: AtomicUsize,
}

/// Returns a client of the sandbox with the settings of `builder`, and an outage. During the outage, every request of
/// the client fails with `error`.
fn with_outage(sandbox: &Sandbox, builder: ClientBuilder, error: transport::Error) -> (Client, Arc<Outage>) {
    let (outage, sandbox) = (Arc::new(Outage::default()), sandbox.clone());
    let (switch, pipe) = (outage.clone(), Arc::new(Pipe::new(move || sandbox.connect())));
    let service = move |request: Request<Body>| {
        let (switch, pipe, error) = (switch.clone(), pipe.clone(), error.clone());
        async move {
            if switch.is_on.load(Relaxed) {
                switch.failed.fetch_add(1, Relaxed);
                return Err(error);
            }
            pipe.call(request).await
        }
    };
    (builder.http(service).build().unwrap(), outage)
}

/// Returns a client without retries that fails to connect during an outage, and the outage.
fn with_cut_cable(sandbox: &Sandbox) -> (Client, Arc<Outage>) {
    let error = transport::Error::new(Way::Connect, "the cable is cut");
    with_outage(sandbox, client_of(sandbox).retry(Retry::never()), error)
}

#[tokio::test(start_paused = true)]
async fn a_failure_that_lasts_ends_a_wait_at_once() {
    let sandbox = Sandbox::default();
    let error = transport::Error::new(Way::Setup, "the certificate of the host is not trusted");
    let (client, outage) = with_outage(&sandbox, client_of(&sandbox), error);
    let task = client.start(waltz()).await.unwrap();
    outage.is_on.store(true, Relaxed);
    let begun = Instant::now();
    let error = task.wait().await.unwrap_err();
    assert!(matches!(&error, Error::Transport(lost) if lost.kind() == Way::Setup), "{error:?}");
    assert_eq!(error.task_id(), Some(task.id().as_str()));
    assert_eq!((begun.elapsed(), outage.failed.load(Relaxed)), (Polling::default().first_poll, 1));
}

#[tokio::test(start_paused = true)]
async fn an_unreachable_service_ends_a_wait_after_the_time_for_errors() {
    let (sandbox, client) = live();
    let id = client.start(waltz()).await.unwrap().id().clone();
    let unreachable = Client::builder()
        .api_key("key")
        .base_url("http://localhost")
        .http(kie_suno::transport::Pipe::new(|| tokio::io::duplex(16).0))
        .build()
        .unwrap();
    // By default, errors have no time limit of their own. So in the second case only the timeout of 15 minutes ends the
    // wait.
    for (max_error_time, range) in [(Duration::from_secs(120), 120..300), (Polling::default().max_error_time, 900..911)]
    {
        let begin = Instant::now();
        let polling = Polling::default().max_error_time(max_error_time);
        let error = unreachable.task(id.clone()).wait().polling(polling).await.unwrap_err();
        let Error::TimedOut(late) = &error else { panic!("{error:?}") };
        assert!(range.contains(&late.waited().as_secs()) && range.contains(&begin.elapsed().as_secs()), "{error:?}");
        let cause = std::error::Error::source(&error).unwrap().downcast_ref::<Error>().unwrap();
        assert!(matches!(cause, Error::Transport(lost) if lost.kind() != Way::Setup), "{cause:?}");
        assert_eq!(error.task_id(), Some(id.as_str()));
        assert_eq!(sandbox.tasks().len(), 1);
    }
}

#[tokio::test(start_paused = true)]
async fn a_wait_that_times_out_while_polls_fail_has_the_error_and_its_first_time() {
    let (sandbox, _) = live();
    let (client, outage) = with_cut_cable(&sandbox);
    let task = client.start(waltz()).await.unwrap();
    outage.is_on.store(true, Relaxed);
    let before = SystemTime::now();
    // The time limit of 20 seconds is much shorter than the time for which polls are allowed to fail.
    let error = task.wait().timeout(Duration::from_secs(20)).await.unwrap_err();
    let Error::TimedOut(late) = &error else { panic!("{error:?}") };
    assert_eq!(late.waited().as_secs(), 20);
    let failing = late.failing().unwrap();
    assert!(failing.since() >= before && failing.since() <= SystemTime::now());
    assert!(matches!(failing.error(), Error::Transport(lost) if lost.kind() == Way::Connect), "{failing:?}");
    let cause = std::error::Error::source(&error).unwrap();
    assert!(cause.to_string().ends_with("the cable is cut"), "{cause}");
}

#[tokio::test(start_paused = true)]
async fn a_wait_whose_last_poll_succeeded_has_no_error() {
    let (sandbox, _) = live();
    let (client, outage) = with_cut_cable(&sandbox);
    let task = client.start(waltz()).await.unwrap();
    outage.is_on.store(true, Relaxed);
    let mending = async {
        tokio::time::sleep(Duration::from_secs(12)).await;
        outage.is_on.store(false, Relaxed);
    };
    let (ended, ()) = tokio::join!(task.wait().timeout(Duration::from_secs(20)).into_future(), mending);
    let Err(Error::TimedOut(late)) = ended else { panic!("{ended:?}") };
    assert!(late.failing().is_none() && late.last().is_some(), "{late:?}");
}

#[tokio::test(start_paused = true)]
async fn the_time_in_which_polls_may_fail_begins_again_after_each_answer() {
    // The polls that are answered find no task, or a running task.
    for is_hidden in [true, false] {
        let (sandbox, _) = live();
        let (client, outage) = with_cut_cable(&sandbox);
        if is_hidden {
            sandbox.script_task(TaskScript::HiddenFor(Duration::from_secs(80)));
        }
        let task = client.start(waltz()).await.unwrap();
        let failing = async {
            for _ in 0..2 {
                outage.is_on.store(true, Relaxed);
                tokio::time::sleep(Duration::from_secs(40)).await;
                outage.is_on.store(false, Relaxed);
                tokio::time::sleep(Duration::from_secs(20)).await;
            }
        };
        let polling = Polling::default().max_pause(Duration::from_secs(5)).max_error_time(Duration::from_secs(60));
        let (tracks, ()) = tokio::join!(task.wait().polling(polling).into_future(), failing);
        assert_eq!(tracks.unwrap().len(), 2);
    }
}

#[tokio::test(start_paused = true)]
async fn events_show_that_polls_fail() {
    let (sandbox, _) = live();
    let (client, outage) = with_cut_cable(&sandbox);
    let task = client.start(waltz()).await.unwrap();
    let mut events = task.events();
    let moment = Duration::from_secs(10);
    assert!(tokio::time::timeout(moment, events.next()).await.is_err(), "there is no event yet");
    assert!(events.failing().is_none());

    outage.is_on.store(true, Relaxed);
    assert!(tokio::time::timeout(moment, events.next()).await.is_err());
    let first = events.failing().unwrap().since();
    assert!(tokio::time::timeout(moment, events.next()).await.is_err());
    let failing = events.failing().unwrap();
    assert!(matches!(failing.error(), Error::Transport(lost) if lost.kind() == Way::Connect), "{failing:?}");
    assert_eq!(failing.since(), first, "the first failure is still the same");
    let text = failing.to_string();
    assert!(text.starts_with("the polls have failed for ") && text.ends_with("the cable is cut"), "{text}");

    outage.is_on.store(false, Relaxed);
    assert!(tokio::time::timeout(2 * moment, events.next()).await.is_err(), "the task has not changed");
    assert!(events.failing().is_none(), "the last poll was answered");
    let mut stages = Vec::new();
    while let Some(event) = events.next().await {
        stages.push(event.unwrap().stage);
        assert!(events.failing().is_none());
    }
    assert_eq!(stages.last(), Some(&Some(Stage::Complete)), "an outage ends no wait");
}

#[tokio::test(start_paused = true)]
async fn polls_wait_as_long_as_the_service_asks() {
    // Each response to a poll in the first three seconds asks for this pause, in seconds. A pause of 100 seconds is
    // shorter than the time limit of a call, and a pause of 400 seconds is longer.
    for fault in [Fault::error_page(200), Fault::error_page(503), Fault::refuse(429), Fault::refuse(455)] {
        for pause in [100, 400] {
            let (sandbox, client) = live();
            let task = client.start(waltz()).await.unwrap();
            fail(&sandbox, 0, 3, fault.clone().with_retry_after(seconds(pause)));
            assert_eq!(task.wait().await.unwrap().len(), 2);
            assert_eq!(polls(&sandbox), [2, 2 + pause], "{fault:?}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn the_pause_ends_with_the_wait_and_holds_for_one_task() {
    let (sandbox, client) = live();
    let task = client.start(waltz()).await.unwrap();
    fail(&sandbox, 0, 3, Fault::refuse(429).with_retry_after(seconds(1_000)));
    let wait = task.wait().timeout(seconds(300));
    assert_eq!(wait.await.unwrap().len(), 2, "the last poll finds the song");
    assert_eq!(polls(&sandbox), [2, 300]);

    // The pause of 60 seconds would end after the wait. So the call of the first poll does not begin the pause, and the
    // last poll comes in time.
    let (sandbox, client) = live();
    let task = client.start(waltz()).await.unwrap();
    fail(&sandbox, 0, 3, Fault::refuse(429).with_retry_after(seconds(60)));
    let Err(Error::TimedOut(late)) = task.wait().timeout(seconds(30)).await else { panic!("the song takes 75 s") };
    assert_eq!((polls(&sandbox), late.waited()), (vec![2, 30], seconds(30)));
    assert_eq!(late.last().unwrap().outcome, Outcome::Running);

    // Another task is polled at its usual times.
    let (sandbox, client) = live();
    let [first, second] = [client.start(waltz()).await.unwrap(), client.start(waltz()).await.unwrap()];
    let id = first.id().as_str().to_owned();
    sandbox.faults(move |request| {
        let is_first = request.operation == LOOKUP && request.body["taskId"] == id.as_str();
        (is_first && request.at < seconds(3)).then(|| Fault::refuse(429).with_retry_after(seconds(1_000)))
    });
    let begun = Instant::now();
    let wait = second.wait().into_future();
    let (first, second) = tokio::join!(first.wait().into_future(), async { (wait.await, begun.elapsed().as_secs()) });
    assert_eq!((first.unwrap().len(), second.0.unwrap().len(), second.1), (2, 2, 86));
    assert_eq!(begun.elapsed(), seconds(900));
}
