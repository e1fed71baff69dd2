//! The contract of everything that keeps receipts.

use std::{fmt, pin::Pin, sync::Arc, time::Duration};

use crate::{
    error::LedgerError,
    receipts::{Receipt, ReceiptId, ReceiptUpdate},
};

/// The future of what a ledger does.
pub type LedgerFuture<'a, T> = Pin<Box<dyn Future<Output = Result<T, LedgerError>> + Send + 'a>>;

/// Where receipts are kept: what was paid for must be known after a crash, and to other processes.
///
/// Every method is one transaction: when it returns, what it says is durable, and seen by everybody who shares the
/// ledger. A future that is dropped half-way does all of it, perhaps a little later, or nothing. A ledger is for one
/// account, whose rate it keeps. `kie-ledger` keeps one in an SQLite file, and publishes the tests that any other must
/// pass.
///
/// The trait is open: implement it for an engine of your own. It may get new methods in a minor version, each with a default.
///
/// Every method fails if the ledger cannot be read or written; [`depart`](Self::acquire_send), [`note`](Self::note) and
/// [`claim`](Self::claim) also if there is no receipt of that id.
pub trait Ledger: fmt::Debug + Send + Sync + 'static {
    /// Writes a new receipt. If there is one of the same id or the same [name](Receipt::name) already, that one is
    /// returned and nothing is written.
    fn write<'a>(&'a self, receipt: &'a Receipt) -> LedgerFuture<'a, Option<Receipt>>;

    /// Lets a call leave ([`Receipt::acquire_send`]) if it may, and if fewer than `most` calls have left in the last `span`,
    /// counted over everybody who shares the ledger; a `most` of 0 is no limit.
    ///
    /// Nothing is sent without this: of all who hold a receipt, one is let go.
    fn acquire_send(&self, id: ReceiptId, most: usize, span: Duration) -> LedgerFuture<'_, SendPermit>;

    /// Takes in what happened to a call ([`Receipt::apply`]).
    fn update<'a>(&'a self, id: ReceiptId, update: &'a ReceiptUpdate) -> LedgerFuture<'a, ()>;

    /// Writes a verified callback down, once: `false` if the same one was written before. A receipt that it names, and
    /// that is there, takes in the task ([`ReceiptUpdate::Named`]).
    fn receive<'a>(&'a self, callback: &'a CallbackRecord) -> LedgerFuture<'a, bool>;

    /// One receipt.
    fn find<'a>(&'a self, key: ReceiptKey<'a>) -> LedgerFuture<'a, Option<Receipt>>;

    /// The receipts that somebody has still to do something about, in the order in which they were written: all that
    /// are not [finished](crate::ReceiptState::is_finished).
    fn unfinished(&self) -> LedgerFuture<'_, Vec<Receipt>>;

    /// Claims a receipt for one holder, until the lease ends or is [released](Self::release): `None` while another
    /// holds it, and else the receipt as it is now, for the one who held it before may have finished it. The holder
    /// can claim it again to lengthen the lease.
    fn claim<'a>(&'a self, id: ReceiptId, holder: &'a str, lease: Duration) -> LedgerFuture<'a, Option<Receipt>>;

    /// Ends a claim; nothing happens if the holder has none.
    fn release<'a>(&'a self, id: ReceiptId, holder: &'a str) -> LedgerFuture<'a, ()>;
}

/// How a receipt is found. Every ledger knows every kind of key, so a new one is a breaking change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReceiptKey<'a> {
    /// By its id.
    Id(ReceiptId),
    /// By the caller's own name for it.
    Name(&'a str),
    /// By its task; the first, if several have it.
    Task(&'a str),
}

/// Whether a call may leave.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum SendPermit {
    /// It leaves now, and this is written. The number counts its departures, from 1, and goes into
    /// [`ReceiptUpdate::Refused`].
    Granted(u32),
    /// Nothing is written, and there is no place before this long. Whoever asks then may have to wait again.
    RetryIn(Duration),
    /// It has left before, and did not come back refused: it may be paid for, and must not leave again.
    Denied,
}

/// A callback whose signature was verified.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct CallbackRecord {
    /// The task that it is about.
    pub task_id: String,
    /// The receipt that its address named.
    pub receipt: Option<ReceiptId>,
    /// Its `callbackType`; empty where there is none.
    pub kind: String,
    /// The SHA-256 of its body.
    pub digest: [u8; 32],
}

impl CallbackRecord {
    /// A callback about this task, with this digest of its body.
    pub fn new(task_id: impl Into<String>, digest: [u8; 32]) -> Self {
        Self { task_id: task_id.into(), receipt: None, kind: String::new(), digest }
    }
}

impl<L: Ledger + ?Sized> Ledger for Arc<L> {
    fn write<'a>(&'a self, receipt: &'a Receipt) -> LedgerFuture<'a, Option<Receipt>> {
        (**self).write(receipt)
    }

    fn acquire_send(&self, id: ReceiptId, most: usize, span: Duration) -> LedgerFuture<'_, SendPermit> {
        (**self).acquire_send(id, most, span)
    }

    fn update<'a>(&'a self, id: ReceiptId, update: &'a ReceiptUpdate) -> LedgerFuture<'a, ()> {
        (**self).update(id, update)
    }

    fn receive<'a>(&'a self, callback: &'a CallbackRecord) -> LedgerFuture<'a, bool> {
        (**self).receive(callback)
    }

    fn find<'a>(&'a self, key: ReceiptKey<'a>) -> LedgerFuture<'a, Option<Receipt>> {
        (**self).find(key)
    }

    fn unfinished(&self) -> LedgerFuture<'_, Vec<Receipt>> {
        (**self).unfinished()
    }

    fn claim<'a>(&'a self, id: ReceiptId, holder: &'a str, lease: Duration) -> LedgerFuture<'a, Option<Receipt>> {
        (**self).claim(id, holder, lease)
    }

    fn release<'a>(&'a self, id: ReceiptId, holder: &'a str) -> LedgerFuture<'a, ()> {
        (**self).release(id, holder)
    }
}
