//! Calls that were refused, got no answer, or got one that cannot be read.

use std::fmt;

use kie_types::{ErrorKind, Refusal, Unreadable};

use super::about::About;

/// The service said no.
#[derive(Debug, thiserror::Error)]
#[error("{about}: {refusal}")]
pub struct ApiError {
    pub(crate) about: About,
    pub(crate) refusal: Refusal,
}

impl ApiError {
    /// The service's code; the HTTP status where the answer was not one of the service's.
    pub fn code(&self) -> i64 {
        self.refusal.code()
    }

    /// What kind of refusal it is.
    pub fn kind(&self) -> ErrorKind {
        self.refusal.kind()
    }

    /// The whole answer: HTTP status, code, message and body.
    pub fn refusal(&self) -> &Refusal {
        &self.refusal
    }
}

/// There was no answer, or nothing could be sent at all.
#[derive(Debug)]
pub struct TransportError {
    pub(crate) about: About,
    pub(crate) source: kie_transport::Error,
}

impl TransportError {
    /// How the call failed.
    pub fn kind(&self) -> kie_transport::ErrorKind {
        self.source.kind()
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
    /// The answer, with its HTTP status and the beginning of its body.
    pub fn answer(&self) -> &Unreadable {
        &self.answer
    }
}
