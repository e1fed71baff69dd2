//! Changes of receipts. The new receipt is computed here, and the database writes it if the receipt still has the version
//! from which it was computed. Otherwise the database returns the newer receipt, and the change is computed again.

use std::time::Duration;

use kie_ledger::{
    CallbackRecord, MAX_BODY_BYTES, Receipt, ReceiptId, ReceiptKey, ReceiptState, ReceiptUpdate, SendId, SendPermit,
};
use tokio_postgres::{
    Row,
    types::{ToSql, Type},
};

use super::{
    postgres_ledger::{PostgresLedger, micros},
    reads::missing,
};
use crate::{
    database::Operation,
    error::Lasting,
    receipts::{Columns, StoredReceipt},
};

/// The receipt from which a change is computed.
struct Base {
    stored: StoredReceipt,
    /// `true` if the database has returned the receipt in this operation. `false` if it may be out of date.
    is_fresh: bool,
}

impl PostgresLedger {
    pub(super) async fn write_receipt(&self, receipt: &Receipt) -> Result<Option<Receipt>, Lasting> {
        let mut operation = self.database.operation();
        let columns = Columns::of(receipt)?;
        let rows = operation.rows(&self.database.statements.write_receipt, &values(&columns, &[])).await?;
        self.retention.count(&self.database);
        let known = rows.first().map(StoredReceipt::known).transpose()?.flatten();
        match known {
            None => {
                self.known.keep(1, receipt.clone());
                Ok(None)
            }
            // An attempt whose outcome was not known has written the receipt.
            Some(known) if operation.may_have_run && known.receipt.id == receipt.id => {
                self.known.keep(known.version, known.receipt);
                Ok(None)
            }
            Some(known) => {
                self.known.keep(known.version, known.receipt.clone());
                Ok(Some(known.receipt))
            }
        }
    }

    pub(super) async fn update_receipt(&self, id: ReceiptId, update: &ReceiptUpdate) -> Result<(), Lasting> {
        let mut operation = self.database.operation();
        let mut base = self.base(&mut operation, id).await?;
        loop {
            let mut receipt = base.stored.receipt.clone();
            if !receipt.apply(update, self.database.clock().now()) {
                if base.is_fresh {
                    return Ok(());
                }
                base = self.fresh(&mut operation, id).await?;
                continue;
            }
            let columns = Columns::of(&receipt)?;
            let version: (&(dyn ToSql + Sync), Type) = (&base.stored.version, Type::INT8);
            let row = operation.row(&self.database.statements.update_receipt, &values(&columns, &[version])).await?;
            match self.outcome(id, &row)? {
                None => {
                    self.known.keep(base.stored.version + 1, receipt);
                    self.retention.count(&self.database);
                    return Ok(());
                }
                Some(newer) => base = newer,
            }
        }
    }

    pub(super) async fn acquire(
        &self,
        id: ReceiptId,
        send: SendId,
        most: usize,
        span: Duration,
    ) -> Result<SendPermit, Lasting> {
        let most = i64::try_from(most).unwrap_or(i64::MAX);
        let span = micros(span);
        let mut operation = self.database.operation();
        let mut base = self.base(&mut operation, id).await?;
        loop {
            let mut receipt = base.stored.receipt.clone();
            // An attempt whose outcome was not known has recorded this send, perhaps long ago. So the send takes another
            // place in the rate limit.
            let is_recorded =
                operation.may_have_run && receipt.state == ReceiptState::Sent && receipt.last_send == Some(send);
            if !is_recorded && !receipt.acquire_send(send, self.database.clock().now()) {
                if base.is_fresh {
                    return Ok(SendPermit::Denied);
                }
                base = self.fresh(&mut operation, id).await?;
                continue;
            }
            let columns = Columns::of(&receipt)?;
            let more: [(&(dyn ToSql + Sync), Type); 3] =
                [(&base.stored.version, Type::INT8), (&most, Type::INT8), (&span, Type::INT8)];
            let row = operation.row(&self.database.statements.acquire_send, &values(&columns, &more)).await?;
            if let Some(wait) = row.try_get::<_, Option<i64>>("retry_in")? {
                let wait = Duration::from_micros(wait.unsigned_abs());
                if !is_recorded {
                    return Ok(SendPermit::RetryIn(wait));
                }
                operation.pause(wait).await?;
                continue;
            }
            match self.outcome(id, &row)? {
                None => {
                    self.known.keep(base.stored.version + 1, receipt);
                    return Ok(SendPermit::Granted);
                }
                Some(newer) => base = newer,
            }
        }
    }

    pub(super) async fn receive_callback(&self, callback: &CallbackRecord) -> Result<bool, Lasting> {
        let mut operation = self.database.operation();
        let named = ReceiptUpdate::Named { task_id: callback.task_id.clone() };
        let body = callback.body.as_deref().filter(|body| body.len() <= MAX_BODY_BYTES);
        let id = callback.receipt.map(|id| id.to_string());
        let mut stored = match callback.receipt {
            Some(id) => self.stored(&mut operation, ReceiptKey::Id(id)).await?,
            None => None,
        };
        loop {
            let changed = stored.take().and_then(|mut stored| {
                let changes = stored.receipt.apply(&named, self.database.clock().now());
                changes.then_some(stored)
            });
            let columns = changed.as_ref().map(|changed| Columns::of(&changed.receipt)).transpose()?;
            let columns = columns.as_ref();
            let values: [(&(dyn ToSql + Sync), Type); 10] = [
                (&callback.task_id.as_bytes(), Type::BYTEA),
                (&callback.kind.as_bytes(), Type::BYTEA),
                (&callback.digest.as_slice(), Type::BYTEA),
                (&body, Type::BYTEA),
                (&id, Type::TEXT),
                (&changed.as_ref().map(|changed| changed.version), Type::INT8),
                (&columns.and_then(|columns| columns.name), Type::BYTEA),
                (&columns.and_then(|columns| columns.task_id), Type::BYTEA),
                (&columns.map(|columns| columns.is_finished), Type::BOOL),
                (&columns.map(|columns| columns.json.as_str()), Type::TEXT),
            ];
            let row = operation.row(&self.database.statements.receive_callback, &values).await?;
            if row.try_get("is_done")? {
                if let Some(StoredReceipt { version, receipt }) = changed {
                    self.known.keep(version + 1, receipt);
                }
                self.retention.count(&self.database);
                // An attempt whose outcome was not known may have recorded the callback.
                return Ok(row.try_get("is_new")? || operation.may_have_run);
            }
            stored = StoredReceipt::known(&row)?;
        }
    }

    /// Returns the receipt as this process knows it. Reads it if it is not known.
    async fn base(&self, operation: &mut Operation<'_>, id: ReceiptId) -> Result<Base, Lasting> {
        match self.known.get(id) {
            Some(stored) => Ok(Base { stored, is_fresh: false }),
            None => self.fresh(operation, id).await,
        }
    }

    async fn fresh(&self, operation: &mut Operation<'_>, id: ReceiptId) -> Result<Base, Lasting> {
        let stored = self.stored(operation, ReceiptKey::Id(id)).await?;
        Ok(Base { stored: stored.ok_or_else(|| missing(id))?, is_fresh: true })
    }

    /// Returns `None` if the database has made the change, and otherwise the newer receipt. Fails if there is no such
    /// receipt.
    fn outcome(&self, id: ReceiptId, row: &Row) -> Result<Option<Base>, Lasting> {
        if row.try_get("is_done")? {
            return Ok(None);
        }
        let stored = StoredReceipt::known(row)?.ok_or_else(|| missing(id))?;
        self.known.keep(stored.version, stored.receipt.clone());
        Ok(Some(Base { stored, is_fresh: true }))
    }
}

/// Returns the values of a statement that writes a receipt: the id, the first of `more`, the other columns, and the rest of
/// `more`.
fn values<'a>(
    columns: &'a Columns<'_>,
    more: &[(&'a (dyn ToSql + Sync), Type)],
) -> Vec<(&'a (dyn ToSql + Sync), Type)> {
    let mut values: Vec<(&'a (dyn ToSql + Sync), Type)> = vec![(&columns.id, Type::TEXT)];
    values.extend(more.first().cloned());
    values.extend::<[(&'a (dyn ToSql + Sync), Type); 4]>([
        (&columns.name, Type::BYTEA),
        (&columns.task_id, Type::BYTEA),
        (&columns.is_finished, Type::BOOL),
        (&columns.json, Type::TEXT),
    ]);
    values.extend(more.iter().skip(1).cloned());
    values
}
