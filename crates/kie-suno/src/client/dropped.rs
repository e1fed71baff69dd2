//! Calls that were dropped and are not over yet: those that run on, and those whose withdrawal is still to be written.

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

/// How many withdrawals of one client write to its ledger at a time. Thousands can be due at once, and the notes of calls that
/// are answered meanwhile have to find a place between them.
const WRITING: usize = 4;

/// How many calls of each client there are, by what they are.
///
/// This stands outside of the clients, so that a call need not hold on to its client only to be counted when it is dropped:
/// the call of a client that nobody drops pays for a number of four bytes.
static OPEN: Mutex<BTreeMap<(ClientNumber, Rest), usize>> = Mutex::new(BTreeMap::new());

/// Told whenever one of them is over.
static OVER: Notify = Notify::const_new();

/// What is left of a call that was dropped.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Rest {
    /// It has left, and its answer is waited for.
    Answer,
    /// It has not left, and this receipt is to say so.
    Withdrawal(ReceiptId),
}

/// A client among the clients of this process.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct ClientNumber(u32);

impl ClientNumber {
    /// The number of a new client.
    fn next() -> Self {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        Self(NEXT.fetch_add(1, Ordering::Relaxed))
    }

    /// Counts a call that was dropped, until what is returned is dropped too.
    pub(crate) fn count(self, rest: Rest) -> Counted {
        *open().entry((self, rest)).or_default() += 1;
        Counted { key: (self, rest) }
    }

    /// Waits until no call of the client is left for which this holds.
    async fn is_over(self, holds: impl Fn(&Rest) -> bool) {
        loop {
            // It is told of all that ends from here on.
            let over = OVER.notified();
            let is_open = {
                let open = open();
                let of_client = open.range((self, Rest::Answer)..).take_while(|((client, _), _)| *client == self);
                of_client.map(|((_, rest), _)| rest).any(&holds)
            };
            if !is_open {
                return;
            }
            over.await;
        }
    }
}

fn open() -> MutexGuard<'static, BTreeMap<(ClientNumber, Rest), usize>> {
    OPEN.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A dropped call that is counted.
#[derive(Debug)]
pub(crate) struct Counted {
    key: (ClientNumber, Rest),
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
        OVER.notify_waiters();
    }
}

/// What a client knows of its calls that were dropped.
#[derive(Debug)]
pub(crate) struct Dropped {
    pub(crate) number: ClientNumber,
    writing: Semaphore,
}

impl Dropped {
    pub(crate) fn new() -> Self {
        Self { number: ClientNumber::next(), writing: Semaphore::new(WRITING) }
    }

    /// Waits for the turn of a withdrawal to be written.
    pub(crate) async fn turn(&self) -> Option<SemaphorePermit<'_>> {
        self.writing.acquire().await.ok()
    }

    /// Waits until no withdrawal is due on this receipt.
    pub(crate) async fn withdrawn(&self, receipt: ReceiptId) {
        self.number.is_over(|rest| *rest == Rest::Withdrawal(receipt)).await;
    }
}

impl Client {
    /// Waits until each call of this client and its clones that was [dropped](crate::Running) has been withdrawn or answered,
    /// or has run out of time. Where none was dropped, it returns at once.
    ///
    /// Await this before the runtime ends, and when no more calls are made. A program that ends right after a call was dropped
    /// leaves its receipt [prepared or sent](crate::receipts::ReceiptState), and does not know its answer.
    ///
    /// The wait is bounded by the [clocks](crate::Timeouts) of those calls, and by 30 seconds for each thing that a ledger is
    /// asked. Put it into a `timeout` where that is too long: what is open then goes on. The runtime of those calls has to run
    /// meanwhile.
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
    ///     () = stop_signal() => {} // which drops a start, wherever it is
    /// }
    /// client.settled().await;
    /// # Ok(())
    /// # }
    /// ```
    pub async fn settled(&self) {
        self.inner.dropped.number.is_over(|_| true).await;
    }
}
