//! The operations of a ledger, within one transaction.

use std::time::{Duration, SystemTime};

use rusqlite::{Connection, named_params};
use serde::Deserialize;

use super::{
    error::SqliteError,
    moments::{self, nanos},
    statements::{
        RECEIPT_BY_ID, RECEIPT_BY_NAME, RECEIPT_BY_TASK, RELEASE_CLAIM, REPLACE_RECEIPT, UNFINISHED_RECEIPTS,
        WRITE_CALLBACK, WRITE_RECEIPT,
    },
};
use crate::{
    error::LedgerError,
    ledger::{CallbackRecord, ReceiptKey, SendPermit},
    receipts::{Receipt, ReceiptId, ReceiptUpdate},
};

/// The ledger during one transaction.
pub(super) struct Transaction<'a> {
    sql: &'a Connection,
    now: SystemTime,
}

impl<'a> Transaction<'a> {
    pub(super) fn new(sql: &'a Connection, now: SystemTime) -> Self {
        Self { sql, now }
    }

    pub(super) fn write(&self, receipt: &Receipt) -> Result<Option<Receipt>, SqliteError> {
        if WRITE_RECEIPT.run(self.sql, [serde_json::to_string(receipt)?])? > 0 {
            return Ok(None);
        }
        let named = receipt.name.as_deref().map(|name| self.find(ReceiptKey::Name(name))).transpose()?.flatten();
        match named {
            Some(known) => Ok(Some(known)),
            None => self.find(ReceiptKey::Id(receipt.id)),
        }
    }

    pub(super) fn acquire_send(&self, id: ReceiptId, most: usize, span: Duration) -> Result<SendPermit, SqliteError> {
        let mut kept = self.known(id)?;
        let Some(number) = kept.receipt.acquire_send(self.now) else { return Ok(SendPermit::Denied) };
        if let Some(wait) = moments::acquire_send(self.sql, most, span, self.now)? {
            return Ok(SendPermit::RetryIn(wait));
        }
        self.replace(&kept)?;
        Ok(SendPermit::Granted(number))
    }

    pub(super) fn update(&self, id: ReceiptId, update: &ReceiptUpdate) -> Result<(), SqliteError> {
        self.apply(self.known(id)?, update)
    }

    pub(super) fn receive(&self, callback: &CallbackRecord) -> Result<bool, SqliteError> {
        let CallbackRecord { task_id, kind, digest, .. } = callback;
        let now = nanos(self.now);
        let values = named_params! { ":task_id": task_id, ":kind": kind, ":digest": digest, ":now": now };
        let is_new = WRITE_CALLBACK.run(self.sql, values)? > 0;
        if let Some(id) = callback.receipt.filter(|_| is_new)
            && let Some(kept) = self.kept(ReceiptKey::Id(id))?
        {
            self.apply(kept, &ReceiptUpdate::Named { task_id: task_id.clone() })?;
        }
        Ok(is_new)
    }

    pub(super) fn find(&self, key: ReceiptKey<'_>) -> Result<Option<Receipt>, SqliteError> {
        Ok(self.kept(key)?.map(|kept| kept.receipt))
    }

    /// Returns the unfinished receipts, and of those that this version cannot read the ids.
    pub(super) fn unfinished(&self) -> Result<(Vec<Receipt>, Vec<ReceiptId>), SqliteError> {
        let (mut receipts, mut unreadable) = (Vec::new(), Vec::new());
        for row in UNFINISHED_RECEIPTS.all(self.sql, [0], Row::read)? {
            match row.open() {
                Ok(kept) => receipts.push(kept.receipt),
                Err(unread) => {
                    tracing::warn!(receipt = unread.id, error = %unread.error, "a receipt cannot be read by this version");
                    unreadable.extend(unread.id.parse::<ReceiptId>());
                }
            }
        }
        Ok((receipts, unreadable))
    }

    pub(super) fn claim(&self, id: ReceiptId, holder: &str, lease: Duration) -> Result<Option<Receipt>, SqliteError> {
        let receipt = self.known(id)?.receipt;
        let claimed = moments::claim(self.sql, &id.to_string(), holder, lease, self.now)?;
        Ok(claimed.then_some(receipt))
    }

    pub(super) fn release(&self, id: ReceiptId, holder: &str) -> Result<(), SqliteError> {
        RELEASE_CLAIM.run(self.sql, named_params! { ":receipt": id.to_string(), ":holder": holder })?;
        Ok(())
    }

    fn known(&self, id: ReceiptId) -> Result<Kept, SqliteError> {
        self.kept(ReceiptKey::Id(id))?.ok_or_else(|| LedgerError::new(format!("there is no receipt {id}")).into())
    }

    fn kept(&self, key: ReceiptKey<'_>) -> Result<Option<Kept>, SqliteError> {
        let row = match key {
            ReceiptKey::Id(id) => RECEIPT_BY_ID.first(self.sql, [id.to_string()], Row::read),
            ReceiptKey::Name(name) => RECEIPT_BY_NAME.first(self.sql, [name], Row::read),
            ReceiptKey::Task(task) => RECEIPT_BY_TASK.first(self.sql, [task], Row::read),
        }?;
        Ok(row.map(Row::open).transpose()?)
    }

    fn apply(&self, mut kept: Kept, update: &ReceiptUpdate) -> Result<(), SqliteError> {
        if kept.receipt.apply(update, self.now) {
            self.replace(&kept)?;
        }
        Ok(())
    }

    fn replace(&self, kept: &Kept) -> Result<(), SqliteError> {
        REPLACE_RECEIPT.run(self.sql, (serde_json::to_string(&kept.receipt)?, kept.number))?;
        Ok(())
    }
}

/// A receipt with the number of its row.
struct Kept {
    number: i64,
    receipt: Receipt,
}

/// A receipt as it stands in the file.
struct Row {
    number: i64,
    json: String,
}

impl Row {
    fn read(row: &rusqlite::Row<'_>) -> rusqlite::Result<Self> {
        Ok(Self { number: row.get(0)?, json: row.get(1)? })
    }

    fn open(self) -> Result<Kept, Unreadable> {
        match serde_json::from_str(&self.json) {
            Ok(receipt) => Ok(Kept { number: self.number, receipt }),
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

/// A receipt that this version cannot read, such as one in a state that a later version knows.
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
