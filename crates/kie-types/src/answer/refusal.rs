//! What the service says when it says no, and answers that cannot be read.

use std::fmt;

use super::refusal_kind::{Charged, RefusalKind};
use crate::text::{describe_body, excerpt, truncate};

/// An answer whose code is not 200: the service said no.
///
/// The HTTP status is 200 for most of them; [`code`](Self::code) is the one that counts.
#[derive(Clone, PartialEq, Eq)]
pub struct Refusal {
    http_status: u16,
    code: Option<i64>,
    message: String,
    body: String,
    /// What the body is, where it is not the service's own.
    body_kind: Option<String>,
    kind: RefusalKind,
    task_id: Option<String>,
}

impl Refusal {
    /// What was answered: the HTTP status, and of the body its `code`, its `msg` and the whole.
    pub fn new(http_status: u16, code: Option<i64>, message: impl Into<String>, body: &[u8]) -> Self {
        let message = message.into();
        let kind = match code {
            Some(code) => RefusalKind::of_code(code, &message),
            None => RefusalKind::of_http_status(http_status),
        };
        let body_kind = if code.is_none() { describe_body(body) } else { None };
        Self { http_status, code, message, body: truncate(body), body_kind, kind, task_id: None }
    }

    /// The same, with the id of a task that the answer names all the same.
    pub(crate) fn of_task(mut self, task_id: Option<String>) -> Self {
        self.task_id = task_id;
        self
    }

    /// The same, where a page gives the code a meaning of its own.
    pub(crate) fn of_kind(mut self, kind: RefusalKind) -> Self {
        self.kind = kind;
        self
    }

    /// The body's code, or the HTTP status where the body has none.
    pub fn code(&self) -> i64 {
        self.code.unwrap_or_else(|| i64::from(self.http_status))
    }

    /// The HTTP status.
    pub fn http_status(&self) -> u16 {
        self.http_status
    }

    /// Whether the answer was the service's own envelope, and not the page of something in between.
    pub fn has_envelope(&self) -> bool {
        self.code.is_some()
    }

    /// The service's explanation: human text, sometimes Chinese, not stable. Empty where there was none.
    pub fn message(&self) -> &str {
        &self.message
    }

    /// The body as it came, its first 16 KiB.
    pub fn body(&self) -> &str {
        &self.body
    }

    /// The task that the answer names although it refuses: one that exists already, or that was started after all.
    pub fn task_id(&self) -> Option<&str> {
        self.task_id.as_deref()
    }

    /// What kind of refusal it is.
    pub fn kind(&self) -> RefusalKind {
        self.kind
    }

    /// Whether a request that was refused like this was charged.
    pub fn charged(&self) -> Charged {
        match self.kind() {
            RefusalKind::TaskFailed if self.code() == 531 => Charged::Refunded,
            RefusalKind::TaskFailed | RefusalKind::Server | RefusalKind::Unknown => Charged::Unknown,
            // What exists already was paid for when it was made.
            RefusalKind::Conflict if self.has_envelope() => Charged::No,
            _ if self.task_id.is_some() => Charged::Unknown,
            RefusalKind::RateLimited => Charged::No,
            _ if self.has_envelope() => Charged::No,
            _ => Charged::Unknown,
        }
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the service refused with code {}", self.code())?;
        if !self.message.is_empty() {
            write!(f, ": {}", excerpt(&self.message))?;
        } else if !self.has_envelope() {
            let body_kind = self.body_kind.as_deref().unwrap_or("not one of the service's");
            write!(f, " (HTTP status; the answer is {body_kind})")?;
        }
        Ok(())
    }
}

impl fmt::Debug for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Refusal")
            .field("http_status", &self.http_status)
            .field("code", &self.code)
            .field("message", &excerpt(&self.message))
            .field("body", &format_args!("{} bytes", self.body.len()))
            .finish()
    }
}

impl std::error::Error for Refusal {}

/// An answer that claims success but does not hold what was asked for.
#[derive(Clone, PartialEq, Eq)]
pub struct Unreadable {
    http_status: u16,
    reason: String,
    body: String,
}

impl Unreadable {
    /// An answer with this status and body, and what is wrong with it in a lower-case clause.
    pub fn new(http_status: u16, body: &[u8], reason: impl Into<String>) -> Self {
        Self { http_status, reason: reason.into(), body: truncate(body) }
    }

    /// The HTTP status; 200 for a callback, which has none.
    pub fn http_status(&self) -> u16 {
        self.http_status
    }

    /// The body as it came, its first 16 KiB.
    pub fn body(&self) -> &str {
        &self.body
    }
}

impl fmt::Display for Unreadable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the answer could not be read: {}", excerpt(&self.reason))
    }
}

impl fmt::Debug for Unreadable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Unreadable")
            .field("http_status", &self.http_status)
            .field("reason", &excerpt(&self.reason))
            .field("body", &format_args!("{} bytes", self.body.len()))
            .finish()
    }
}

impl std::error::Error for Unreadable {}
