//! Counts the work that is outstanding in the background. There are three kinds of work:
//!
//! * A dropped call was sent, and waits for its response.
//! * A dropped call was not sent, and its receipt does not record this yet.
//! * An update of a receipt takes so long that the caller has stopped waiting for it.

use std::{
    collections::BTreeMap,
    sync::{
        Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU32, Ordering},
    },
};

use kie_ledger::ReceiptId;
use tokio::sync::{Notify, Semaphore, SemaphorePermit};

use super::client::Client;

/// Maximum number of withdrawals that one client writes to its ledger at the same time. A withdrawal records on the
/// receipt of a dropped call that the call was not sent. Thousands of withdrawals can be due at the same time, and the
/// ledger updates of answered calls must not wait for all of them.
const WRITING: usize = 4;

/// Number of calls with work outstanding, by client and kind of work.
///
/// This is a static and not a field of the client. So a call stores only the 4-byte number of its client, and not a
/// reference to the client. This number is enough to count the call when it is dropped.
static OPEN: Mutex<BTreeMap<(ClientNumber, Outstanding), usize>> = Mutex::new(BTreeMap::new());

/// Notified when the work of a counted call is done.
static DONE: Notify = Notify::const_new();

/// The work that is outstanding for a call in the background.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Outstanding {
    /// The call was sent, and its response has not arrived yet.
    Answer,
    /// The caller has got the outcome of the call, and an update of its receipt is still being written.
    Update,
    /// The call was not sent, and its receipt does not record this yet.
    Withdrawal(ReceiptId),
}

/// Number that identifies a client within this process.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct ClientNumber(u32);

impl ClientNumber {
    /// Returns the number for a new client.
    fn next() -> Self {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        Self(NEXT.fetch_add(1, Ordering::Relaxed))
    }

    /// Counts a call with this outstanding work until the returned value is dropped.
    pub(crate) fn count(self, work: Outstanding) -> Counted {
        *open().entry((self, work)).or_default() += 1;
        Counted { key: (self, work) }
    }

    /// Waits until no call of the client has outstanding work for which `holds` returns `true`.
    async fn until_none(self, holds: impl Fn(&Outstanding) -> bool) {
        loop {
            // Created before the check, so that no notification is missed between the check and the `await`.
            let done = DONE.notified();
            let is_open = {
                let open = open();
                let of_client =
                    open.range((self, Outstanding::Answer)..).take_while(|((client, _), _)| *client == self);
                of_client.map(|((_, work), _)| work).any(&holds)
            };
            if !is_open {
                return;
            }
            done.await;
        }
    }
}

fn open() -> MutexGuard<'static, BTreeMap<(ClientNumber, Outstanding), usize>> {
    OPEN.lock().unwrap_or_else(PoisonError::into_inner)
}

/// One counted call. When this value is dropped, the call is no longer counted.
#[derive(Debug)]
pub(crate) struct Counted {
    key: (ClientNumber, Outstanding),
}

impl Drop for Counted {
    fn drop(&mut self) {
        let mut open = open();
        if let Some(calls) = open.get_mut(&self.key) {
            *calls -= 1;
            if *calls == 0 {
                open.remove(&self.key);
            }
        }
        drop(open);
        DONE.notify_waiters();
    }
}

/// The number of a client for its dropped calls, and the slots for writing withdrawals.
#[derive(Debug)]
pub(crate) struct Dropped {
    pub(crate) number: ClientNumber,
    writing: Semaphore,
}

impl Dropped {
    pub(crate) fn new() -> Self {
        Self { number: ClientNumber::next(), writing: Semaphore::new(WRITING) }
    }

    /// Waits for permission to write a withdrawal, which records on the receipt of a dropped call that the call was not
    /// sent. A client writes at most [`WRITING`] withdrawals at the same time.
    pub(crate) async fn write_slot(&self) -> Option<SemaphorePermit<'_>> {
        self.writing.acquire().await.ok()
    }

    /// Waits until no withdrawal has to be written to this receipt.
    pub(crate) async fn until_withdrawn(&self, receipt: ReceiptId) {
        self.number.until_none(|work| *work == Outstanding::Withdrawal(receipt)).await;
    }
}

impl Client {
    /// Waits until this client and its clones have no more work in the background. Each [dropped](crate::CallFuture)
    /// call has then been answered, has timed out, or has been withdrawn: its receipt records that it was not sent.
    /// Each late update of a receipt by a slow ledger has ended too. Returns immediately if nothing is outstanding.
    ///
    /// Await this after the last call and before the runtime ends. If a program ends right after it dropped a call, the
    /// receipt of the call stays [prepared or sent](crate::receipts::ReceiptState), and the response of the call is
    /// lost.
    ///
    /// This method waits no longer than the [timeouts](crate::Timeouts) of the dropped calls, and 30 seconds for each
    /// operation of the ledger. To wait for a shorter time, wrap the future in a `timeout`: the outstanding calls then
    /// continue. The runtime of the dropped calls must keep running while this method waits.
    ///
    /// ```no_run
    /// # use kie_suno::{Client, Error, requests::GenerateMusic};
    /// # async fn stop_signal() {}
    /// # async fn demo(client: Client, orders: Vec<GenerateMusic>) -> Result<(), Error> {
    /// let work = async {
    ///     for order in orders {
    ///         client.start(order).await?;
    ///     }
    ///     Ok::<_, Error>(())
    /// };
    /// tokio::select! {
    ///     done = work => done?,
    ///     () = stop_signal() => {} // drops a start that has not ended
    /// }
    /// client.settled().await;
    /// # Ok(())
    /// # }
    /// ```
    pub async fn settled(&self) {
        self.inner.dropped.number.until_none(|_| true).await;
    }
}
