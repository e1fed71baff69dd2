//! The future of a call, which may be dropped at any time.

use std::{
    cell::Cell,
    fmt,
    pin::Pin,
    task::{Context, Poll},
};

use kie_transport::{Permit, PermitFuture};
use tokio::runtime::Handle;

use crate::{
    client::{Client, ClientNumber, Outstanding},
    error::Error,
};

thread_local! {
    /// Phase of the call that this thread is polling. The steps of the call update the phase. `None` if the thread is
    /// polling no call.
    static PHASE: Cell<Option<Phase>> = const { Cell::new(None) };
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Phase {
    /// The call has no attempt in flight that can cost money, so dropping the call ends it. Calls that only read, and
    /// uploads, stay in this phase.
    Waiting,
    /// An attempt of a call that can cost money was sent by this client. Its outcome is not known, or not recorded yet.
    InFlight(ClientNumber),
    /// The caller has dropped the call while an attempt was in flight. The call continues, but no retry is sent.
    Abandoned,
}

/// Future of a call. It may be dropped at any time. The effect of the drop depends on what was already sent:
///
/// * A call that was not sent, or that pauses before a retry, is withdrawn. Nothing is paid, and its queue slot becomes
///   free. With a ledger, the client records on the receipt that the call was not sent. It does this in the background.
///   A call counts as sent as soon as it leaves the queue, even if there is no connection yet.
/// * A call that can cost money and was sent continues in the background, without retries, until its response is
///   written to its receipt. Without a [ledger](crate::ClientBuilder::ledger), a `tracing` warning reports the outcome
///   and the task id, and the rest of the response is lost. If the runtime ends before the response arrives, the
///   receipt stays [unknown](crate::receipts::ReceiptState::Sent), because the outcome is not known.
/// * A call that only reads is cancelled, and so is an upload.
///
/// The work in the background needs the tokio runtime. Before the runtime ends, await [`Client::settled`]. It returns
/// when each dropped call has been withdrawn or has ended.
///
/// Do not poll the future after it has resolved: it stays pending forever.
#[must_use = "nothing is called unless this is awaited"]
pub struct CallFuture<T: Send + 'static> {
    /// `None` while the work is polled, and after the call has ended.
    work: Option<Work<T>>,
    phase: Phase,
    /// Runtime in which the call continues if it is dropped in flight. Set when an attempt has been sent.
    runtime: Option<Handle>,
}

/// The steps of a call, as one boxed future.
type Work<T> = Pin<Box<dyn Future<Output = Result<T, Error>> + Send>>;

impl<T: Send + 'static> CallFuture<T> {
    /// Takes a boxed future, because a future of several kilobytes is expensive to move.
    pub(crate) fn new(work: Work<T>) -> Self {
        Self { work: Some(work), phase: Phase::Waiting, runtime: None }
    }
}

impl<T: Send + 'static> Future for CallFuture<T> {
    type Output = Result<T, Error>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let Self { work, phase, runtime } = &mut *self;
        // The work is taken out of its field while it is polled. If the poll panics, the work is never polled again.
        let Some(mut working) = work.take() else { return Poll::Pending };
        let guard = PhaseGuard { outer: PHASE.replace(Some(*phase)) };
        let polled = working.as_mut().poll(cx);
        *phase = PHASE.get().unwrap_or(*phase);
        drop(guard);
        if matches!(*phase, Phase::InFlight(_)) && runtime.is_none() {
            *runtime = Handle::try_current().ok();
        }
        if polled.is_pending() {
            *work = Some(working);
        }
        polled
    }
}

/// Guard for the time in which a call is polled, possibly inside the poll of an outer call. The drop of the guard
/// restores the phase of the outer call, also if the poll panics.
struct PhaseGuard {
    outer: Option<Phase>,
}

impl Drop for PhaseGuard {
    fn drop(&mut self) {
        PHASE.set(self.outer);
    }
}

impl<T: Send + 'static> Drop for CallFuture<T> {
    fn drop(&mut self) {
        if let Phase::InFlight(client) = self.phase
            && let (Some(work), Some(runtime)) = (self.work.take(), self.runtime.take())
        {
            let rest = Self { work: Some(work), phase: Phase::Abandoned, runtime: None };
            let counted = client.count(Outstanding::Answer);
            runtime.spawn(async move {
                // The outcome is not needed here: the call itself has written it to its receipt or to the log.
                let _outcome = rest.await;
                drop(counted);
            });
        }
    }
}

impl<T: Send + 'static> fmt::Debug for CallFuture<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CallFuture").field("phase", &self.phase).finish_non_exhaustive()
    }
}

/// Returns `true` if the caller has dropped the call that is being polled.
pub(crate) fn is_abandoned() -> bool {
    PHASE.get() == Some(Phase::Abandoned)
}

/// Sets the phase of the call that this thread is polling. Does nothing if the thread is polling no call.
fn set(phase: Phase) {
    PHASE.set(PHASE.get().map(|_| phase));
}

/// Permit that updates the phase of the call that is being polled: when an attempt is sent, and when an attempt has
/// failed without an effect. The wrapped permit, if there is one, decides if the call may be sent or retried.
pub(super) struct PhaseTracker<'a> {
    client: ClientNumber,
    permit: Option<&'a dyn Permit>,
}

impl<'a> PhaseTracker<'a> {
    pub(super) fn new(client: &Client, permit: Option<&'a dyn Permit>) -> Self {
        Self { client: client.inner.dropped.number, permit }
    }
}

impl Permit for PhaseTracker<'_> {
    fn acquire(&self, time_left: std::time::Duration) -> Option<PermitFuture<'_>> {
        self.permit?.acquire(time_left)
    }

    fn on_send(&self) {
        if let Some(permit) = self.permit {
            permit.on_send();
        }
        set(Phase::InFlight(self.client));
    }

    fn allows_retry(&self) -> bool {
        // The caller has dropped the call, so a retry is not wanted.
        if is_abandoned() {
            return false;
        }
        set(Phase::Waiting);
        self.permit.is_none_or(Permit::allows_retry)
    }
}
