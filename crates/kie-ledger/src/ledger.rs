//! The trait that every ledger implements.

use std::{
    fmt,
    pin::Pin,
    sync::Arc,
    time::{Duration, SystemTime},
};

use crate::{
    error::LedgerError,
    receipts::{Receipt, ReceiptId, ReceiptUpdate, SendId},
};

/// Future that a method of a ledger returns.
pub type LedgerFuture<'a, T> = Pin<Box<dyn Future<Output = Result<T, LedgerError>> + Send + 'a>>;

/// A store for the receipts of paid calls. In a ledger for production, the receipts survive a crash, and other
/// processes can read them.
///
/// Every method is one transaction. When the future of a method completes, the change is durable, and visible to all
/// processes that share the ledger. If the future is dropped earlier, either the whole change takes effect, perhaps a
/// little later, or nothing changes. A ledger belongs to one account, and enforces the rate limit of this account.
/// `kie-ledger` has a ledger in an SQLite file, a ledger in memory for tests, and the tests that every other ledger
/// must pass.
///
/// You may implement this trait with another database. A minor version of this crate may add methods. Each new method
/// will have a default implementation.
///
/// Every method fails if the ledger cannot be read or written. [`acquire_send`](Self::acquire_send),
/// [`update`](Self::update), [`unfinished`](Self::unfinished), [`recent`](Self::recent) and [`claim`](Self::claim) also fail if the ledger has no
/// receipt with the id.
pub trait Ledger: fmt::Debug + Send + Sync + 'static {
    /// Returns the current time of the clock from which the ledger takes the times of [changes](Receipt::changed). A client
    /// creates receipts with this time, and computes the age of a receipt from it. The default implementation returns the
    /// time of this machine. A ledger for several machines returns the time of a clock that all of them share, such as that
    /// of its database, as this process last knew it.
    fn now(&self) -> SystemTime {
        SystemTime::now()
    }

    /// Writes a new receipt and returns `None`. If the ledger already has a receipt with the same id or the same
    /// [name](Receipt::name), nothing is written, and the existing receipt is returned.
    fn write<'a>(&'a self, receipt: &'a Receipt) -> LedgerFuture<'a, Option<Receipt>>;

    /// Asks for the permission to send a call. `send` is a new id, chosen by the caller for this send. The permission
    /// is granted under two conditions: the receipt allows a send ([`Receipt::acquire_send`]), and all processes that
    /// share the ledger together sent fewer than `most` calls in the last `span`. If `most` is 0, there is no rate
    /// limit.
    ///
    /// A call must not be sent without this permission. If several processes ask for the permission for the same
    /// receipt, only one process gets it.
    fn acquire_send(&self, id: ReceiptId, send: SendId, most: usize, span: Duration) -> LedgerFuture<'_, SendPermit>;

    /// Applies an update to a receipt ([`Receipt::apply`]).
    fn update<'a>(&'a self, id: ReceiptId, update: &'a ReceiptUpdate) -> LedgerFuture<'a, ()>;

    /// Records a verified callback and returns `true`. Returns `false` if a callback with the same task id, type and
    /// digest was recorded before.
    ///
    /// If the callback's address contains the id of a receipt of this ledger, the update [`ReceiptUpdate::Named`] is
    /// applied to this receipt. This is also done for a callback that was recorded before, because the address of the
    /// earlier copy may have contained another receipt, or none.
    ///
    /// A ledger that keeps bodies keeps the first [body](CallbackRecord::body) that comes for a task, also if the callback
    /// was recorded before without a body.
    fn receive<'a>(&'a self, callback: &'a CallbackRecord) -> LedgerFuture<'a, bool>;

    /// Returns the body that the ledger keeps for this task: the first one that was [recorded](Self::receive). Returns
    /// `None` if there is none. The default implementation returns `None`, for ledgers that keep no bodies. With such a
    /// ledger, the results of a task that come only in its callback are in no record of the task.
    fn callback_body<'a>(&'a self, _task_id: &'a str) -> LedgerFuture<'a, Option<Vec<u8>>> {
        Box::pin(async { Ok(None) })
    }

    /// Returns a new feed of the callbacks that all processes [record](Self::receive) in this ledger. With it, a callback
    /// that one process receives wakes the code in another process that waits for the task. The default implementation
    /// returns `None`, for ledgers that cannot tell of new callbacks.
    fn callback_feed(&self) -> Option<Box<dyn CallbackFeed>> {
        None
    }

    /// Returns the receipt with this key. Returns `None` if the ledger has no such receipt.
    fn find<'a>(&'a self, key: ReceiptKey<'a>) -> LedgerFuture<'a, Option<Receipt>>;

    /// Returns a page of the receipts that are not [finished](crate::ReceiptState::is_finished), in the order in which
    /// they were written. `after` is the last receipt of the page before. The page starts with the first unfinished
    /// receipt that was written after this receipt, or with the first of all if `after` is `None`. The receipt `after`
    /// may be finished by now. So a ledger that removes finished receipts must keep them for at least a day.
    ///
    /// A page has at most `most` receipts. If it has fewer, it is the last page. So `most` = `usize::MAX` returns all.
    /// Fails if the ledger has no receipt with the id `after`.
    fn unfinished(&self, after: Option<ReceiptId>, most: usize) -> LedgerFuture<'_, Vec<Receipt>>;

    /// Returns a page of all receipts that the ledger still has, finished or not, the newest first. `before` is the last
    /// receipt of the page before. The page starts with the receipt that was written before this receipt, or with the
    /// newest of all if `before` is `None`.
    ///
    /// A page has at most `most` receipts. If it has fewer, it is the last page. Fails if the ledger has no receipt with
    /// the id `before`. The default implementation fails, for ledgers that can list only unfinished receipts.
    fn recent(&self, _before: Option<ReceiptId>, _most: usize) -> LedgerFuture<'_, Vec<Receipt>> {
        Box::pin(async { Err(LedgerError::new("this ledger lists only unfinished receipts")) })
    }

    /// Returns the ids of the unfinished receipts that this version of the crate cannot read, because a later version
    /// wrote a state or a stage that this version does not know. A receipt in an unknown state counts as unfinished.
    /// [`unfinished`](Self::unfinished) leaves out the receipts that cannot be read. For the id of such a receipt,
    /// [`find`](Self::find) returns an error with the reason. The default implementation returns no ids.
    fn unreadable(&self) -> LedgerFuture<'_, Vec<ReceiptId>> {
        Box::pin(async { Ok(Vec::new()) })
    }

    /// Returns the ids of all receipts that this version of the crate cannot read, also of the finished ones. This may read
    /// the whole ledger. [`recent`](Self::recent) leaves out these receipts. The default implementation returns those that
    /// are [not finished](Self::unreadable).
    fn all_unreadable(&self) -> LedgerFuture<'_, Vec<ReceiptId>> {
        self.unreadable()
    }

    /// Claims a receipt for one holder, so that no other process saves its files at the same time. The claim lasts
    /// until the lease expires or the claim is [released](Self::release). `holder` is the name of the holder. Returns
    /// the current receipt, or `None` if another holder has the claim. Check the state of the returned receipt: an
    /// earlier holder may have finished the receipt already. A holder can claim the same receipt again to extend the
    /// lease.
    fn claim<'a>(&'a self, id: ReceiptId, holder: &'a str, lease: Duration) -> LedgerFuture<'a, Option<Receipt>>;

    /// Releases the claim of this holder. Does nothing if the holder has no claim.
    fn release<'a>(&'a self, id: ReceiptId, holder: &'a str) -> LedgerFuture<'a, ()>;
}

/// Key by which a ledger finds a receipt. Every ledger must support every kind of key, so a new kind is a breaking
/// change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReceiptKey<'a> {
    /// Id of the receipt.
    Id(ReceiptId),
    /// Name that the caller gave the call.
    Name(&'a str),
    /// Id of the task. If several receipts have the same task, the ledger returns the receipt that was written first.
    Task(&'a str),
}

/// Response of the ledger in [`Ledger::acquire_send`]: says whether a call may be sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum SendPermit {
    /// The call may be sent now, and the ledger has recorded the send. If the service refuses the call, or the call is
    /// not sent after all, pass the id of the send to [`ReceiptUpdate::Refused`].
    Granted,
    /// The rate limit is reached, so the call must not be sent yet, and nothing was recorded. Ask again after this
    /// time. The second response may be `RetryIn` too.
    RetryIn(Duration),
    /// The call must not be sent. The call was already sent and not refused, so it may be paid for. Or the caller has
    /// withdrawn this send. Or the receipt is forgotten.
    Denied,
}

/// A callback with a verified signature.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct CallbackRecord {
    /// Id of the task that the callback is about.
    pub task_id: String,
    /// Id of the receipt in the callback's address. `None` if the address contains no receipt.
    pub receipt: Option<ReceiptId>,
    /// The `callbackType` of the callback, or an empty string if the callback has no type.
    pub kind: String,
    /// SHA-256 digest of the callback's body.
    pub digest: [u8; 32],
    /// Body of the callback, to be kept: it has results that are not in the record of the task. `None` if the body need
    /// not be kept, because it has no results, or the record of the task has the same results. The body is not signed.
    /// It has at most [`MAX_BODY_BYTES`] bytes.
    pub body: Option<Vec<u8>>,
}

/// Feed of the callbacks that all processes record in a ledger. Made by [`Ledger::callback_feed`].
pub trait CallbackFeed: fmt::Debug + Send {
    /// Waits until callbacks were recorded that the feed has not returned yet, and returns them, the oldest first.
    ///
    /// The first call does not wait. It returns the latest callbacks that the ledger knows, at most 10,000, or none. So code
    /// that begins to wait learns of callbacks that came shortly before.
    ///
    /// A callback may be returned again, if its body or the receipt in its address was recorded later. If the future is
    /// dropped early, or fails, the next call returns the same callbacks.
    fn next(&mut self) -> LedgerFuture<'_, Vec<ReceivedCallback>>;
}

/// A callback that a process recorded in a ledger, as a [`CallbackFeed`] tells it.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct ReceivedCallback {
    /// Id of the task that the callback is about.
    pub task_id: String,
    /// Id of the receipt in the callback's address. `None` if the address contains no receipt, or if the ledger does not
    /// tell it.
    pub receipt: Option<ReceiptId>,
    /// SHA-256 digest of the callback's body.
    pub digest: [u8; 32],
}

impl ReceivedCallback {
    /// Creates the record of a callback without a receipt.
    pub fn new(task_id: impl Into<String>, digest: [u8; 32]) -> Self {
        Self { task_id: task_id.into(), receipt: None, digest }
    }
}

/// Maximum size of the body of a callback that a ledger keeps: 4 MiB.
pub const MAX_BODY_BYTES: usize = 4 * 1024 * 1024;

impl CallbackRecord {
    /// Creates the record of a callback. `task_id` is the task of the callback, and `digest` is the SHA-256 digest of
    /// the body.
    pub fn new(task_id: impl Into<String>, digest: [u8; 32]) -> Self {
        Self { task_id: task_id.into(), receipt: None, kind: String::new(), digest, body: None }
    }
}

impl<L: Ledger + ?Sized> Ledger for Arc<L> {
    fn now(&self) -> SystemTime {
        (**self).now()
    }

    fn write<'a>(&'a self, receipt: &'a Receipt) -> LedgerFuture<'a, Option<Receipt>> {
        (**self).write(receipt)
    }

    fn acquire_send(&self, id: ReceiptId, send: SendId, most: usize, span: Duration) -> LedgerFuture<'_, SendPermit> {
        (**self).acquire_send(id, send, most, span)
    }

    fn update<'a>(&'a self, id: ReceiptId, update: &'a ReceiptUpdate) -> LedgerFuture<'a, ()> {
        (**self).update(id, update)
    }

    fn receive<'a>(&'a self, callback: &'a CallbackRecord) -> LedgerFuture<'a, bool> {
        (**self).receive(callback)
    }

    fn callback_body<'a>(&'a self, task_id: &'a str) -> LedgerFuture<'a, Option<Vec<u8>>> {
        (**self).callback_body(task_id)
    }

    fn callback_feed(&self) -> Option<Box<dyn CallbackFeed>> {
        (**self).callback_feed()
    }

    fn find<'a>(&'a self, key: ReceiptKey<'a>) -> LedgerFuture<'a, Option<Receipt>> {
        (**self).find(key)
    }

    fn unfinished(&self, after: Option<ReceiptId>, most: usize) -> LedgerFuture<'_, Vec<Receipt>> {
        (**self).unfinished(after, most)
    }

    fn recent(&self, before: Option<ReceiptId>, most: usize) -> LedgerFuture<'_, Vec<Receipt>> {
        (**self).recent(before, most)
    }

    fn unreadable(&self) -> LedgerFuture<'_, Vec<ReceiptId>> {
        (**self).unreadable()
    }

    fn all_unreadable(&self) -> LedgerFuture<'_, Vec<ReceiptId>> {
        (**self).all_unreadable()
    }

    fn claim<'a>(&'a self, id: ReceiptId, holder: &'a str, lease: Duration) -> LedgerFuture<'a, Option<Receipt>> {
        (**self).claim(id, holder, lease)
    }

    fn release<'a>(&'a self, id: ReceiptId, holder: &'a str) -> LedgerFuture<'a, ()> {
        (**self).release(id, holder)
    }
}
