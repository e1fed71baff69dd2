//! Decides which callbacks are accepted.

use std::{fmt, time::SystemTime};

use kie_suno::{
    callbacks::{
        AnyCallback, Verifier, WebhookKey,
        signature::{CallbackError, SIGNATURE_HEADER, TIMESTAMP_HEADER},
    },
    transport::http::{HeaderMap, StatusCode},
};
use serde::{Deserialize, Serialize};

/// The webhook keys, and the choice about callbacks without a signature.
#[derive(Debug)]
pub(super) struct Guard {
    /// `None` if there is no key.
    verifier: Option<Verifier>,
    allow_unsigned: bool,
}

/// A callback that was accepted.
#[derive(Debug)]
pub(super) struct Admitted {
    pub(super) is_verified: bool,
    pub(super) callback: AnyCallback,
}

/// Reason why a callback is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub(crate) enum Refusal {
    /// The request is not a `POST`.
    Method,
    /// The body is larger than 4 MiB.
    TooLarge,
    /// The body did not arrive completely within 10 seconds.
    Incomplete,
    /// The body is not a JSON object, or names no task.
    Unreadable,
    /// The signature is missing.
    Unsigned,
    /// The signature was not made with a webhook key.
    Forged,
    /// The time of the signature differs from now by more than 5 minutes.
    Stale,
}

impl Refusal {
    /// Returns the HTTP status of the response.
    pub(super) fn status(self) -> StatusCode {
        match self {
            Self::Method => StatusCode::METHOD_NOT_ALLOWED,
            Self::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::Incomplete => StatusCode::REQUEST_TIMEOUT,
            Self::Unreadable => StatusCode::BAD_REQUEST,
            Self::Unsigned | Self::Forged | Self::Stale => StatusCode::UNAUTHORIZED,
        }
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Method => "callbacks are POST requests",
            Self::TooLarge => "the body is larger than 4 MiB",
            Self::Incomplete => "the body did not arrive within 10 seconds",
            Self::Unreadable => "the body is not a JSON object with the id of a task",
            Self::Unsigned => "it has no signature",
            Self::Forged => "it is not signed with the webhook key",
            Self::Stale => "the time of its signature differs from now by more than 5 minutes",
        })
    }
}

impl Guard {
    /// Creates a guard that verifies callbacks with these keys. Without a key, it accepts every callback.
    pub(super) fn new(keys: &[String], allow_unsigned: bool) -> Self {
        let mut keys = keys.iter().map(WebhookKey::new);
        let verifier = keys.next().map(|first| keys.fold(Verifier::new(first), Verifier::or));
        Self { verifier, allow_unsigned }
    }

    /// Returns `true` if signatures are verified.
    pub(super) fn verifies(&self) -> bool {
        self.verifier.is_some()
    }

    /// Returns `true` if callbacks without a signature are accepted.
    pub(super) fn allows_unsigned(&self) -> bool {
        self.allow_unsigned || !self.verifies()
    }

    /// Reads a callback and verifies its signature.
    pub(super) fn admit(&self, headers: &HeaderMap, body: &[u8], now: SystemTime) -> Result<Admitted, Refusal> {
        let is_unsigned = [SIGNATURE_HEADER, TIMESTAMP_HEADER].iter().all(|name| !headers.contains_key(*name));
        let verifier = self.verifier.as_ref().filter(|_| !(is_unsigned && self.allow_unsigned));
        let Some(verifier) = verifier else {
            let callback = AnyCallback::parse(body).map_err(|_| Refusal::Unreadable)?;
            let has_task = callback.task_id().is_some();
            return has_task.then_some(Admitted { is_verified: false, callback }).ok_or(Refusal::Unreadable);
        };
        let header = |name: &str| headers.get(name)?.to_str().ok();
        let verified = verifier.verify_callback(header, body, now).map_err(|error| match error {
            CallbackError::NoHeader { .. } => Refusal::Unsigned,
            CallbackError::Unreadable(_) => Refusal::Unreadable,
            CallbackError::Stale { .. } => Refusal::Stale,
            _ => Refusal::Forged,
        })?;
        let callback = verified.unverified_claims().map_err(|_| Refusal::Unreadable)?;
        Ok(Admitted { is_verified: true, callback })
    }
}
