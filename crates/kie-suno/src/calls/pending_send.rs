//! A call with a receipt. It gets its send permit from the ledger, and its outcome is written to the receipt.

use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use kie_ledger::{Ledger, LedgerError, ReceiptId, ReceiptUpdate, SendId, SendPermit};
use kie_transport::{Error as TransportFailure, ErrorKind, Permit, PermitFuture};
use kie_types::Charged;
use serde_json::Value;
use tokio::{
    runtime::Handle,
    time::{Instant, sleep, timeout},
};

use super::withdrawal::Withdrawal;
use crate::{
    client::{ClientInner, Exchange},
    error::Error,
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
    /// `false` for an operation that responds with its result. Some results of such operations have an id that is not the
    /// id of a task. A response with [nothing but an id](only_task_id) is the id of a task.
    starts_task: bool,
    state: Mutex<SendState>,
    /// `true` if nothing more has to be written to the receipt.
    pub(super) is_settled: bool,
    /// Reason why the call was not sent. `None` if the call was dropped.
    unsent: Option<String>,
    /// Runtime for the withdrawal, if the call is dropped outside of a runtime.
    runtime: Option<Handle>,
}

struct SendState {
    /// Id of the current send. Each attempt has a new id.
    send: SendId,
    /// `true` if the ledger was asked for the permission for this send, and may have granted it.
    is_asked: bool,
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
    /// Creates the value for a call with a new receipt. Fails if the operating system provides no random numbers.
    pub(super) fn new(
        client: &Arc<ClientInner>,
        ledger: &Arc<dyn Ledger>,
        id: ReceiptId,
        starts_task: bool,
    ) -> Result<Self, LedgerError> {
        let state = SendState { send: SendId::random()?, is_asked: false, is_in_flight: false, denied: None };
        Ok(Self {
            client: Arc::clone(client),
            ledger: Arc::clone(ledger),
            id,
            is_own: true,
            is_written: false,
            starts_task,
            state: Mutex::new(state),
            is_settled: false,
            unsent: None,
            runtime: Handle::try_current().ok(),
        })
    }

    /// Uses the receipt of an earlier call with the same name, instead of a new receipt.
    pub(super) fn join(&mut self, id: ReceiptId) {
        (self.id, self.is_own, self.is_written) = (id, false, true);
    }

    fn state(&self) -> MutexGuard<'_, SendState> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Returns `true` if the ledger denied the last send, because a call was already sent with this receipt, or because
    /// the receipt was forgotten. Also removes this denial, so the method returns `true` only once.
    pub(super) fn take_denied(&self) -> bool {
        self.state().denied.take_if(|denied| matches!(denied, Denied::AlreadySent)).is_some()
    }

    async fn acquire_send(&self, time_left: Duration) -> Result<(), TransportFailure> {
        let asked = Instant::now();
        let (send, is_retry) = {
            let state = self.state();
            (state.send, state.is_asked)
        };
        if is_retry {
            let refused = ReceiptUpdate::Refused { send, reason: NOT_ACCEPTED.to_owned() };
            self.ledger.update(self.id, &refused).await.map_err(|error| self.deny(Denied::Failed(error)))?;
            self.state().send = SendId::random().map_err(|error| self.deny(Denied::Failed(error)))?;
        }
        loop {
            let send = {
                let mut state = self.state();
                state.is_asked = true;
                state.send
            };
            let (most, span) = self.client.rate;
            match self.ledger.acquire_send(self.id, send, most, span).await {
                Ok(SendPermit::Granted) => return Ok(()),
                Ok(SendPermit::RetryIn(wait)) if wait < time_left.saturating_sub(asked.elapsed()) => {
                    self.state().is_asked = false;
                    sleep(wait.max(Duration::from_millis(1))).await;
                }
                Ok(SendPermit::RetryIn(_)) => {
                    self.state().is_asked = false;
                    let what = "the shared rate limit of the ledger permits no send before the call times out";
                    return Err(TransportFailure::new(ErrorKind::Unsent, what));
                }
                Ok(_) => {
                    self.state().is_asked = false;
                    return Err(self.deny(Denied::AlreadySent));
                }
                // The ledger may have granted the permit in spite of this error.
                Err(error) => return Err(self.deny(Denied::Failed(error))),
            }
        }
    }

    fn deny(&self, denied: Denied) -> TransportFailure {
        self.state().denied = Some(denied);
        TransportFailure::new(ErrorKind::Unsent, "the ledger does not permit the call to be sent")
    }

    /// Writes the outcome of the call to the receipt. Returns the outcome.
    pub(super) async fn settle(
        mut self,
        mut result: Result<(), Error>,
        exchange: &mut dyn Exchange,
    ) -> Result<(), Error> {
        // Nothing was sent.
        if let Some(Denied::Failed(error)) = self.state().denied.take() {
            result = Err(Error::Ledger(error));
        }
        let id = self.id;
        let update = match &result {
            Ok(()) => answered(&exchange.response(), self.starts_task),
            Err(error) => match (error.task_id(), error.charged()) {
                (Some(id), _) => ReceiptUpdate::Named { task_id: id.to_owned() },
                (None, Charged::No | Charged::Refunded) => {
                    self.state().is_in_flight = false;
                    self.unsent = Some(error.to_string());
                    // The drop withdraws the call. Also if this future is dropped here, the withdrawal continues.
                    let client = Arc::clone(&self.client);
                    drop(self);
                    let _timed_out = timeout(UPDATE_TIMEOUT, client.dropped.until_withdrawn(id)).await;
                    return result.map_err(|error| error.with_receipt(id));
                }
                // The call may have been paid for, so the receipt stays `sent`.
                (None, _) => {
                    let reason =
                        std::error::Error::source(error).map_or_else(|| error.to_string(), ToString::to_string);
                    ReceiptUpdate::Lost { send: self.state().send, reason }
                }
            },
        };
        self.is_settled = true;
        try_update(&self.client, id, update).await;
        result.map_err(|error| error.with_receipt(id))
    }
}

impl Drop for PendingSend {
    fn drop(&mut self) {
        let (send, is_asked) = {
            let state = self.state();
            // The receipt of a call in flight stays `sent`, because its outcome is not known.
            if self.is_settled || state.is_in_flight {
                return;
            }
            (state.send, state.is_asked)
        };
        // Another call wrote this receipt, and this call never got a send permit. Only the other call may update the
        // receipt.
        if !self.is_own && !is_asked {
            return;
        }
        let reason = self.unsent.take().unwrap_or_else(|| WITHDRAWN.to_owned());
        let withdrawal = Withdrawal {
            client: Arc::clone(&self.client),
            ledger: Arc::clone(&self.ledger),
            id: self.id,
            is_written: self.is_written,
            refused: ReceiptUpdate::Refused { send, reason },
        };
        if let Some(runtime) = Handle::try_current().ok().or_else(|| self.runtime.take()) {
            withdrawal.spawn(&runtime);
        }
    }
}

/// Returns the update of the receipt for a call that the service has accepted.
fn answered(response: &Value, starts_task: bool) -> ReceiptUpdate {
    let started = task_id(response).filter(|_| starts_task).or_else(|| only_task_id(response));
    ReceiptUpdate::Answered { task_id: started.map(str::to_owned), response: response.to_string() }
}

/// Returns the task id in a response that has nothing else. On the market route, an operation that responds with its
/// result may start a task instead, and responds with the id of the task.
pub(crate) fn only_task_id(response: &Value) -> Option<&str> {
    let is_alone = response.as_object().is_some_and(|fields| fields.len() == 1);
    task_id(response).filter(|_| is_alone)
}

/// Returns the task id in a response, if there is one.
pub(super) fn task_id(response: &Value) -> Option<&str> {
    response.get("taskId").or_else(|| response.get("task_id"))?.as_str()
}
