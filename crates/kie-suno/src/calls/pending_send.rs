//! A call with a receipt, from the ledger's leave to the note of what came of it.

use std::{
    future::poll_fn,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    task::Poll,
    time::Duration,
};

use kie_ledger::{Ledger, LedgerError, Receipt, ReceiptId, ReceiptKey, ReceiptState, ReceiptUpdate, SendPermit};
use kie_transport::{Error as TransportFailure, ErrorKind, Permit, PermitFuture};
use kie_types::Charged;
use serde_json::{Value, json};
use tokio::{
    runtime::Handle,
    time::{Instant, sleep, timeout},
};

use super::withdrawal::{Asking, Withdrawal};
use crate::{
    client::{ClientInner, Exchange},
    error::{About, Error, LostAnswer, OutcomeUnknown},
    receipts::{PATIENCE, try_update},
};

/// The words for an attempt that the service did not take.
const NOT_TAKEN: &str = "it was not taken";

/// Why a receipt is refused whose call was dropped.
const WITHDRAWN: &str = "it was dropped before it left";

/// A call with a receipt, on its way. Dropped before it has left, it is withdrawn.
pub(super) struct PendingSend {
    client: Arc<ClientInner>,
    ledger: Arc<dyn Ledger>,
    id: ReceiptId,
    /// Whether this call wrote the receipt, so that none before it can have left by it.
    is_own: bool,
    /// Whether the receipt is certainly in the ledger.
    pub(super) is_written: bool,
    /// Some that start no task answer with an id as well, which leads nowhere.
    starts_task: bool,
    course: Mutex<SendState>,
    /// Whether the receipt knows what there is to know.
    pub(super) is_settled: bool,
    /// Why it did not leave, if it was not dropped.
    unsent: Option<String>,
    /// Where a withdrawal runs if the call is dropped outside of the runtime.
    runtime: Option<Handle>,
}

#[derive(Default)]
struct SendState {
    /// The number of its last departure; 0 if there was none.
    send: u32,
    /// Whether the ledger was asked for a departure, and has not said whether there was one.
    is_asking: bool,
    /// The question, while it is not answered. It stays when the call is dropped, for only its answer tells whether the call
    /// was let leave, or another one by the same name.
    asking: Option<Asking>,
    /// Whether an attempt has left, and nobody knows what came of it.
    is_away: bool,
    denied: Option<Denied>,
}

/// Why the ledger did not let it leave.
enum Denied {
    /// It has left before, or others let it leave.
    Expired,
    Failed(LedgerError),
}

impl Permit for PendingSend {
    fn ask(&self, patience: Duration) -> Option<PermitFuture<'_>> {
        Some(Box::pin(self.acquire_send(patience)))
    }

    fn departs(&self) {
        self.course().is_away = true;
    }

    fn came_back(&self) -> bool {
        self.course().is_away = false;
        true
    }
}

impl PendingSend {
    pub(super) fn new(client: &Arc<ClientInner>, ledger: Arc<dyn Ledger>, id: ReceiptId, starts_task: bool) -> Self {
        Self {
            client: Arc::clone(client),
            ledger,
            id,
            is_own: true,
            is_written: false,
            starts_task,
            course: Mutex::default(),
            is_settled: false,
            unsent: None,
            runtime: Handle::try_current().ok(),
        }
    }

    /// Goes by a receipt that was written before.
    pub(super) fn join(&mut self, id: ReceiptId) {
        (self.id, self.is_own, self.is_written) = (id, false, true);
    }

    fn course(&self) -> MutexGuard<'_, SendState> {
        self.course.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn acquire_send(&self, patience: Duration) -> Result<(), TransportFailure> {
        let asked = Instant::now();
        let send = self.course().send;
        if send > 0 {
            let refused = ReceiptUpdate::Refused { send, reason: NOT_TAKEN.to_owned() };
            self.ledger.update(self.id, &refused).await.map_err(|error| self.deny(Denied::Failed(error)))?;
        }
        let mut is_certain = false;
        loop {
            match self.ask_ledger().await {
                Ok(SendPermit::Granted(send)) => {
                    self.course().send = send;
                    return Ok(());
                }
                Ok(SendPermit::RetryIn(wait)) if wait < patience.saturating_sub(asked.elapsed()) => {
                    sleep(wait.max(Duration::from_millis(1))).await;
                }
                Ok(SendPermit::RetryIn(_)) => {
                    let what = "its turn among all who share the ledger does not come in time";
                    return Err(TransportFailure::new(ErrorKind::Unsent, what));
                }
                // The call that was let leave may have been dropped before it did.
                Ok(_) if !is_certain => {
                    self.client.dropped.withdrawn(self.id).await;
                    is_certain = true;
                }
                Ok(_) => return Err(self.deny(Denied::Expired)),
                Err(error) => {
                    // It may have been let leave all the same, a little later.
                    self.course().is_asking = true;
                    return Err(self.deny(Denied::Failed(error)));
                }
            }
        }
    }

    /// Asks the ledger for a departure. When this is dropped, the question stays.
    async fn ask_ledger(&self) -> Result<SendPermit, LedgerError> {
        let (ledger, id, (most, span)) = (Arc::clone(&self.ledger), self.id, self.client.rate);
        let asking: Asking = Box::pin(async move { ledger.acquire_send(id, most, span).await });
        {
            let mut course = self.course();
            (course.is_asking, course.asking) = (true, Some(asking));
        }
        let answer = poll_fn(|cx| {
            // Taken while it is polled, so that one that panics is not polled again.
            let Some(mut asking) = self.course().asking.take() else { return Poll::Pending };
            let polled = asking.as_mut().poll(cx);
            if polled.is_pending() {
                self.course().asking = Some(asking);
            }
            polled
        });
        let answer = answer.await;
        self.course().is_asking = false;
        answer
    }

    fn deny(&self, denied: Denied) -> TransportFailure {
        self.course().denied = Some(denied);
        TransportFailure::new(ErrorKind::Unsent, "the ledger does not let it leave")
    }

    /// Notes on the receipt what came of the call, and says it.
    pub(super) async fn settle(
        mut self,
        result: Result<(), Error>,
        about: About,
        exchange: &mut dyn Exchange,
    ) -> Result<(), Error> {
        let denied = self.course().denied.take();
        match denied {
            // Nothing left, and the withdrawal may find the ledger in a better state.
            Some(Denied::Failed(error)) => return Err(Error::Ledger(error)),
            // The call that was let leave may have its answer by now.
            Some(Denied::Expired) => {
                self.is_settled = true;
                let receipt = self.ledger.find(ReceiptKey::Id(self.id)).await.map_err(Error::Ledger)?;
                return match receipt {
                    Some(receipt) if was_answered(&receipt, &about, exchange)? => Ok(()),
                    Some(receipt) if receipt.forgotten => {
                        Err(Error::Ledger(LedgerError::new("its receipt was forgotten before it could leave")))
                    }
                    _ => Err(sent_before(about)),
                };
            }
            None => {}
        }
        let update = match &result {
            Ok(()) => Some(answered(&exchange.answer(), self.starts_task)),
            Err(error) => match (error.task_id(), error.charged()) {
                (Some(id), _) => Some(ReceiptUpdate::Named { task_id: id.to_owned() }),
                (None, Charged::No | Charged::Refunded) => {
                    let is_asking = {
                        let mut course = self.course();
                        course.is_away = false;
                        course.asking.is_some()
                    };
                    // Its time is over, and that of the ledger is not: the withdrawal goes on when nobody waits for it any more.
                    if is_asking {
                        self.unsent = Some(error.to_string());
                        let (client, id) = (Arc::clone(&self.client), self.id);
                        drop(self);
                        let _late = timeout(PATIENCE, client.dropped.withdrawn(id)).await;
                        return result.map_err(|error| error.with_receipt(id));
                    }
                    // Dropped while this is being noted, the call is withdrawn after all.
                    self.withdrawal().write(error.to_string()).await;
                    None
                }
                // It may have been paid for, and so it stays as sent.
                (None, _) => None,
            },
        };
        self.is_settled = true;
        if let Some(update) = update {
            try_update(&*self.ledger, self.id, update.task_id(), &update).await;
        }
        result.map_err(|error| error.with_receipt(self.id))
    }

    fn withdrawal(&self) -> Withdrawal {
        let mut course = self.course();
        Withdrawal {
            client: Arc::clone(&self.client),
            ledger: Arc::clone(&self.ledger),
            id: self.id,
            is_own: self.is_own,
            send: course.send,
            is_sure: self.is_written && !(course.is_asking && self.is_own),
            asking: course.asking.take(),
        }
    }
}

impl Drop for PendingSend {
    fn drop(&mut self) {
        // What is away stays as sent: nobody will know what came of it.
        if self.is_settled || self.course().is_away {
            return;
        }
        let withdrawal = self.withdrawal();
        // A receipt of others that this call never departed by is theirs to tell of.
        if !self.is_own && withdrawal.send == 0 && withdrawal.asking.is_none() {
            return;
        }
        if let Some(runtime) = Handle::try_current().ok().or_else(|| self.runtime.take()) {
            let reason = self.unsent.take().unwrap_or_else(|| WITHDRAWN.to_owned());
            withdrawal.spawn(&runtime, reason);
        }
    }
}

/// Whether the call of a receipt was answered before, and takes the answer; an error if it may not leave although it was not.
pub(super) fn was_answered(receipt: &Receipt, about: &About, exchange: &mut dyn Exchange) -> Result<bool, Error> {
    if matches!(receipt.state, ReceiptState::Prepared | ReceiptState::Refused) {
        return Ok(false);
    }
    let is_told = match (&receipt.response, &receipt.task_id) {
        (Some(response), _) => exchange.recall(response),
        // Of a task that a callback named, or a refusal, no more than its id is known.
        (None, Some(id)) => exchange.recall(&json!({ "taskId": id }).to_string()),
        (None, None) => false,
    };
    if is_told { Ok(true) } else { Err(sent_before(about.clone())) }
}

fn sent_before(about: About) -> Error {
    Error::OutcomeUnknown(Box::new(OutcomeUnknown { about, source: LostAnswer::Before }))
}

/// The news that a call was taken.
fn answered(answer: &Value, starts_task: bool) -> ReceiptUpdate {
    let task_id = task_id(answer).filter(|_| starts_task).map(str::to_owned);
    ReceiptUpdate::Answered { task_id, response: answer.to_string() }
}

/// The task that an answer names.
pub(super) fn task_id(answer: &Value) -> Option<&str> {
    answer.get("taskId").or_else(|| answer.get("task_id"))?.as_str()
}
