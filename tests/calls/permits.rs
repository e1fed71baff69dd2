//! Permits: somebody else is asked before each attempt of a call, at the head of the line.

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

/// Books who asked when, and lets each of them leave after a while, or not at all.
#[derive(Default)]
struct Book {
    after: Duration,
    denies: bool,
    asked: Mutex<Vec<(usize, Duration)>>,
}

struct Asking {
    number: usize,
    book: Arc<Book>,
}

impl Permit for Asking {
    fn ask(&self, patience: Duration) -> Option<PermitFuture<'_>> {
        Some(Box::pin(async move {
            self.book.asked.lock().unwrap().push((self.number, patience));
            sleep(self.book.after).await;
            if self.book.denies {
                return Err(Error::new(ErrorKind::Unsent, "the book is closed"));
            }
            Ok(())
        }))
    }
}

/// A service that refuses nobody, and a transport that keeps to one start in ten seconds.
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

fn asked(book: &Book) -> Vec<usize> {
    book.asked.lock().unwrap().iter().map(|(number, _)| *number).collect()
}

#[tokio::test(start_paused = true)]
async fn each_attempt_asks_at_the_head_of_the_line() {
    let (sandbox, transport) = transport();
    let book = Arc::new(Book { after: Duration::from_secs(1), ..Book::default() });
    let begin = Instant::now();
    let mut calls = JoinSet::new();
    for number in 0..4 {
        let (transport, permit) = (transport.clone(), Asking { number, book: book.clone() });
        calls.spawn(async move { send(&transport, &permit, usize::from(number == 0)).await });
        tokio::task::yield_now().await;
    }
    sleep(Duration::from_secs(25)).await;
    assert_eq!(asked(&book), [0, 1, 2], "nobody asks before its turn");
    for result in calls.join_all().await {
        result.unwrap();
    }
    assert_eq!(asked(&book), [0, 1, 2, 3, 0], "who is sent again asks again");
    assert_eq!(sandbox.requests("generate-music").len(), 5);
    // A permit takes a second, and the rate counts from what was sent.
    assert_eq!(begin.elapsed().as_secs(), 1 + 4 * 11);
}

#[tokio::test(start_paused = true)]
async fn who_is_not_let_go_was_not_sent_and_leaves_no_hole() {
    let (sandbox, transport) = transport();
    let closed = Asking { number: 0, book: Arc::new(Book { denies: true, ..Book::default() }) };
    let error = send(&transport, &closed, 0).await.unwrap_err();
    assert!(error.is_unsent() && error.to_string() == "the book is closed", "{error:?}");
    assert_eq!(asked(&closed.book), [0], "and asks once");

    let slow = Asking { number: 1, book: Arc::new(Book { after: Duration::from_secs(60), ..Book::default() }) };
    assert!(tokio::time::timeout(Duration::from_secs(2), send(&transport, &slow, 0)).await.is_err());
    let hurried = transport.with_timeouts(transport.timeouts().overall(Duration::from_secs(3)));
    let error = send(&hurried, &slow, 0).await.unwrap_err();
    assert!(error.is_unsent(), "{error:?}");
    assert_eq!(slow.book.asked.lock().unwrap()[..], [(1, Duration::MAX), (1, Duration::from_secs(3))]);

    assert_eq!(sandbox.requests("generate-music").len(), 0);
    let begin = Instant::now();
    let open = Asking { number: 2, book: Arc::default() };
    send(&transport, &open, 0).await.unwrap();
    assert_eq!(begin.elapsed(), Duration::ZERO, "the turns that were not used are there");
}

#[tokio::test(start_paused = true)]
async fn who_is_refused_and_then_not_let_go_is_told_why() {
    let (sandbox, transport) = transport();
    /// Lets one attempt go.
    #[derive(Default)]
    struct Once(Mutex<bool>);
    impl Permit for Once {
        fn ask(&self, _: Duration) -> Option<PermitFuture<'_>> {
            let gone = std::mem::replace(&mut *self.0.lock().unwrap(), true);
            let denied = gone.then(|| Error::new(ErrorKind::Unsent, "once is enough"));
            denied.map(|denied| -> PermitFuture<'_> { Box::pin(async move { Err(denied) }) })
        }
    }
    let error = send(&transport, &Once::default(), 1).await.unwrap_err();
    assert_eq!((error.to_string().as_str(), error.is_unsent()), ("once is enough", true));
    assert_eq!(sandbox.requests("generate-music").len(), 1);
}
