//! Where receipts are kept.

use std::{borrow::Cow, fmt, pin::Pin, sync::Arc, time::Duration};

use crate::receipt::{News, Receipt, ReceiptId};

/// The future of what a ledger does.
pub type Entry<'a, T> = Pin<Box<dyn Future<Output = Result<T, LedgerError>> + Send + 'a>>;

/// Where receipts are kept: what was paid for must be known after a crash, and to other processes.
///
/// Every method is one transaction: when it returns, what it says is durable, and seen by everybody who shares the
/// ledger. `kie-ledger` keeps one in an SQLite file, and publishes the tests that any other must pass.
pub trait Ledger: fmt::Debug + Send + Sync + 'static {
    /// Writes a new receipt. If there is one of the same [name](Receipt::name) already, that one is returned and
    /// nothing is written.
    fn open<'a>(&'a self, receipt: &'a Receipt) -> Entry<'a, Option<Receipt>>;

    /// Lets a call leave: books [`News::Departed`] if fewer than `most` have left in the last `span`, counted over
    /// everybody who shares the ledger, and otherwise says how long to wait before asking again.
    fn depart<'a>(&'a self, id: ReceiptId, most: usize, span: Duration) -> Entry<'a, Departure>;

    /// Takes in what happened to a call, as [`Receipt::take_in`] does.
    fn note<'a>(&'a self, id: ReceiptId, news: &'a News) -> Entry<'a, ()>;

    /// Writes a verified callback down, once: `false` if the same one was written before. A receipt that it names, and
    /// that has no task yet, gets its task ([`News::Named`]).
    fn receive<'a>(&'a self, arrival: &'a Arrival) -> Entry<'a, bool>;

    /// One receipt.
    fn find<'a>(&'a self, key: Key<'a>) -> Entry<'a, Option<Receipt>>;

    /// The receipts that somebody has still to do something about, the oldest first: all that are neither
    /// [`Refused`](crate::ReceiptState::Refused), [`Failed`](crate::ReceiptState::Failed) nor
    /// [`Saved`](crate::ReceiptState::Saved).
    fn unfinished(&self) -> Entry<'_, Vec<Receipt>>;

    /// Claims a task for one holder, until the lease ends or is [released](Self::release): `false` while another holds
    /// it. The holder can claim it again to lengthen the lease.
    fn claim<'a>(&'a self, id: ReceiptId, holder: &'a str, lease: Duration) -> Entry<'a, bool>;

    /// Ends a claim; nothing happens if the holder has none.
    fn release<'a>(&'a self, id: ReceiptId, holder: &'a str) -> Entry<'a, ()>;
}

/// How a receipt is found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Key<'a> {
    /// By its id.
    Id(ReceiptId),
    /// By the caller's own name for it.
    Name(&'a str),
    /// By its task.
    Task(&'a str),
}

/// Whether a call may leave.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Departure {
    /// Its departure is written: it leaves now.
    Now,
    /// There is no place before this long.
    In(Duration),
}

/// A callback whose signature was verified.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Arrival {
    /// The task that it is about.
    pub task_id: String,
    /// The receipt that its address named.
    pub receipt: Option<ReceiptId>,
    /// Its `callbackType`; empty where there is none.
    pub kind: String,
    /// The SHA-256 of its body.
    pub digest: [u8; 32],
}

impl Arrival {
    /// A callback about this task, with this digest of its body.
    pub fn new(task_id: impl Into<String>, digest: [u8; 32]) -> Self {
        Self { task_id: task_id.into(), receipt: None, kind: String::new(), digest }
    }
}

impl<L: Ledger + ?Sized> Ledger for Arc<L> {
    fn open<'a>(&'a self, receipt: &'a Receipt) -> Entry<'a, Option<Receipt>> {
        (**self).open(receipt)
    }

    fn depart<'a>(&'a self, id: ReceiptId, most: usize, span: Duration) -> Entry<'a, Departure> {
        (**self).depart(id, most, span)
    }

    fn note<'a>(&'a self, id: ReceiptId, news: &'a News) -> Entry<'a, ()> {
        (**self).note(id, news)
    }

    fn receive<'a>(&'a self, arrival: &'a Arrival) -> Entry<'a, bool> {
        (**self).receive(arrival)
    }

    fn find<'a>(&'a self, key: Key<'a>) -> Entry<'a, Option<Receipt>> {
        (**self).find(key)
    }

    fn unfinished(&self) -> Entry<'_, Vec<Receipt>> {
        (**self).unfinished()
    }

    fn claim<'a>(&'a self, id: ReceiptId, holder: &'a str, lease: Duration) -> Entry<'a, bool> {
        (**self).claim(id, holder, lease)
    }

    fn release<'a>(&'a self, id: ReceiptId, holder: &'a str) -> Entry<'a, ()> {
        (**self).release(id, holder)
    }
}

/// A ledger cannot be read or written.
#[derive(Debug, thiserror::Error)]
#[error("{what}")]
pub struct LedgerError {
    what: Cow<'static, str>,
    source: Option<Box<dyn std::error::Error + Send + Sync>>,
}

impl LedgerError {
    /// An error that says in a lower-case clause what went wrong.
    pub fn new(what: impl Into<Cow<'static, str>>) -> Self {
        Self { what: what.into(), source: None }
    }

    /// The same with its cause.
    #[must_use]
    pub fn with_source(mut self, source: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        self.source = Some(source.into());
        self
    }
}
