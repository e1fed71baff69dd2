//! A call with a receipt, from the ledger's leave to the note of what came of it.

use std::{
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use kie_ledger::{Departure, Key, Ledger, LedgerError, News, Receipt, ReceiptId, ReceiptState};
use kie_transport::{Error as TransportFailure, ErrorKind, Leave, Permit};
use kie_types::Charged;
use serde_json::{Value, json};
use tokio::time::{Instant, sleep};

use crate::{
    client::Errand,
    error::{About, Error, LostAnswer, OutcomeUnknown},
    receipts::note,
};

/// The words for an attempt after which the call may be sent again.
const NOT_TAKEN: &str = "it was not taken, and is sent again";

/// A call with a receipt, on its way.
pub(super) struct Leaving<'a> {
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

impl<'a> Leaving<'a> {
    pub(super) fn new(ledger: &'a dyn Ledger, id: ReceiptId, starts_task: bool, rate: (usize, Duration)) -> Self {
        Self { ledger, id, starts_task, rate, course: Mutex::default() }
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
    pub(super) async fn settle(
        self,
        result: Result<(), Error>,
        about: About,
        errand: &mut dyn Errand,
    ) -> Result<(), Error> {
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

/// Whether the call of a receipt was answered before, and takes the answer; an error if it may not leave although it was not.
pub(super) fn was_answered(receipt: &Receipt, about: &About, errand: &mut dyn Errand) -> Result<bool, Error> {
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

/// The news that a call was taken.
fn answered(answer: &Value, starts_task: bool) -> News {
    let task_id = answer.get("taskId").or_else(|| answer.get("task_id")).filter(|_| starts_task);
    News::Answered { task_id: task_id.and_then(Value::as_str).map(str::to_owned), response: answer.to_string() }
}
