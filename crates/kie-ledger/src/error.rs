//! Error of a ledger that cannot be read or written.

use std::borrow::Cow;

/// Error of a ledger that cannot be read or written.
#[derive(Debug, thiserror::Error)]
#[error("{what}")]
pub struct LedgerError {
    what: Cow<'static, str>,
    source: Option<Box<dyn std::error::Error + Send + Sync>>,
}

impl LedgerError {
    /// Creates an error. `what` is a clause in lower case that says what went wrong.
    pub fn new(what: impl Into<Cow<'static, str>>) -> Self {
        Self { what: what.into(), source: None }
    }

    /// Adds the error that caused this error.
    #[must_use]
    pub fn with_source(mut self, source: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        self.source = Some(source.into());
        self
    }
}
