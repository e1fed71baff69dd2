//! Tests of every possible result of a paid call with a budget. The budget keeps counting calls that may have been paid
//! for, and counts no other calls.

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use kie_ledger::MemoryLedger;
use kie_suno::{
    Budget, Charged, Client, ClientBuilder, Credits, Error, HttpService, Retry,
    receipts::{CallbackRecord, Ledger, ReceiptKey, ReceiptUpdate},
    requests::{Endpoint as _, RecoveryAudio},
    transport::{Body, Error as TransportError, ErrorKind, HttpFuture, http},
};
use tokio::time::{sleep, timeout};

use super::{MUSIC, failing::FailingLedger};
use crate::setup::stack::waltz;

/// Price of a song in credits. The budget is three times this price.
const PRICE: f64 = 12.0;
const SONGS: usize = 3;
const LATE: Duration = Duration::from_secs(100);

/// Result of one call at the test double [`Bank`].
#[derive(Debug, Clone, Copy, PartialEq)]
enum Becomes {
    Taken,
    /// The service responds with this code.
    Answered(i64),
    /// The response is lost, and the call fails immediately. The service charges for the call after this time, or never
    /// if the value is `None`.
    Lost(Option<Duration>),
    /// The service never responds. It charges for the call after this time, or never if the value is `None`.
    Silent(Option<Duration>),
}

/// A test double of the service. It holds a list with the results of the next calls. After the last of these results,
/// each call makes a song.
#[derive(Debug, Clone, Default)]
struct Bank(Arc<Mutex<Account>>);

#[derive(Debug, Default)]
struct Account {
    next: Vec<Becomes>,
    songs: usize,
    posts: usize,
}

impl Bank {
    fn charge(&self, after: Option<Duration>) {
        match after {
            Some(Duration::ZERO) => self.0.lock().unwrap().songs += 1,
            Some(after) => {
                let bank = self.clone();
                tokio::spawn(async move {
                    sleep(after).await;
                    bank.charge(Some(Duration::ZERO));
                });
            }
            None => {}
        }
    }

    fn becomes(&self) -> Becomes {
        let mut account = self.0.lock().unwrap();
        account.posts += 1;
        if account.next.is_empty() { Becomes::Taken } else { account.next.remove(0) }
    }

    fn posts(&self) -> usize {
        self.0.lock().unwrap().posts
    }

    fn songs(&self) -> usize {
        self.0.lock().unwrap().songs
    }
}

impl HttpService for Bank {
    fn call(&self, request: http::Request<Body>) -> HttpFuture<'_> {
        Box::pin(async move {
            let answer = |body: String| Ok(http::Response::new(Body::from(body.into_bytes())));
            if request.method() == http::Method::GET {
                let balance = 1_000.0 - PRICE * self.songs() as f64;
                return answer(format!(r#"{{"code":200,"msg":"success","data":{balance}}}"#));
            }
            match self.becomes() {
                Becomes::Taken => {
                    self.charge(Some(Duration::ZERO));
                    answer(format!(r#"{{"code":200,"msg":"success","data":{{"taskId":"task-{}"}}}}"#, self.posts()))
                }
                Becomes::Answered(code) => answer(format!(r#"{{"code":{code},"msg":"no","data":null}}"#)),
                Becomes::Lost(charged) => {
                    self.charge(charged);
                    Err(TransportError::new(ErrorKind::Interrupted, "the connection was cut"))
                }
                Becomes::Silent(charged) => {
                    self.charge(charged);
                    std::future::pending().await
                }
            }
        })
    }
}

fn builder(bank: &Bank) -> ClientBuilder {
    let budget = Budget::new(Credits::new(PRICE * SONGS as f64)).price(MUSIC, Credits::new(PRICE));
    let retry = Retry::default().attempts(2);
    Client::builder()
        .api_key("key")
        .http(bank.clone())
        .retry(retry)
        .task_rate(1_000, Duration::from_secs(1))
        .budget(budget)
}

/// Starts songs until the budget refuses one of them. Returns the number of started songs.
async fn more(client: &Client) -> usize {
    for songs in 0..=SONGS {
        match client.start(waltz()).await {
            Ok(_) => {}
            Err(Error::OverBudget(_)) => return songs,
            Err(error) => panic!("{error:?}"),
        }
    }
    panic!("the budget is for {SONGS} songs")
}

#[tokio::test(start_paused = true)]
async fn only_calls_that_may_have_been_paid_for_stay_counted() {
    let (now, late) = (Some(Duration::ZERO), Some(LATE));
    let table: [(&[Becomes], usize); 14] = [
        (&[Becomes::Taken], 2),
        (&[Becomes::Answered(455)], 3),
        (&[Becomes::Answered(429), Becomes::Taken], 2),
        (&[Becomes::Answered(429), Becomes::Answered(429)], 3),
        (&[Becomes::Answered(429), Becomes::Lost(None)], 2),
        // Code 531 means that the task failed and the credits were refunded. After code 500 it is unknown whether the
        // call was charged.
        (&[Becomes::Answered(531)], 3),
        (&[Becomes::Answered(500)], 2),
        // If the balance of the account already shows the charge, the budget does not count the call again. If the
        // charge may appear later, the budget counts the call from the start.
        (&[Becomes::Lost(now)], 2),
        (&[Becomes::Lost(late)], 2),
        (&[Becomes::Lost(None)], 2),
        // In this case and in the next two cases, the time limit of the call ends the call while it is in flight.
        (&[Becomes::Silent(now)], 2),
        (&[Becomes::Silent(late)], 2),
        (&[Becomes::Silent(None)], 2),
        (&[], 3),
    ];
    for (becomes, songs) in table {
        for has_ledger in [false, true] {
            let bank = Bank::default();
            let ledger = Arc::new(MemoryLedger::new());
            let client = match has_ledger {
                true => builder(&bank).ledger(ledger).build().unwrap(),
                false => builder(&bank).build().unwrap(),
            };
            if !becomes.is_empty() {
                bank.0.lock().unwrap().next = becomes.to_vec();
                let _ = client.start(waltz()).within(Duration::from_secs(20)).await;
                assert_eq!(bank.posts(), becomes.len());
            }
            assert_eq!(more(&client).await, songs, "{becomes:?}, with a ledger: {has_ledger}");
            sleep(2 * LATE).await;
            assert!(bank.songs() <= SONGS, "{becomes:?}");
            assert_eq!(more(&client).await, 0, "{becomes:?}: a later balance makes no difference");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_dropped_call_is_counted_if_it_was_sent() {
    for has_ledger in [false, true] {
        let bank = Bank::default();
        let client = builder(&bank).task_rate(2, Duration::from_secs(60));
        let client = if has_ledger { client.ledger(MemoryLedger::new()) } else { client }.build().unwrap();
        bank.0.lock().unwrap().next = vec![Becomes::Silent(Some(LATE))];
        let moment = Duration::from_secs(1);
        assert!(timeout(moment, client.start(waltz())).await.is_err());
        client.start(waltz()).await.unwrap();
        // This start is dropped while it is in the queue of the rate limit.
        assert!(timeout(moment, client.start(waltz())).await.is_err());
        assert_eq!(bank.posts(), 2);
        assert_eq!(more(&client).await, 1);
        sleep(LATE).await;
        assert_eq!((bank.songs(), more(&client).await), (SONGS, 0));
    }
}

#[tokio::test(start_paused = true)]
async fn a_call_with_an_unknown_price_is_sent_alone() {
    // The price of this operation is in no list.
    let recovery = || RecoveryAudio::new("4be1c0d29f7a4f7f8d0b6c1e2a3f4d5e");
    assert_eq!(recovery().price(), None);
    let bank = Bank::default();
    let client = builder(&bank).budget(Budget::new(Credits::new(PRICE))).build().unwrap();
    bank.0.lock().unwrap().next = vec![Becomes::Silent(Some(LATE))];
    let first = client.start(recovery()).within(Duration::from_secs(20));
    let others = async {
        for _ in 0..3 {
            // The first call is in flight, and the balance does not show its charge yet.
            let error = client.start(recovery()).within(Duration::from_secs(5)).await.unwrap_err();
            assert_eq!((error.charged(), bank.posts()), (Charged::No, 1));
        }
    };
    let (first, ()) = tokio::join!(first.into_future(), others);
    assert_eq!(first.unwrap_err().charged(), Charged::Unknown);
}

#[tokio::test(start_paused = true)]
async fn a_call_that_is_dropped_before_a_retry_is_not_counted() {
    for has_ledger in [false, true] {
        let bank = Bank::default();
        let minute = Duration::from_secs(60);
        let client = builder(&bank).retry(Retry::default().attempts(2).base(minute).cap(minute));
        let client = if has_ledger { client.ledger(MemoryLedger::new()) } else { client }.build().unwrap();
        bank.0.lock().unwrap().next = vec![Becomes::Answered(429)];
        assert!(timeout(Duration::from_millis(1), client.start(waltz())).await.is_err());
        assert_eq!(bank.posts(), 1);
        assert_eq!((more(&client).await, bank.songs()), (SONGS, SONGS));
    }
}

#[tokio::test(start_paused = true)]
async fn a_call_that_the_ledger_does_not_permit_costs_nothing() {
    // The service refuses the call once because of the rate limit. So the ledger has the steps 0 to 4: write, send,
    // refused, send, answered.
    for (step, songs) in [(0, 3), (1, 3), (2, 3), (3, 3), (4, 2)] {
        for has_acted in [false, true] {
            let bank = Bank::default();
            bank.0.lock().unwrap().next = vec![Becomes::Answered(429)];
            let ledger = FailingLedger::new(&Arc::new(MemoryLedger::new()), vec![(step, has_acted)]);
            let client = builder(&bank).ledger(ledger).build().unwrap();
            assert_eq!(client.start(waltz()).await.is_ok(), step == 4);
            if step < 2 {
                bank.0.lock().unwrap().next.clear();
            }
            assert_eq!(more(&client).await, songs, "step {step}");
            assert_eq!(bank.songs(), SONGS);
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_receipt_with_a_known_result_is_not_counted_as_unknown() {
    for (is_taken, songs) in [(true, 2), (false, 3)] {
        let (bank, ledger) = (Bank::default(), Arc::new(MemoryLedger::new()));
        let client = builder(&bank).ledger(Arc::clone(&ledger)).build().unwrap();
        bank.0.lock().unwrap().next = vec![Becomes::Lost(None)];
        let lost = client.start(waltz()).await.unwrap_err().receipt().unwrap();
        if is_taken {
            bank.charge(Some(Duration::ZERO));
            let mut callback = CallbackRecord::new("task", [7; 32]);
            callback.receipt = Some(lost);
            assert!(ledger.receive(&callback).await.unwrap());
        } else {
            let send = ledger.find(ReceiptKey::Id(lost)).await.unwrap().unwrap().last_send.unwrap();
            ledger.update(lost, &ReceiptUpdate::Refused { send, reason: "it was not accepted".into() }).await.unwrap();
        }
        assert_eq!((more(&client).await, bank.songs()), (songs, SONGS));
    }
}

#[tokio::test(start_paused = true)]
async fn a_failed_call_does_not_measure_the_price() {
    // The price of this operation is in no list.
    let recovery = || RecoveryAudio::new("4be1c0d29f7a4f7f8d0b6c1e2a3f4d5e");
    assert_eq!(recovery().price(), None);
    let bank = Bank::default();
    let budget = Budget::new(Credits::new(PRICE));
    let client = builder(&bank).budget(budget).build().unwrap();
    bank.0.lock().unwrap().next = vec![Becomes::Answered(455), Becomes::Lost(None)];
    client.start(recovery()).await.unwrap_err();
    client.start(recovery()).await.unwrap_err();
    let mut starts = tokio::task::JoinSet::new();
    for _ in 0..40 {
        let client = client.clone();
        starts.spawn(async move { client.start(recovery()).await.is_ok() });
    }
    let started = starts.join_all().await.into_iter().filter(|started| *started).count();
    assert_eq!((started, bank.songs()), (1, 1), "the price is still measured, one call at a time");
}
