//! Errors of SQLite, in plain words.

use rusqlite::{Error, ErrorCode};

use crate::error::LedgerError;

/// A [`LedgerError`] into which other errors can be converted by `?`.
#[derive(Debug)]
pub(super) struct SqliteError(LedgerError);

impl SqliteError {
    pub(super) fn into_error(self) -> LedgerError {
        self.0
    }
}

impl From<LedgerError> for SqliteError {
    fn from(error: LedgerError) -> Self {
        Self(error)
    }
}

impl From<Error> for SqliteError {
    fn from(error: Error) -> Self {
        let what = match error.sqlite_error_code() {
            Some(ErrorCode::DiskFull) => "the disk is full, and the ledger cannot be written",
            Some(ErrorCode::ReadOnly) => "the ledger is read-only",
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => "another process keeps the ledger locked",
            Some(ErrorCode::CannotOpen | ErrorCode::PermissionDenied) => "the ledger cannot be opened",
            Some(ErrorCode::NotADatabase) => "the file is not a ledger",
            Some(ErrorCode::DatabaseCorrupt) => "the ledger is damaged",
            _ => "the ledger cannot be read or written",
        };
        Self(LedgerError::new(what).with_source(error))
    }
}

impl From<serde_json::Error> for SqliteError {
    fn from(error: serde_json::Error) -> Self {
        Self(LedgerError::new("a receipt in the ledger cannot be read").with_source(error))
    }
}
