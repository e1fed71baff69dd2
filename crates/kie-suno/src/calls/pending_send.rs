//! A call with a receipt. It gets its send permit from the ledger, and its outcome is written to the receipt.

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

use super::withdrawal::{PermitRequest, Withdrawal};
use crate::{
    client::{ClientInner, Exchange},
    error::{About, Error, LostAnswer, OutcomeUnknown},
    receipts::{UPDATE_TIMEOUT, try_update},
};

/// Reason that is written to the receipt after an attempt that the service did not accept.
const NOT_ACCEPTED: &str = "the service did not accept the attempt";

/// Reason that is written to the receipt of a call that was dropped before it was sent.
const WITHDRAWN: &str = "the call was dropped before it was sent";

/// A call with a receipt. If this value is dropped before the call is sent, the call is withdrawn: a background task
/// records on the receipt that the call was not sent.
pub(super) struct PendingSend {
    client: Arc<ClientInner>,
    ledger: Arc<dyn Ledger>,
    id: ReceiptId,
    /// `false` if an earlier call with the same name wrote the receipt. If it is `true`, no earlier call was sent with
    /// this receipt.
    is_own: bool,
    /// `true` if the receipt is certainly in the ledger.
    pub(super) is_written: bool,
    /// `false` for an operation that starts no task. Some responses of such operations have an id that is not the id of
    /// a task.
    starts_task: bool,
    state: Mutex<SendState>,
    /// `true` if nothing more has to be written to the receipt.
    pub(super) is_settled: bool,
    /// Reason why the call was not sent. `None` if the call was dropped.
    unsent: Option<String>,
    /// Runtime for the withdrawal, if the call is dropped outside of a runtime.
    runtime: Option<Handle>,
}

#[derive(Default)]
struct SendState {
    /// Number of the last send that the ledger permitted to this call. The ledger numbers the sends of all calls with the
    /// same receipt: 1, 2, and so on. 0 if the ledger permitted no send.
    send: u32,
    /// `true` if the ledger was asked for a send permit, and it is not known whether it granted one.
    is_requesting: bool,
    /// The pending request to the ledger for a send permit. It continues if the call is dropped. Only its result shows
    /// if the ledger granted the send to this call, or to another call with the same name.
    request: Option<PermitRequest>,
    /// `true` if an attempt was sent, and its outcome is not known.
    is_in_flight: bool,
    denied: Option<Denied>,
}

/// Reason why the ledger did not permit the send.
enum Denied {
    /// This call, or another call with the same receipt, was already sent. Or the receipt was forgotten.
    AlreadySent,
    /// The ledger failed.
    Failed(LedgerError),
}

impl Permit for PendingSend {
    fn acquire(&self, time_left: Duration) -> Option<PermitFuture<'_>> {
        Some(Box::pin(self.acquire_send(time_left)))
    }

    fn on_send(&self) {
        self.state().is_in_flight = true;
    }

    fn allows_retry(&self) -> bool {
        self.state().is_in_flight = false;
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
            state: Mutex::default(),
            is_settled: false,
            unsent: None,
            runtime: Handle::try_current().ok(),
        }
    }

    /// Uses the receipt of an earlier call with the same name, instead of a new receipt.
    pub(super) fn join(&mut self, id: ReceiptId) {
        (self.id, self.is_own, self.is_written) = (id, false, true);
    }

    fn state(&self) -> MutexGuard<'_, SendState> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn acquire_send(&self, time_left: Duration) -> Result<(), TransportFailure> {
        let asked = Instant::now();
        let send = self.state().send;
        if send > 0 {
            let refused = ReceiptUpdate::Refused { send, reason: NOT_ACCEPTED.to_owned() };
            self.ledger.update(self.id, &refused).await.map_err(|error| self.deny(Denied::Failed(error)))?;
        }
        let mut is_certain = false;
        loop {
            match self.ask_ledger().await {
                Ok(SendPermit::Granted(send)) => {
                    self.state().send = send;
                    return Ok(());
                }
                Ok(SendPermit::RetryIn(wait)) if wait < time_left.saturating_sub(asked.elapsed()) => {
                    sleep(wait.max(Duration::from_millis(1))).await;
                }
                Ok(SendPermit::RetryIn(_)) => {
                    let what = "the shared rate limit of the ledger permits no send before the call times out";
                    return Err(TransportFailure::new(ErrorKind::Unsent, what));
                }
                // The ledger may have denied the permit because it was granted to another call, and that call may have
                // been dropped before it was sent. After the withdrawal of that call, the ledger can grant a permit to
                // this call.
                Ok(_) if !is_certain => {
                    self.client.dropped.until_withdrawn(self.id).await;
                    is_certain = true;
                }
                Ok(_) => return Err(self.deny(Denied::AlreadySent)),
                Err(error) => {
                    // The ledger may still grant the permit after this error.
                    self.state().is_requesting = true;
                    return Err(self.deny(Denied::Failed(error)));
                }
            }
        }
    }

    /// Asks the ledger for a send permit. If this future is dropped, its request to the ledger stays in `self.state`.
    /// The withdrawal of the call can then finish this request to the ledger.
    async fn ask_ledger(&self) -> Result<SendPermit, LedgerError> {
        let (ledger, id, (most, span)) = (Arc::clone(&self.ledger), self.id, self.client.rate);
        let request: PermitRequest = Box::pin(async move { ledger.acquire_send(id, most, span).await });
        {
            let mut state = self.state();
            (state.is_requesting, state.request) = (true, Some(request));
        }
        let answer = poll_fn(|cx| {
            // The request to the ledger is taken out of `self.state` while it is polled. If the poll panics, it is
            // never polled again.
            let Some(mut request) = self.state().request.take() else { return Poll::Pending };
            let polled = request.as_mut().poll(cx);
            if polled.is_pending() {
                self.state().request = Some(request);
            }
            polled
        });
        let answer = answer.await;
        self.state().is_requesting = false;
        answer
    }

    fn deny(&self, denied: Denied) -> TransportFailure {
        self.state().denied = Some(denied);
        TransportFailure::new(ErrorKind::Unsent, "the ledger does not permit the call to be sent")
    }

    /// Writes the outcome of the call to the receipt, if the outcome is known. Returns the outcome.
    pub(super) async fn settle(
        mut self,
        result: Result<(), Error>,
        about: About,
        exchange: &mut dyn Exchange,
    ) -> Result<(), Error> {
        let denied = self.state().denied.take();
        match denied {
            // Nothing was sent. The withdrawal records this on the receipt later, when the ledger may work again.
            Some(Denied::Failed(error)) => return Err(Error::Ledger(error)),
            // Another call was sent with this receipt, and its response may have arrived by now. Or the receipt was
            // forgotten.
            Some(Denied::AlreadySent) => {
                self.is_settled = true;
                let receipt = self.ledger.find(ReceiptKey::Id(self.id)).await.map_err(Error::Ledger)?;
                return match receipt {
                    Some(receipt) if was_answered(&receipt, &about, exchange)? => Ok(()),
                    Some(receipt) if receipt.forgotten => {
                        Err(Error::Ledger(LedgerError::new("its receipt was forgotten before the call could be sent")))
                    }
                    _ => Err(sent_before(about)),
                };
            }
            None => {}
        }
        let update = match &result {
            Ok(()) => Some(answered(&exchange.response(), self.starts_task)),
            Err(error) => match (error.task_id(), error.charged()) {
                (Some(id), _) => Some(ReceiptUpdate::Named { task_id: id.to_owned() }),
                (None, Charged::No | Charged::Refunded) => {
                    let is_requesting = {
                        let mut state = self.state();
                        state.is_in_flight = false;
                        state.request.is_some()
                    };
                    // The time limit of the call is over, and the ledger has not answered the request for a permit. So
                    // the withdrawal continues in the background.
                    if is_requesting {
                        self.unsent = Some(error.to_string());
                        let (client, id) = (Arc::clone(&self.client), self.id);
                        drop(self);
                        let _timed_out = timeout(UPDATE_TIMEOUT, client.dropped.until_withdrawn(id)).await;
                        return result.map_err(|error| error.with_receipt(id));
                    }
                    // If this future is dropped here, the drop of `self` withdraws the call.
                    self.withdrawal().write(error.to_string()).await;
                    None
                }
                // The call may have been paid for, so the receipt stays `sent`.
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
        let mut state = self.state();
        Withdrawal {
            client: Arc::clone(&self.client),
            ledger: Arc::clone(&self.ledger),
            id: self.id,
            is_own: self.is_own,
            send: state.send,
            is_sure: self.is_written && !(state.is_requesting && self.is_own),
            request: state.request.take(),
        }
    }
}

impl Drop for PendingSend {
    fn drop(&mut self) {
        // The receipt of a call in flight stays `sent`, because its outcome is not known.
        if self.is_settled || self.state().is_in_flight {
            return;
        }
        let withdrawal = self.withdrawal();
        // Another call wrote this receipt, and this call never got a send permit. Only the other call may update the
        // receipt.
        if !self.is_own && withdrawal.send == 0 && withdrawal.request.is_none() {
            return;
        }
        if let Some(runtime) = Handle::try_current().ok().or_else(|| self.runtime.take()) {
            let reason = self.unsent.take().unwrap_or_else(|| WITHDRAWN.to_owned());
            withdrawal.spawn(&runtime, reason);
        }
    }
}

/// Returns `true` if the service has answered the call of this receipt before, and stores its response in `exchange`.
/// Returns `false` if the call was never sent, or was refused.
///
/// # Errors
///
/// [`Error::OutcomeUnknown`] if the call was sent before, and its response is not known or cannot be read.
pub(super) fn was_answered(receipt: &Receipt, about: &About, exchange: &mut dyn Exchange) -> Result<bool, Error> {
    if matches!(receipt.state, ReceiptState::Prepared | ReceiptState::Refused) {
        return Ok(false);
    }
    let is_recalled = match (&receipt.response, &receipt.task_id) {
        (Some(response), _) => exchange.recall(response),
        // A callback or a refusal named the task. Only the id of the task is known.
        (None, Some(id)) => exchange.recall(&json!({ "taskId": id }).to_string()),
        (None, None) => false,
    };
    if is_recalled { Ok(true) } else { Err(sent_before(about.clone())) }
}

fn sent_before(about: About) -> Error {
    Error::OutcomeUnknown(Box::new(OutcomeUnknown { about, source: LostAnswer::Before }))
}

/// Returns the update of the receipt for a call that the service has accepted.
fn answered(response: &Value, starts_task: bool) -> ReceiptUpdate {
    let task_id = task_id(response).filter(|_| starts_task).map(str::to_owned);
    ReceiptUpdate::Answered { task_id, response: response.to_string() }
}

/// Returns the task id in a response, if there is one.
pub(super) fn task_id(response: &Value) -> Option<&str> {
    response.get("taskId").or_else(|| response.get("task_id"))?.as_str()
}
