//! Operations of a ledger. Each operation that writes runs within one transaction.

use std::{
    ops::ControlFlow,
    time::{Duration, SystemTime},
};

use kie_types::to_json;
use rusqlite::{Connection, named_params};
use serde::Deserialize;

use super::{
    error::SqliteError,
    moments::{self, nanos},
    statements::{
        BODY_OF_TASK, CALLBACKS_AFTER, HAS_BODY, LATEST_CALLBACKS, RECEIPT_BY_ID, RECEIPT_BY_NAME, RECEIPT_BY_TASK,
        RECEIPT_NUMBER, RECENT_RECEIPTS, RELEASE_CLAIM, REPLACE_RECEIPT, Statement, UNFINISHED_RECEIPTS, WRITE_BODY,
        WRITE_CALLBACK, WRITE_RECEIPT,
    },
};
use crate::{
    error::LedgerError,
    ledger::{CallbackRecord, MAX_BODY_BYTES, ReceiptKey, ReceivedCallback, SendPermit},
    receipts::{Receipt, ReceiptId, ReceiptUpdate, SendId},
};

/// Maximum number of callbacks that a feed reads at once.
const MAX_FED: i64 = 10_000;

/// Access to the ledger for one operation. `now` is the current time, read once for the whole operation.
pub(super) struct Transaction<'a> {
    sql: &'a Connection,
    now: SystemTime,
}

impl<'a> Transaction<'a> {
    pub(super) fn new(sql: &'a Connection, now: SystemTime) -> Self {
        Self { sql, now }
    }

    pub(super) fn write(&self, receipt: &Receipt) -> Result<Option<Receipt>, SqliteError> {
        if WRITE_RECEIPT.run(self.sql, [to_json(receipt)?])? > 0 {
            return Ok(None);
        }
        let named = receipt.name.as_deref().map(|name| self.find(ReceiptKey::Name(name))).transpose()?.flatten();
        match named {
            Some(known) => Ok(Some(known)),
            None => self.find(ReceiptKey::Id(receipt.id)),
        }
    }

    pub(super) fn acquire_send(
        &self,
        id: ReceiptId,
        send: SendId,
        (most, span): (usize, Duration),
    ) -> Result<SendPermit, SqliteError> {
        let mut stored = self.existing(id)?;
        if !stored.receipt.acquire_send(send, self.now) {
            return Ok(SendPermit::Denied);
        }
        if let Some(wait) = moments::acquire_send(self.sql, most, span, self.now)? {
            return Ok(SendPermit::RetryIn(wait));
        }
        self.replace(&stored)?;
        Ok(SendPermit::Granted)
    }

    pub(super) fn update(&self, id: ReceiptId, update: &ReceiptUpdate) -> Result<(), SqliteError> {
        self.apply(self.existing(id)?, update)
    }

    pub(super) fn receive(&self, callback: &CallbackRecord) -> Result<bool, SqliteError> {
        let CallbackRecord { task_id, kind, digest, body, .. } = callback;
        let now = nanos(self.now);
        let values = named_params! { ":task_id": task_id, ":kind": kind, ":digest": digest, ":now": now };
        let is_new = WRITE_CALLBACK.run(self.sql, values)? > 0;
        if let Some(body) = body.as_ref().filter(|body| body.len() <= MAX_BODY_BYTES)
            && HAS_BODY.first(self.sql, [task_id], |_| Ok(()))?.is_none()
        {
            WRITE_BODY.run(self.sql, (digest, body))?;
        }
        if let Some(id) = callback.receipt
            && let Some(stored) = self.stored(ReceiptKey::Id(id))?
        {
            self.apply(stored, &ReceiptUpdate::Named { task_id: task_id.clone() })?;
        }
        Ok(is_new)
    }

    pub(super) fn callback_body(&self, task_id: &str) -> Result<Option<Vec<u8>>, SqliteError> {
        Ok(BODY_OF_TASK.first(self.sql, [task_id], |row| row.get(0))?)
    }

    /// Returns the callbacks that were recorded after this time, the oldest first, and the time of the last one. Returns the
    /// latest callbacks if there is no time.
    pub(super) fn callbacks_after(
        &self,
        after: Option<i64>,
    ) -> Result<(Vec<ReceivedCallback>, Option<i64>), SqliteError> {
        let mut callbacks = Vec::new();
        let read = |row: &rusqlite::Row<'_>| {
            let mut callback = ReceivedCallback::new(row.get::<_, String>(1)?, row.get(2)?);
            callback.receipt = row.get::<_, Option<String>>(3)?.and_then(|id| id.parse().ok());
            Ok((row.get::<_, i64>(0)?, callback))
        };
        let take = |row| {
            callbacks.push(row);
            ControlFlow::Continue(())
        };
        match after {
            Some(after) => CALLBACKS_AFTER.each(self.sql, [after, MAX_FED], read, take)?,
            None => LATEST_CALLBACKS.each(self.sql, [MAX_FED], read, take)?,
        }
        callbacks.sort_by_key(|(at, _)| *at);
        let until = callbacks.last().map(|(at, _)| *at);
        Ok((callbacks.into_iter().map(|(_, callback)| callback).collect(), until))
    }

    pub(super) fn find(&self, key: ReceiptKey<'_>) -> Result<Option<Receipt>, SqliteError> {
        Ok(self.stored(key)?.map(|stored| stored.receipt))
    }

    pub(super) fn unfinished(&self, after: Option<ReceiptId>, most: usize) -> Result<Vec<Receipt>, SqliteError> {
        let after = after.map_or(Ok(0), |id| self.number(id))?;
        self.page(&UNFINISHED_RECEIPTS, after, most)
    }

    pub(super) fn recent(&self, before: Option<ReceiptId>, most: usize) -> Result<Vec<Receipt>, SqliteError> {
        let before = before.map_or(Ok(i64::MAX), |id| self.number(id))?;
        self.page(&RECENT_RECEIPTS, before, most)
    }

    /// Returns the first receipts that a statement reads, at most `most`. `from` is the number of the receipt at the end
    /// of the page before. Receipts that this version cannot read are left out, with a warning in the log for each, and
    /// do not count towards `most`.
    fn page(&self, statement: &Statement, from: i64, most: usize) -> Result<Vec<Receipt>, SqliteError> {
        let mut receipts = Vec::new();
        statement.each(self.sql, [from], Row::read, |row| {
            if receipts.len() == most {
                return ControlFlow::Break(());
            }
            match row.decode() {
                Ok(stored) => receipts.push(stored.receipt),
                Err(unread) => {
                    tracing::warn!(receipt = unread.id, error = %unread.error, "a receipt cannot be read by this version");
                }
            }
            ControlFlow::Continue(())
        })?;
        Ok(receipts)
    }

    /// Returns the ids of the unfinished receipts that this version cannot read.
    pub(super) fn unreadable(&self) -> Result<Vec<ReceiptId>, SqliteError> {
        self.unreadable_of(&UNFINISHED_RECEIPTS, 0)
    }

    /// Returns the ids of all receipts that this version cannot read.
    pub(super) fn all_unreadable(&self) -> Result<Vec<ReceiptId>, SqliteError> {
        self.unreadable_of(&RECENT_RECEIPTS, i64::MAX)
    }

    fn unreadable_of(&self, statement: &Statement, from: i64) -> Result<Vec<ReceiptId>, SqliteError> {
        let mut unreadable = Vec::new();
        statement.each(self.sql, [from], Row::read, |row| {
            if let Err(unread) = row.decode() {
                unreadable.extend(unread.id.parse::<ReceiptId>());
            }
            ControlFlow::Continue(())
        })?;
        Ok(unreadable)
    }

    pub(super) fn claim(&self, id: ReceiptId, holder: &str, lease: Duration) -> Result<Option<Receipt>, SqliteError> {
        let receipt = self.existing(id)?.receipt;
        let claimed = moments::claim(self.sql, &id.to_string(), holder, lease, self.now)?;
        Ok(claimed.then_some(receipt))
    }

    pub(super) fn release(&self, id: ReceiptId, holder: &str) -> Result<(), SqliteError> {
        RELEASE_CLAIM.run(self.sql, named_params! { ":receipt": id.to_string(), ":holder": holder })?;
        Ok(())
    }

    fn existing(&self, id: ReceiptId) -> Result<StoredReceipt, SqliteError> {
        self.stored(ReceiptKey::Id(id))?.ok_or_else(|| missing(id))
    }

    /// Returns the number of a receipt's row, even if this version of the crate cannot read the receipt.
    fn number(&self, id: ReceiptId) -> Result<i64, SqliteError> {
        RECEIPT_NUMBER.first(self.sql, [id.to_string()], |row| row.get(0))?.ok_or_else(|| missing(id))
    }

    fn stored(&self, key: ReceiptKey<'_>) -> Result<Option<StoredReceipt>, SqliteError> {
        let row = match key {
            ReceiptKey::Id(id) => RECEIPT_BY_ID.first(self.sql, [id.to_string()], Row::read),
            ReceiptKey::Name(name) => RECEIPT_BY_NAME.first(self.sql, [name], Row::read),
            ReceiptKey::Task(task) => RECEIPT_BY_TASK.first(self.sql, [task], Row::read),
        }?;
        Ok(row.map(Row::decode).transpose()?)
    }

    fn apply(&self, mut stored: StoredReceipt, update: &ReceiptUpdate) -> Result<(), SqliteError> {
        if stored.receipt.apply(update, self.now) {
            self.replace(&stored)?;
        }
        Ok(())
    }

    fn replace(&self, stored: &StoredReceipt) -> Result<(), SqliteError> {
        REPLACE_RECEIPT.run(self.sql, (to_json(&stored.receipt)?, stored.number))?;
        Ok(())
    }
}

fn missing(id: ReceiptId) -> SqliteError {
    LedgerError::new(format!("there is no receipt {id}")).into()
}

/// A receipt of the ledger, with the number of its row.
struct StoredReceipt {
    number: i64,
    receipt: Receipt,
}

/// Row of the table `receipts`: the number of the row, and the receipt as JSON.
struct Row {
    number: i64,
    json: String,
}

impl Row {
    fn read(row: &rusqlite::Row<'_>) -> rusqlite::Result<Self> {
        Ok(Self { number: row.get(0)?, json: row.get(1)? })
    }

    fn decode(self) -> Result<StoredReceipt, Unreadable> {
        match serde_json::from_str(&self.json) {
            Ok(receipt) => Ok(StoredReceipt { number: self.number, receipt }),
            Err(error) => {
                #[derive(Deserialize)]
                struct Named {
                    id: String,
                }
                let id = serde_json::from_str(&self.json).map(|Named { id }| id);
                Err(Unreadable { id: id.unwrap_or_else(|_| format!("number {}", self.number)), error })
            }
        }
    }
}

/// Error for a receipt that this version cannot read. For example, a later version wrote a state that this version
/// does not know. `id` is the id of the receipt, or the number of its row if the id cannot be read.
struct Unreadable {
    id: String,
    error: serde_json::Error,
}

impl From<Unreadable> for SqliteError {
    fn from(Unreadable { id, error }: Unreadable) -> Self {
        let what = format!("the receipt {id} in the ledger cannot be read by this version of kie-ledger");
        LedgerError::new(what).with_source(error).into()
    }
}
