//! Converts errors of SQLite into [`LedgerError`]s with plain texts.

use rusqlite::{Error, ErrorCode};

use crate::error::LedgerError;

/// A [`LedgerError`] into which `?` converts errors of SQLite and of JSON.
#[derive(Debug)]
pub(super) struct SqliteError(LedgerError);

impl SqliteError {
    pub(super) fn into_error(self) -> LedgerError {
        self.0
    }

    /// Returns the error of SQLite that caused this error. Returns `None` if the cause is not an error of SQLite.
    pub(super) fn cause(&self) -> Option<&Error> {
        std::error::Error::source(&self.0)?.downcast_ref()
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
        Self(LedgerError::new("a receipt cannot be written as JSON").with_source(error))
    }
}
