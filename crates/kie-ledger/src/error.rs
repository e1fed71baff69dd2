//! Error of a ledger.

use std::borrow::Cow;

/// Error of a ledger that cannot be read or written.
#[derive(Debug, thiserror::Error)]
#[error("{what}")]
pub struct LedgerError {
    what: Cow<'static, str>,
    source: Option<Box<dyn std::error::Error + Send + Sync>>,
}

impl LedgerError {
    /// Returns an error. `what` states in a lower-case clause what went wrong.
    pub fn new(what: impl Into<Cow<'static, str>>) -> Self {
        Self { what: what.into(), source: None }
    }

    /// Adds the cause.
    #[must_use]
    pub fn with_source(mut self, source: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        self.source = Some(source.into());
        self
    }
}
