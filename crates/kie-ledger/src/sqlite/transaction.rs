//! The operations of a ledger, within one transaction.

use std::time::{Duration, SystemTime};

use rusqlite::{Connection, OptionalExtension, ToSql, named_params};

use super::{
    error::SqliteError,
    moments::{self, nanos},
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
        let named = receipt.name.as_deref().map(|name| self.find(ReceiptKey::Name(name))).transpose()?.flatten();
        let known = match named {
            Some(known) => Some(known),
            None => self.find(ReceiptKey::Id(receipt.id))?,
        };
        if known.is_none() {
            let json = serde_json::to_string(receipt)?;
            self.sql.execute("INSERT INTO receipts (receipt) VALUES (:receipt)", named_params! { ":receipt": json })?;
        }
        Ok(known)
    }

    pub(super) fn acquire_send(&self, id: ReceiptId, most: usize, span: Duration) -> Result<SendPermit, SqliteError> {
        let mut receipt = self.known(id)?;
        let Some(number) = receipt.acquire_send(self.now) else { return Ok(SendPermit::Denied) };
        if let Some(wait) = moments::acquire_send(self.sql, most, span, self.now)? {
            return Ok(SendPermit::RetryIn(wait));
        }
        self.replace(&receipt)?;
        Ok(SendPermit::Granted(number))
    }

    pub(super) fn update(&self, id: ReceiptId, update: &ReceiptUpdate) -> Result<(), SqliteError> {
        let mut receipt = self.known(id)?;
        if receipt.apply(update, self.now) {
            self.replace(&receipt)?;
        }
        Ok(())
    }

    pub(super) fn receive(&self, callback: &CallbackRecord) -> Result<bool, SqliteError> {
        let CallbackRecord { task_id, kind, digest, .. } = callback;
        let is_new = self.sql.execute(
            "INSERT OR IGNORE INTO arrivals (task_id, kind, digest, at) VALUES (:task_id, :kind, :digest, :now)",
            named_params! { ":task_id": task_id, ":kind": kind, ":digest": digest, ":now": nanos(self.now) },
        )? > 0;
        if let Some(id) = callback.receipt.filter(|_| is_new)
            && self.find(ReceiptKey::Id(id))?.is_some()
        {
            self.update(id, &ReceiptUpdate::Named { task_id: task_id.clone() })?;
        }
        Ok(is_new)
    }

    pub(super) fn find(&self, key: ReceiptKey<'_>) -> Result<Option<Receipt>, SqliteError> {
        match key {
            ReceiptKey::Id(id) => self.first("id = ?1", &id.to_string()),
            ReceiptKey::Name(name) => self.first("name = ?1", &name),
            ReceiptKey::Task(task) => self.first("task_id = ?1", &task),
        }
    }

    pub(super) fn unfinished(&self) -> Result<Vec<Receipt>, SqliteError> {
        let mut query = self.sql.prepare("SELECT receipt FROM receipts WHERE NOT is_finished ORDER BY number")?;
        let receipts = query.query_map((), |row| row.get::<_, String>(0))?;
        receipts.map(|json| Ok(serde_json::from_str(&json?)?)).collect()
    }

    pub(super) fn claim(&self, id: ReceiptId, holder: &str, lease: Duration) -> Result<Option<Receipt>, SqliteError> {
        let receipt = self.known(id)?;
        let claimed = moments::claim(self.sql, &id.to_string(), holder, lease, self.now)?;
        Ok(claimed.then_some(receipt))
    }

    pub(super) fn release(&self, id: ReceiptId, holder: &str) -> Result<(), SqliteError> {
        self.sql.execute(
            "DELETE FROM claims WHERE receipt = :receipt AND holder = :holder",
            named_params! { ":receipt": id.to_string(), ":holder": holder },
        )?;
        Ok(())
    }

    fn known(&self, id: ReceiptId) -> Result<Receipt, SqliteError> {
        self.find(ReceiptKey::Id(id))?.ok_or_else(|| LedgerError::new(format!("there is no receipt {id}")).into())
    }

    fn first(&self, condition: &str, value: &dyn ToSql) -> Result<Option<Receipt>, SqliteError> {
        let query = format!("SELECT receipt FROM receipts WHERE {condition} ORDER BY number LIMIT 1");
        let json = self.sql.query_row(&query, [value], |row| row.get::<_, String>(0)).optional()?;
        Ok(json.map(|json| serde_json::from_str(&json)).transpose()?)
    }

    fn replace(&self, receipt: &Receipt) -> Result<(), SqliteError> {
        self.sql.execute(
            "UPDATE receipts SET receipt = :receipt WHERE id = :id",
            named_params! { ":receipt": serde_json::to_string(receipt)?, ":id": receipt.id.to_string() },
        )?;
        Ok(())
    }
}
