//! Calls that were refused, got no answer, or got one that cannot be read.

use std::{borrow::Cow, fmt, time::Duration};

use kie_ledger::ReceiptId;
use kie_types::{Refusal, RefusalKind, Unreadable};

use super::about::About;

/// The service said no.
#[derive(Debug, thiserror::Error)]
#[error("{about}: {refusal}")]
pub struct ApiError {
    pub(crate) about: About,
    pub(crate) refusal: Refusal,
}

impl ApiError {
    /// A refusal of an operation such as `generate-music`, for a test of whoever handles it.
    ///
    /// ```
    /// use kie_suno::{Error, errors::{ApiError, Refusal}};
    ///
    /// let error = Error::from(ApiError::new("generate-music", Refusal::new(200, Some(429), "credits insufficient", b"")));
    /// assert_eq!(error.operation(), Some("generate-music"));
    /// ```
    pub fn new(operation: impl Into<Cow<'static, str>>, refusal: Refusal) -> Self {
        Self { about: About::new(operation), refusal }
    }

    /// The same of the task with this id.
    #[must_use]
    pub fn with_task_id(mut self, id: impl Into<String>) -> Self {
        self.about = self.about.of_task(id);
        self
    }

    /// The same of the call with this receipt.
    #[must_use]
    pub fn with_receipt(mut self, receipt: ReceiptId) -> Self {
        self.about = self.about.with(receipt);
        self
    }

    /// The service's code; the HTTP status where the answer was not one of the service's.
    pub fn code(&self) -> i64 {
        self.refusal.code()
    }

    /// What kind of refusal it is.
    pub fn kind(&self) -> RefusalKind {
        self.refusal.kind()
    }

    /// The whole answer: HTTP status, code, message and body.
    pub fn refusal(&self) -> &Refusal {
        &self.refusal
    }
}

/// There was no answer.
#[derive(Debug)]
pub struct TransportError {
    pub(crate) about: About,
    pub(crate) source: kie_transport::Error,
}

impl TransportError {
    /// A failed call of an operation such as `get-music-details`, for a test of whoever handles it.
    ///
    /// ```
    /// use kie_suno::{Charged, Error, errors::TransportError, transport};
    ///
    /// let lost = transport::Error::new(transport::ErrorKind::Connect, "there is no connection to the host");
    /// let error = Error::from(TransportError::new("generate-music", lost));
    /// assert_eq!(error.charged(), Charged::No);
    /// ```
    pub fn new(operation: impl Into<Cow<'static, str>>, source: kie_transport::Error) -> Self {
        Self { about: About::new(operation), source }
    }

    /// The same of the task with this id.
    #[must_use]
    pub fn with_task_id(mut self, id: impl Into<String>) -> Self {
        self.about = self.about.of_task(id);
        self
    }

    /// The same of the call with this receipt.
    #[must_use]
    pub fn with_receipt(mut self, receipt: ReceiptId) -> Self {
        self.about = self.about.with(receipt);
        self
    }

    /// How the call failed.
    pub fn kind(&self) -> kie_transport::ErrorKind {
        self.source.kind()
    }

    /// How often the call was tried; 0 if its turn to be sent never came.
    pub fn attempts(&self) -> u32 {
        self.source.attempts()
    }

    /// How long the call took in all, with its wait in line and the pauses between its attempts.
    pub fn elapsed(&self) -> Duration {
        self.source.elapsed()
    }
}

impl fmt::Display for TransportError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.about, self.source)
    }
}

/// The transport's own error has been said already, so the cause is what lies behind it.
impl std::error::Error for TransportError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.source.source()
    }
}

/// An answer to a harmless call could not be read.
#[derive(Debug, thiserror::Error)]
#[error("{about}: {answer}")]
pub struct DecodeError {
    pub(crate) about: About,
    pub(crate) answer: Unreadable,
}

impl DecodeError {
    /// An unreadable answer to an operation such as `get-music-details`, for a test of whoever handles it.
    pub fn new(operation: impl Into<Cow<'static, str>>, answer: Unreadable) -> Self {
        Self { about: About::new(operation), answer }
    }

    /// The same of the task with this id.
    #[must_use]
    pub fn with_task_id(mut self, id: impl Into<String>) -> Self {
        self.about = self.about.of_task(id);
        self
    }

    /// The answer, with its HTTP status and the beginning of its body.
    pub fn answer(&self) -> &Unreadable {
        &self.answer
    }
}
