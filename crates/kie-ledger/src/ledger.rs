//! The contract of every ledger.

use std::{fmt, pin::Pin, sync::Arc, time::Duration};

use crate::{
    error::LedgerError,
    receipts::{Receipt, ReceiptId, ReceiptUpdate},
};

/// Future that the methods of a ledger return.
pub type LedgerFuture<'a, T> = Pin<Box<dyn Future<Output = Result<T, LedgerError>> + Send + 'a>>;

/// A store of receipts. It keeps the record of paid calls across a crash, and for other processes.
///
/// Every method is one transaction. When its future completes, the change is durable, and visible to all processes that
/// share the ledger. A future that is dropped early takes effect completely, perhaps a little later, or not at all. A
/// ledger is for one account, whose rate limit it keeps. `kie-ledger` has a ledger in an SQLite file, and the tests
/// that every other ledger must pass.
///
/// The trait is open for implementations with another database. A minor version may add methods, each with a default.
///
/// Every method fails if the ledger cannot be read or written. [`acquire_send`](Self::acquire_send),
/// [`update`](Self::update) and [`claim`](Self::claim) also fail if there is no receipt with that id.
pub trait Ledger: fmt::Debug + Send + Sync + 'static {
    /// Writes a new receipt. If there is already one with the same id or the same [name](Receipt::name), nothing is
    /// written, and that one is returned.
    fn write<'a>(&'a self, receipt: &'a Receipt) -> LedgerFuture<'a, Option<Receipt>>;

    /// Asks for permission to send a call. It is granted if the receipt allows it ([`Receipt::acquire_send`]), and if
    /// all processes that share the ledger sent fewer than `most` calls in the last `span`. A `most` of 0 means no
    /// limit.
    ///
    /// A call must not be sent without this permission. Of several holders of one receipt, only one gets it.
    fn acquire_send(&self, id: ReceiptId, most: usize, span: Duration) -> LedgerFuture<'_, SendPermit>;

    /// Applies an update to a receipt ([`Receipt::apply`]).
    fn update<'a>(&'a self, id: ReceiptId, update: &'a ReceiptUpdate) -> LedgerFuture<'a, ()>;

    /// Records a verified callback. Returns `false` if the same callback was recorded before. If its address named a
    /// receipt, and the ledger has that receipt, the task is set there ([`ReceiptUpdate::Named`]).
    fn receive<'a>(&'a self, callback: &'a CallbackRecord) -> LedgerFuture<'a, bool>;

    /// Returns the receipt with this key.
    fn find<'a>(&'a self, key: ReceiptKey<'a>) -> LedgerFuture<'a, Option<Receipt>>;

    /// Returns all receipts that are not [finished](crate::ReceiptState::is_finished), in the order in which they were
    /// written.
    fn unfinished(&self) -> LedgerFuture<'_, Vec<Receipt>>;

    /// Claims a receipt for one holder, until the lease expires or the claim is [released](Self::release). Returns the
    /// current receipt, which an earlier holder may have finished, or `None` if another holder has the claim. The
    /// holder can claim the receipt again to extend the lease.
    fn claim<'a>(&'a self, id: ReceiptId, holder: &'a str, lease: Duration) -> LedgerFuture<'a, Option<Receipt>>;

    /// Releases a claim. Does nothing if the holder has no claim.
    fn release<'a>(&'a self, id: ReceiptId, holder: &'a str) -> LedgerFuture<'a, ()>;
}

/// Key of a receipt. Every ledger must support every kind of key, so a new kind is a breaking change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReceiptKey<'a> {
    /// The id.
    Id(ReceiptId),
    /// The caller's name for the receipt.
    Name(&'a str),
    /// The id of the task. If several receipts have it, the first one is found.
    Task(&'a str),
}

/// Result of [`Ledger::acquire_send`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum SendPermit {
    /// The call may be sent now, and the ledger has recorded it. The number counts the sends of this receipt from 1.
    /// [`ReceiptUpdate::Refused`] needs it.
    Granted(u32),
    /// The rate limit is reached, and nothing was recorded. Ask again after this time, which may lead to another wait.
    RetryIn(Duration),
    /// The call must not be sent again: it was sent before and was not refused, so it may be paid for.
    Denied,
}

/// A callback with a verified signature.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct CallbackRecord {
    /// Id of the task that the callback is about.
    pub task_id: String,
    /// Receipt that was named in the callback's address.
    pub receipt: Option<ReceiptId>,
    /// The callback's `callbackType`, or an empty string.
    pub kind: String,
    /// SHA-256 of the callback's body.
    pub digest: [u8; 32],
}

impl CallbackRecord {
    /// Returns the record of a callback for this task, with this digest of its body.
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
