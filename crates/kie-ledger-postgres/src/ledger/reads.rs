//! Reading receipts.

use kie_ledger::{LedgerError, Receipt, ReceiptId, ReceiptKey};
use tokio_postgres::{Row, types::Type};

use super::postgres_ledger::PostgresLedger;
use crate::{
    database::Operation,
    error::Lasting,
    receipts::{Page, StoredReceipt},
};

/// Number of receipts that one statement reads when all receipts are read.
const SCANNED: i64 = 1_000;

impl PostgresLedger {
    /// Reads a receipt from the database, and remembers it.
    pub(super) async fn stored(
        &self,
        operation: &mut Operation<'_>,
        key: ReceiptKey<'_>,
    ) -> Result<Option<StoredReceipt>, Lasting> {
        let statements = &self.database.statements;
        let rows = match key {
            ReceiptKey::Id(id) => operation.rows(&statements.receipt_by_id, &[(&id.to_string(), Type::TEXT)]).await?,
            ReceiptKey::Name(name) => {
                operation.rows(&statements.receipt_by_name, &[(&name.as_bytes(), Type::BYTEA)]).await?
            }
            ReceiptKey::Task(task) => {
                operation.rows(&statements.receipt_by_task, &[(&task.as_bytes(), Type::BYTEA)]).await?
            }
        };
        let stored = rows.first().map(StoredReceipt::read).transpose()?;
        if let Some(StoredReceipt { version, receipt }) = &stored {
            self.known.keep(*version, receipt.clone());
        }
        Ok(stored)
    }

    pub(super) async fn unfinished_page(&self, after: Option<ReceiptId>, most: usize) -> Result<Vec<Receipt>, Lasting> {
        let statements = &self.database.statements;
        let by_id = after.map(|id| (&*statements.unfinished_after, id));
        self.page(by_id, (&statements.unfinished, 0), most).await
    }

    pub(super) async fn recent_page(&self, before: Option<ReceiptId>, most: usize) -> Result<Vec<Receipt>, Lasting> {
        let statements = &self.database.statements;
        let by_id = before.map(|id| (&*statements.recent_before, id));
        self.page(by_id, (&statements.recent, i64::MAX), most).await
    }

    /// Returns a page of at most `most` receipts. `by_id` is the statement that continues after a receipt, and `by_number`
    /// the one that continues after a row. A receipt that this version cannot read does not count towards `most`, so
    /// another statement reads more rows in its place.
    async fn page(
        &self,
        by_id: Option<(&str, ReceiptId)>,
        (by_number, start): (&str, i64),
        most: usize,
    ) -> Result<Vec<Receipt>, Lasting> {
        let mut operation = self.database.operation();
        let limit = |most: usize| i64::try_from(most).unwrap_or(i64::MAX);
        let mut rows: Vec<Row> = match by_id {
            Some((sql, id)) => {
                let rows = operation.rows(sql, &[(&id.to_string(), Type::TEXT), (&limit(most), Type::INT8)]).await?;
                if rows.is_empty() {
                    return Err(missing(id).into());
                }
                rows
            }
            None => operation.rows(by_number, &[(&start, Type::INT8), (&limit(most), Type::INT8)]).await?,
        };
        let mut receipts = Vec::new();
        loop {
            let page = Page::read(&rows)?;
            receipts.extend(page.receipts);
            let left = most.saturating_sub(receipts.len());
            let Some(last) = page.last.filter(|_| left > 0 && !page.unreadable.is_empty()) else { break };
            rows = operation.rows(by_number, &[(&last, Type::INT8), (&limit(left), Type::INT8)]).await?;
        }
        Ok(receipts)
    }

    pub(super) async fn unreadable_ids(&self) -> Result<Vec<ReceiptId>, Lasting> {
        let statements = &self.database.statements;
        let values: [(&(dyn tokio_postgres::types::ToSql + Sync), Type); 2] =
            [(&0_i64, Type::INT8), (&i64::MAX, Type::INT8)];
        let rows = self.database.operation().rows(&statements.unfinished, &values).await?;
        Ok(Page::read(&rows)?.unreadable)
    }

    /// Reads all receipts, page by page. Each page is an operation with a time limit of its own.
    pub(super) async fn all_unreadable_ids(&self) -> Result<Vec<ReceiptId>, Lasting> {
        let (mut unreadable, mut before) = (Vec::new(), i64::MAX);
        loop {
            let values: [(&(dyn tokio_postgres::types::ToSql + Sync), Type); 2] =
                [(&before, Type::INT8), (&SCANNED, Type::INT8)];
            let rows = self.database.operation().rows(&self.database.statements.recent, &values).await?;
            let page = Page::read(&rows)?;
            unreadable.extend(page.unreadable);
            let Some(last) = page.last else { return Ok(unreadable) };
            before = last;
        }
    }
}

/// Returns the error for a receipt that the ledger does not have.
pub(super) fn missing(id: ReceiptId) -> LedgerError {
    LedgerError::new(format!("there is no receipt {id}"))
}
