//! A call under way, which may be dropped at any time.

use std::{
    cell::Cell,
    fmt,
    pin::Pin,
    task::{Context, Poll},
};

use kie_transport::{Permit, PermitFuture};
use tokio::runtime::Handle;

use crate::{
    client::{Client, ClientNumber, Rest},
    error::Error,
};

thread_local! {
    /// The phase of the call that this thread is polling, if it is polling one.
    static PHASE: Cell<Option<Phase>> = const { Cell::new(None) };
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Phase {
    /// Nothing is on its way: the call waits for its turn, for the ledger, or to be sent again after a refusal.
    Waiting,
    /// An attempt of this client has left, and nobody knows yet what came of it.
    Departed(ClientNumber),
    /// An attempt has left, and the caller has dropped the call: no other attempt leaves.
    Abandoned,
}

/// The future of a call. Dropping it loses nothing:
///
/// * A call that has not left is withdrawn. Nothing is paid, its place in the queue is free, and its receipt says so as soon as the
///   runtime comes to it. A call leaves when its connection is chosen or begun.
/// * A call that costs money and has left goes on in the runtime, without further attempts, until its answer is on its receipt.
///   Without a [ledger](crate::ClientBuilder::ledger) the answer is told by a warning of `tracing`, with the id of the task.
///   If the runtime ends first, the receipt stays [unknown](crate::receipts::ReceiptState::Sent), which is the truth.
///
///   An answer that names no task is lost then.
///
/// A call that only reads, and an upload, are given up. After its end, the future is pending for ever.
///
/// Both need the runtime for a while. Before it ends, await [`Client::settled`], which returns when each call that was
/// dropped has been withdrawn or answered.
#[must_use = "nothing is called unless this is awaited"]
pub struct CallFuture<T: Send + 'static> {
    /// None when it is over.
    work: Option<Work<T>>,
    phase: Phase,
    /// Where the rest is to run, if an attempt has left.
    runtime: Option<Handle>,
}

/// What there is to do about a call.
type Work<T> = Pin<Box<dyn Future<Output = Result<T, Error>> + Send>>;

impl<T: Send + 'static> CallFuture<T> {
    /// The work comes in its box: a future of several kilobytes should be moved no further than into it.
    pub(crate) fn new(work: Work<T>) -> Self {
        Self { work: Some(work), phase: Phase::Waiting, runtime: None }
    }
}

impl<T: Send + 'static> Future for CallFuture<T> {
    type Output = Result<T, Error>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let Self { work, phase, runtime } = &mut *self;
        // Taken while it is polled, so that work that panics is not polled again.
        let Some(mut working) = work.take() else { return Poll::Pending };
        let polling = Polling { outer: PHASE.replace(Some(*phase)) };
        let polled = working.as_mut().poll(cx);
        *phase = PHASE.get().unwrap_or(*phase);
        drop(polling);
        if matches!(*phase, Phase::Departed(_)) && runtime.is_none() {
            *runtime = Handle::try_current().ok();
        }
        if polled.is_pending() {
            *work = Some(working);
        }
        polled
    }
}

/// Puts the phase of an outer call back, also when the poll of the inner one panics.
struct Polling {
    outer: Option<Phase>,
}

impl Drop for Polling {
    fn drop(&mut self) {
        PHASE.set(self.outer);
    }
}

impl<T: Send + 'static> Drop for CallFuture<T> {
    fn drop(&mut self) {
        if let Phase::Departed(client) = self.phase
            && let (Some(work), Some(runtime)) = (self.work.take(), self.runtime.take())
        {
            let rest = Self { work: Some(work), phase: Phase::Abandoned, runtime: None };
            let counted = client.count(Rest::Answer);
            runtime.spawn(async move {
                // By now what came of it has been told.
                let _told = rest.await;
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

/// Whether the caller has dropped the call that is being polled.
pub(crate) fn is_abandoned() -> bool {
    PHASE.get() == Some(Phase::Abandoned)
}

/// Moves on the call that is being polled, if one is.
fn set(phase: Phase) {
    PHASE.set(PHASE.get().map(|_| phase));
}

/// Notes when attempts of the call that is being polled leave and come back, whoever else lets them leave.
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
    fn ask(&self, patience: std::time::Duration) -> Option<PermitFuture<'_>> {
        self.permit?.ask(patience)
    }

    fn departs(&self) {
        if let Some(permit) = self.permit {
            permit.departs();
        }
        set(Phase::Departed(self.client));
    }

    fn came_back(&self) -> bool {
        // The caller who would want another attempt is gone.
        if is_abandoned() {
            return false;
        }
        set(Phase::Waiting);
        self.permit.is_none_or(Permit::came_back)
    }
}
