//! A receipt in a row of the database.

use kie_ledger::{LedgerError, Receipt, ReceiptId};
use tokio_postgres::Row;

use crate::error::Lasting;

/// A receipt of the ledger, with the version of its row. Each change makes the version greater by one.
#[derive(Debug, Clone)]
pub(crate) struct StoredReceipt {
    pub(crate) version: i64,
    pub(crate) receipt: Receipt,
}

impl StoredReceipt {
    /// Reads the columns `id`, `version` and `receipt`.
    pub(crate) fn read(row: &Row) -> Result<Self, Lasting> {
        let (id, version, json): (&str, i64, &str) = (row.try_get(0)?, row.try_get(1)?, row.try_get(2)?);
        Ok(Self::decode(id, version, json)?)
    }

    /// Reads the columns `known_version` and `known_receipt` of a function. Returns `None` if they are empty.
    pub(crate) fn known(row: &Row) -> Result<Option<Self>, Lasting> {
        let known: (Option<i64>, Option<&str>) = (row.try_get("known_version")?, row.try_get("known_receipt")?);
        let (Some(version), Some(json)) = known else { return Ok(None) };
        Ok(Some(Self::decode("of this call", version, json)?))
    }

    fn decode(id: &str, version: i64, json: &str) -> Result<Self, LedgerError> {
        let receipt = serde_json::from_str(json).map_err(|error| {
            let what = format!("the receipt {id} in the ledger cannot be read by this version of kie-ledger-postgres");
            LedgerError::new(what).with_source(error)
        })?;
        Ok(Self { version, receipt })
    }
}

/// Values of the columns of a receipt.
#[derive(Debug)]
pub(crate) struct Columns<'a> {
    pub(crate) id: String,
    pub(crate) name: Option<&'a [u8]>,
    pub(crate) task_id: Option<&'a [u8]>,
    pub(crate) is_finished: bool,
    pub(crate) json: String,
}

impl<'a> Columns<'a> {
    pub(crate) fn of(receipt: &'a Receipt) -> Result<Self, LedgerError> {
        let json = serde_json::to_string(receipt)
            .map_err(|error| LedgerError::new("a receipt cannot be written as JSON").with_source(error))?;
        Ok(Self {
            id: receipt.id.to_string(),
            name: receipt.name.as_deref().map(str::as_bytes),
            task_id: receipt.task_id.as_deref().map(str::as_bytes),
            is_finished: receipt.state.is_finished(),
            json,
        })
    }
}

/// Receipts of one answer of the database.
#[derive(Debug, Default)]
pub(crate) struct Page {
    pub(crate) receipts: Vec<Receipt>,
    /// Ids of the receipts that this version cannot read.
    pub(crate) unreadable: Vec<ReceiptId>,
    /// Number of the last row. `None` if there was no row.
    pub(crate) last: Option<i64>,
}

impl Page {
    /// Reads rows with the columns `id`, `version`, `receipt` and `number`. Leaves out the receipts that this version
    /// cannot read, with a warning in the log for each. A row with empty columns stands for no receipt.
    pub(crate) fn read(rows: &[Row]) -> Result<Self, Lasting> {
        let mut page = Self::default();
        for row in rows {
            let (Some(id), Some(number)) = (row.try_get::<_, Option<&str>>(0)?, row.try_get::<_, Option<i64>>(3)?)
            else {
                continue;
            };
            page.last = Some(number);
            match StoredReceipt::read(row) {
                Ok(stored) => page.receipts.push(stored.receipt),
                Err(Lasting(error)) => {
                    let error: &dyn std::error::Error = &error;
                    tracing::warn!(receipt = id, error, "a receipt cannot be read by this version");
                    page.unreadable.extend(id.parse::<ReceiptId>());
                }
            }
        }
        Ok(page)
    }
}
