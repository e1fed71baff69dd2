//! One paid call: its receipt before it leaves, and what came of it after.

use std::{
    pin::Pin,
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use kie_transport::{Error as TransportFailure, ErrorKind, Leave, Permit};
use kie_types::{
    Charged,
    catalog::{OPERATIONS, Operation},
};
use serde_json::{Value, json};
use tokio::time::{Instant, sleep, timeout};

use crate::{
    client::Client,
    errand::Errand,
    error::{About, Error, LostAnswer, OutcomeUnknown},
    note::note,
    wire::Route,
};
use kie_ledger::{Departure, Key, Ledger, LedgerError, News, Receipt, ReceiptId, ReceiptState};

/// The words for an attempt after which the call may be sent again.
const NOT_TAKEN: &str = "it was not taken, and is sent again";

/// The receipt of a call that is made, if it has one.
type Paying<'a> = Pin<Box<dyn Future<Output = Result<Option<ReceiptId>, Error>> + Send + 'a>>;

/// A request as JSON, if it is.
type Json = Result<Vec<u8>, serde_json::Error>;

impl Client {
    /// Makes a call that creates something: on the budget, if there is one, and with a receipt, where there is a ledger.
    pub(crate) fn pay<'a>(&'a self, route: &'a Route, errand: &'a mut dyn Errand) -> Paying<'a> {
        Box::pin(async move {
            let known = operation_of(route);
            let operation = known.map_or(&*route.name, |known| known.name);
            let time = TimeLeft::of(self, route);
            let receipt = match &self.inner.ledger {
                Some(ledger) => Some((&**ledger, time.bound(self.write(&**ledger, operation, errand.json())).await?)),
                None if self.name.is_some() => return Err(no_ledger()),
                None => None,
            };
            self.fill(errand);
            let Some((ledger, receipt)) = receipt else {
                let reserved = time.bound(self.reserve(operation, None, None)).await?;
                reserved.settle(route.send(&time.rest_of(self), errand, Some(&reserved)).await)?;
                return Ok(None);
            };
            let id = receipt.id;
            let about = About::new(route.name.clone()).with(id);
            if was_answered(&receipt, &about, errand)? {
                return Ok(Some(id));
            }
            if let Some(place) = errand.call_back() {
                place.add(id);
            }
            let starts_task = known.is_none_or(|known| known.job.is_some());
            let leaving = Leaving { ledger, id, starts_task, rate: self.inner.rate, course: Mutex::default() };
            let sending = async {
                let reserved = time.bound(self.reserve(operation, Some(id), Some(&leaving))).await?;
                reserved.settle(route.send(&time.rest_of(self), errand, Some(&reserved)).await)
            };
            let result = sending.await;
            leaving.settle(result, about, errand).await?;
            Ok(Some(id))
        })
    }

    /// Writes a receipt for this call, and returns it; or the one that its name has already.
    async fn write(&self, ledger: &dyn Ledger, operation: &str, request: Json) -> Result<Receipt, Error> {
        let request = request
            .map_err(|error| TransportFailure::new(ErrorKind::Setup, "the request is not JSON").with_source(error))?;
        // Whoever has no number for an order would get the first song again for every other.
        if self.name.as_deref() == Some("") {
            return Err(LedgerError::new("the name of a call is empty").into());
        }
        let mut receipt = Receipt::new(operation, String::from_utf8_lossy(&request))?;
        receipt.name = self.name.as_deref().map(str::to_owned);
        match ledger.write(&receipt).await? {
            None => Ok(receipt),
            Some(known) if is_same_call(&known, &receipt) => Ok(known),
            Some(known) => Err(Error::NameTaken(Box::new(NameTaken {
                about: About::new(receipt.operation).with(known.id),
                name: known.name.unwrap_or_default(),
                operation: known.operation,
            }))),
        }
    }
}

/// What is left of a call's time, if it is bounded, while it is not with the transport.
struct TimeLeft<'a> {
    route: &'a Route,
    begun: Instant,
    overall: Duration,
}

impl<'a> TimeLeft<'a> {
    fn of(client: &Client, route: &'a Route) -> Self {
        Self { route, begun: Instant::now(), overall: client.transport.timeouts().overall }
    }

    fn now(&self) -> Duration {
        if self.overall == Duration::MAX { Duration::MAX } else { self.overall.saturating_sub(self.begun.elapsed()) }
    }

    /// Does something that must not take longer.
    async fn bound<T>(&self, work: impl Future<Output = Result<T, Error>>) -> Result<T, Error> {
        timeout(self.now(), work).await.unwrap_or_else(|_| {
            let what = "its time was over before it could be sent";
            Err(self.route.failed(TransportFailure::new(ErrorKind::Unsent, what)))
        })
    }

    /// The client for the rest of the call.
    fn rest_of(&self, client: &Client) -> Client {
        client.with_timeouts(client.transport.timeouts().overall(self.now()))
    }
}

/// What a client without a ledger says when it is asked for receipts.
pub(crate) fn no_ledger() -> Error {
    LedgerError::new("the client has no ledger to keep receipts in").into()
}

/// The operation that a route leads to, if it is known.
fn operation_of(route: &Route) -> Option<&'static Operation> {
    let is_it = |known: &&Operation| (known.method, known.host, known.path) == (route.method, route.host, &route.path);
    OPERATIONS.iter().find(is_it)
}

/// Whether two receipts are of calls that ask for the same.
fn is_same_call(one: &Receipt, other: &Receipt) -> bool {
    let json = |receipt: &Receipt| serde_json::from_str::<Value>(&receipt.request).ok();
    one.operation == other.operation && (one.request == other.request || json(one) == json(other))
}

/// Whether the call of a receipt was answered before, and takes the answer; an error if it may not leave although it was not.
fn was_answered(receipt: &Receipt, about: &About, errand: &mut dyn Errand) -> Result<bool, Error> {
    if matches!(receipt.state, ReceiptState::Prepared | ReceiptState::Refused) {
        return Ok(false);
    }
    let is_told = match (&receipt.response, &receipt.task_id) {
        (Some(response), _) => errand.recall(response),
        // Of a task that a callback named, or a refusal, no more than its id is known.
        (None, Some(id)) => errand.recall(&json!({ "taskId": id }).to_string()),
        (None, None) => false,
    };
    if is_told { Ok(true) } else { Err(sent_before(about.clone())) }
}

fn sent_before(about: About) -> Error {
    Error::OutcomeUnknown(Box::new(OutcomeUnknown { about, source: LostAnswer::Before }))
}

/// A call with a receipt, on its way.
struct Leaving<'a> {
    ledger: &'a dyn Ledger,
    id: ReceiptId,
    /// Some that start no task answer with an id as well, which leads nowhere.
    starts_task: bool,
    rate: (usize, Duration),
    course: Mutex<Course>,
}

#[derive(Default)]
struct Course {
    /// The number of its last departure; 0 if there was none.
    departure: u32,
    denied: Option<Denied>,
}

/// Why the ledger did not let it leave.
enum Denied {
    /// It has left before, or others let it leave.
    Gone,
    Failed(LedgerError),
}

impl Permit for Leaving<'_> {
    fn ask(&self, patience: Duration) -> Leave<'_> {
        Box::pin(async move {
            let asked = Instant::now();
            let departure = self.course().departure;
            if departure > 0 {
                let refused = News::Refused { departure, reason: NOT_TAKEN.to_owned() };
                self.ledger.note(self.id, &refused).await.map_err(|error| self.deny(Denied::Failed(error)))?;
            }
            let (most, span) = self.rate;
            loop {
                match self.ledger.depart(self.id, most, span).await {
                    Ok(Departure::Now(departure)) => {
                        self.course().departure = departure;
                        return Ok(());
                    }
                    Ok(Departure::In(wait)) if wait < patience.saturating_sub(asked.elapsed()) => {
                        sleep(wait.max(Duration::from_millis(1))).await;
                    }
                    Ok(Departure::In(_)) => {
                        let what = "its turn among all who share the ledger does not come in time";
                        return Err(TransportFailure::new(ErrorKind::Unsent, what));
                    }
                    Ok(_) => return Err(self.deny(Denied::Gone)),
                    Err(error) => return Err(self.deny(Denied::Failed(error))),
                }
            }
        })
    }
}

impl Leaving<'_> {
    fn course(&self) -> MutexGuard<'_, Course> {
        self.course.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn deny(&self, denied: Denied) -> TransportFailure {
        self.course().denied = Some(denied);
        TransportFailure::new(ErrorKind::Unsent, "the ledger does not let it leave")
    }

    /// Notes on the receipt what came of the call, and says it.
    async fn settle(self, result: Result<(), Error>, about: About, errand: &mut dyn Errand) -> Result<(), Error> {
        let Course { departure, denied } = self.course.into_inner().unwrap_or_else(PoisonError::into_inner);
        match denied {
            Some(Denied::Failed(error)) => return Err(error.into()),
            // Whoever let it leave may have its answer by now.
            Some(Denied::Gone) => {
                let receipt = self.ledger.find(Key::Id(self.id)).await?;
                return match receipt {
                    Some(receipt) if was_answered(&receipt, &about, errand)? => Ok(()),
                    Some(receipt) if receipt.forgotten => {
                        Err(LedgerError::new("its receipt was forgotten before it could leave").into())
                    }
                    _ => Err(sent_before(about)),
                };
            }
            None => {}
        }
        let news = match &result {
            Ok(()) => Some(answered(&errand.answer(), self.starts_task)),
            Err(error) => match (error.task_id(), error.charged()) {
                (Some(id), _) => Some(News::Named { task_id: id.to_owned() }),
                (None, Charged::No | Charged::Refunded) => Some(News::Refused { departure, reason: error.to_string() }),
                // It may have been paid for, and so it stays as sent.
                (None, _) => None,
            },
        };
        if let Some(news) = news {
            note(self.ledger, self.id, news.task_id(), &news).await;
        }
        result.map_err(|error| error.with_receipt(self.id))
    }
}

/// The news that a call was taken.
fn answered(answer: &Value, starts_task: bool) -> News {
    let task_id = answer.get("taskId").or_else(|| answer.get("task_id")).filter(|_| starts_task);
    News::Answered { task_id: task_id.and_then(Value::as_str).map(str::to_owned), response: answer.to_string() }
}

/// The name of a call was given to another one before. Nothing was sent.
#[derive(Debug, thiserror::Error)]
#[error("{about}: the name {name:?} was given to a call of {operation} with another request")]
pub struct NameTaken {
    pub(crate) about: About,
    pub(crate) name: String,
    pub(crate) operation: String,
}

impl NameTaken {
    /// The name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The receipt of the call that has it.
    pub fn receipt(&self) -> Option<ReceiptId> {
        self.about.receipt
    }
}
