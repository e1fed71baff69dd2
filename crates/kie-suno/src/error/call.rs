//! Errors of calls that were refused, got no response, or got a response that cannot be read.

use std::{borrow::Cow, fmt, time::Duration};

use kie_ledger::ReceiptId;
use kie_types::{Refusal, RefusalKind, Route, Unreadable};

use super::about::About;

/// The service refused the call.
#[derive(Debug, thiserror::Error)]
#[error("{about}: {refusal}{}", gone(*other_route))]
pub struct ApiError {
    pub(crate) about: About,
    pub(crate) refusal: Refusal,
    /// The other route, if the path of the call is gone and the operation has a path on the other route.
    pub(crate) other_route: Option<Route>,
}

/// Returns the end of the message about a call whose path is gone.
fn gone(other_route: Option<Route>) -> String {
    let advice = |other: Route| {
        format!(
            "; the path is gone on the {} route: if nothing was charged, make the call on the {other} route",
            other.other()
        )
    };
    other_route.map(advice).unwrap_or_default()
}

impl ApiError {
    /// Creates a refusal of an operation such as `generate-music`, for tests of error handling.
    ///
    /// ```
    /// use kie_suno::{Error, errors::{ApiError, Refusal}};
    ///
    /// let error = Error::from(ApiError::new("generate-music", Refusal::new(200, Some(429), "credits insufficient", b"")));
    /// assert_eq!(error.operation(), Some("generate-music"));
    /// ```
    pub fn new(operation: impl Into<Cow<'static, str>>, refusal: Refusal) -> Self {
        Self { about: About::new(operation), refusal, other_route: None }
    }

    /// Sets the id of the task.
    #[must_use]
    pub fn with_task_id(mut self, id: impl Into<String>) -> Self {
        self.about = self.about.of_task(id);
        self
    }

    /// Sets the receipt of the call.
    #[must_use]
    pub fn with_receipt(mut self, receipt: ReceiptId) -> Self {
        self.about = self.about.with(receipt);
        self
    }

    /// Returns the code in the response, or the HTTP status if the response has no code of the service.
    pub fn code(&self) -> i64 {
        self.refusal.code()
    }

    /// Returns the kind of the refusal.
    pub fn kind(&self) -> RefusalKind {
        self.refusal.kind()
    }

    /// Returns the other route if the path of the call is gone, as after the service has switched a route off, and the
    /// operation can be called on the other route. The client never changes the route by itself.
    pub fn other_route(&self) -> Option<Route> {
        self.other_route
    }

    /// Returns the response: its HTTP status, code, message and the beginning of its body.
    pub fn refusal(&self) -> &Refusal {
        &self.refusal
    }
}

/// The call was not sent, or got no complete response.
#[derive(Debug)]
pub struct TransportError {
    pub(crate) about: About,
    pub(crate) source: kie_transport::Error,
}

impl TransportError {
    /// Creates the error of a call without a response, for an operation such as `get-music-details`. Meant for tests of
    /// error handling.
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

    /// Sets the id of the task.
    #[must_use]
    pub fn with_task_id(mut self, id: impl Into<String>) -> Self {
        self.about = self.about.of_task(id);
        self
    }

    /// Sets the receipt of the call.
    #[must_use]
    pub fn with_receipt(mut self, receipt: ReceiptId) -> Self {
        self.about = self.about.with(receipt);
        self
    }

    /// Returns the kind of the failure.
    pub fn kind(&self) -> kie_transport::ErrorKind {
        self.source.kind()
    }

    /// Returns the number of attempts; 0 if the call ended before the first one.
    pub fn attempts(&self) -> u32 {
        self.source.attempts()
    }

    /// Returns the duration of the call, including its time in the queue and the pauses between attempts. 0 if the call
    /// did not reach the transport.
    pub fn elapsed(&self) -> Duration {
        self.source.elapsed()
    }
}

impl fmt::Display for TransportError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.about, self.source)
    }
}

/// `Display` already prints the transport error, so `source` returns the cause of the transport error.
impl std::error::Error for TransportError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.source.source()
    }
}

/// The client could not parse the response to a call that only reads. Also the error of a finished task whose record
/// shows no result, and of an upload whose response has no link.
#[derive(Debug, thiserror::Error)]
#[error("{about}: {answer}")]
pub struct DecodeError {
    pub(crate) about: About,
    pub(crate) answer: Unreadable,
}

impl DecodeError {
    /// Creates the error of an unreadable response to an operation such as `get-music-details`, for tests of error
    /// handling.
    pub fn new(operation: impl Into<Cow<'static, str>>, answer: Unreadable) -> Self {
        Self { about: About::new(operation), answer }
    }

    /// Sets the id of the task.
    #[must_use]
    pub fn with_task_id(mut self, id: impl Into<String>) -> Self {
        self.about = self.about.of_task(id);
        self
    }

    /// Sets the receipt of the call that started the task.
    #[must_use]
    pub fn with_receipt(mut self, receipt: ReceiptId) -> Self {
        self.about = self.about.with(receipt);
        self
    }

    /// Returns the response, with its HTTP status and the beginning of its body.
    pub fn response(&self) -> &Unreadable {
        &self.answer
    }
}
