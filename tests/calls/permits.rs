//! Tests of the [`Permit`] of a call. Before each attempt, the transport asks the permit of the call whether the
//! attempt may be sent. The transport asks when the call is first in the queue.

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use kie_suno::transport::{
    ApiCall, BaseUrl, Content, Error, ErrorKind, Permit, PermitFuture, Pipe, Retry, Transport, Verdict, bytes::Bytes,
};
use tokio::{
    task::JoinSet,
    time::{Instant, sleep},
};

use crate::setup::stack::instant;

const SPAN: Duration = Duration::from_secs(10);

/// Test double for the permits of all calls in a test. Logs in `asked` each time that the transport asks a permit: the
/// number of the call, and the time that the call has left. Each answer comes after the pause `after`, and is a denial
/// if `denies` is `true`.
#[derive(Default)]
struct Questions {
    after: Duration,
    denies: bool,
    asked: Mutex<Vec<(usize, Duration)>>,
}

struct Asking {
    number: usize,
    questions: Arc<Questions>,
}

impl Permit for Asking {
    fn acquire(&self, patience: Duration) -> Option<PermitFuture<'_>> {
        Some(Box::pin(async move {
            self.questions.asked.lock().unwrap().push((self.number, patience));
            sleep(self.questions.after).await;
            if self.questions.denies {
                return Err(Error::new(ErrorKind::Unsent, "sending is denied"));
            }
            Ok(())
        }))
    }
}

/// Returns a sandbox, and a transport whose rate limit is one start in 10 seconds. The tests do not look at the
/// sandbox's responses. Instead, the function `read` in [`send`] decides which attempts count as refused.
fn transport() -> (kie_sandbox::Sandbox, Transport) {
    let (sandbox, _) = instant();
    let service = sandbox.clone();
    let transport = Transport::builder().service(Pipe::new(move || service.connect())).rate(1, SPAN);
    (sandbox, transport.retry(Retry::default().attempts(3)).build().unwrap())
}

async fn send(transport: &Transport, permit: &dyn Permit, mut refusals: usize) -> Result<(), Error> {
    let base: BaseUrl = "http://localhost".parse().unwrap();
    let uri = base.join(Bytes::from_static(b"/api/v1/generate")).unwrap();
    let mut call = ApiCall::creating("start", uri, Content::Json(Bytes::from_static(b"{}")));
    call.permit = Some(permit);
    let read = |_, _: &[u8]| {
        if refusals == 0 {
            return Verdict::Done(());
        }
        refusals -= 1;
        Verdict::Rejected(())
    };
    transport.send(call, read).await
}

fn asked(questions: &Questions) -> Vec<usize> {
    questions.asked.lock().unwrap().iter().map(|(number, _)| *number).collect()
}

#[tokio::test(start_paused = true)]
async fn each_attempt_asks_when_it_is_first_in_the_queue() {
    let (sandbox, transport) = transport();
    let questions = Arc::new(Questions { after: Duration::from_secs(1), ..Questions::default() });
    let begin = Instant::now();
    let mut calls = JoinSet::new();
    for number in 0..4 {
        let (transport, permit) = (transport.clone(), Asking { number, questions: questions.clone() });
        calls.spawn(async move { send(&transport, &permit, usize::from(number == 0)).await });
        tokio::task::yield_now().await;
    }
    sleep(Duration::from_secs(25)).await;
    assert_eq!(asked(&questions), [0, 1, 2], "no call asks before its slot");
    for result in calls.join_all().await {
        result.unwrap();
    }
    assert_eq!(asked(&questions), [0, 1, 2, 3, 0], "a retry asks again");
    assert_eq!(sandbox.requests("generate-music").len(), 5);
    // Each permit is given after one second. The 10 seconds of the rate limit begin when an attempt is sent. So each of
    // the other four attempts is sent 11 seconds after the attempt before it.
    assert_eq!(begin.elapsed().as_secs(), 1 + 4 * 11);
}

#[tokio::test(start_paused = true)]
async fn a_denied_call_is_not_sent_and_uses_no_slot() {
    let (sandbox, transport) = transport();
    let closed = Asking { number: 0, questions: Arc::new(Questions { denies: true, ..Questions::default() }) };
    let error = send(&transport, &closed, 0).await.unwrap_err();
    assert!(error.is_unsent() && error.to_string() == "sending is denied", "{error:?}");
    assert_eq!(asked(&closed.questions), [0], "it asks once");

    let slow =
        Asking { number: 1, questions: Arc::new(Questions { after: Duration::from_secs(60), ..Questions::default() }) };
    assert!(tokio::time::timeout(Duration::from_secs(2), send(&transport, &slow, 0)).await.is_err());
    let hurried = transport.with_timeouts(transport.timeouts().overall(Duration::from_secs(3)));
    let error = send(&hurried, &slow, 0).await.unwrap_err();
    assert!(error.is_unsent(), "{error:?}");
    assert_eq!(slow.questions.asked.lock().unwrap()[..], [(1, Duration::MAX), (1, Duration::from_secs(3))]);

    assert_eq!(sandbox.requests("generate-music").len(), 0);
    let begin = Instant::now();
    let open = Asking { number: 2, questions: Arc::default() };
    send(&transport, &open, 0).await.unwrap();
    assert_eq!(begin.elapsed(), Duration::ZERO, "the unused slots are available");
}

#[tokio::test(start_paused = true)]
async fn a_call_that_is_refused_and_then_denied_gets_the_denial() {
    let (sandbox, transport) = transport();
    /// A permit that allows the first attempt and denies every later attempt.
    #[derive(Default)]
    struct Once(Mutex<bool>);
    impl Permit for Once {
        fn acquire(&self, _: Duration) -> Option<PermitFuture<'_>> {
            let is_used = std::mem::replace(&mut *self.0.lock().unwrap(), true);
            let denied = is_used.then(|| Error::new(ErrorKind::Unsent, "once is enough"));
            denied.map(|denied| -> PermitFuture<'_> { Box::pin(async move { Err(denied) }) })
        }
    }
    let error = send(&transport, &Once::default(), 1).await.unwrap_err();
    assert_eq!((error.to_string().as_str(), error.is_unsent()), ("once is enough", true));
    assert_eq!(sandbox.requests("generate-music").len(), 1);
}
