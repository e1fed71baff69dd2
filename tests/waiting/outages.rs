//! Tests of waits during an outage of the service. A wait survives the outage, obeys `Retry-After`, and ends at once if
//! a failure lasts.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize, Ordering::Relaxed},
    },
    time::Duration,
};

use kie_sandbox::{Fault, Sandbox};
use kie_suno::{
    Error, Polling,
    records::Outcome,
    transport::{self, Body, ErrorKind, HttpService, Pipe, http::Request},
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

#[tokio::test(start_paused = true)]
async fn a_failure_that_lasts_ends_a_wait_at_once() {
    let sandbox = Sandbox::default();
    let (lasts, failed) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicUsize::new(0)));
    let (is_lasting, counter, account) = (lasts.clone(), failed.clone(), sandbox.clone());
    let pipe = Arc::new(Pipe::new(move || account.connect()));
    let service = move |request: Request<Body>| {
        let (is_lasting, pipe, counter) = (is_lasting.load(Relaxed), pipe.clone(), counter.clone());
        async move {
            if is_lasting {
                counter.fetch_add(1, Relaxed);
                return Err(transport::Error::new(ErrorKind::Setup, "the certificate of the host is not trusted"));
            }
            pipe.call(request).await
        }
    };
    let client = client_of(&sandbox).http(service).build().unwrap();
    let task = client.start(waltz()).await.unwrap();
    lasts.store(true, Relaxed);
    let begun = Instant::now();
    let error = task.wait().await.unwrap_err();
    assert!(matches!(&error, Error::Transport(lost) if lost.kind() == ErrorKind::Setup), "{error:?}");
    assert_eq!(error.task_id(), Some(task.id().as_str()));
    assert_eq!((begun.elapsed(), failed.load(Relaxed)), (Polling::default().first_poll, 1));
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
