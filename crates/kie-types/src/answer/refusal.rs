//! Refusals of the service, and responses that cannot be read.

use std::fmt;

use super::refusal_kind::{Charged, RefusalKind};
use crate::text::{describe_body, one_line, truncate};

/// A refusal: a response whose code reports an error, or a response without a code whose HTTP status is not 2xx.
///
/// Most refusals have the HTTP status 200, so use the [`code`](Self::code) to tell refusals apart.
#[derive(Clone, PartialEq, Eq)]
pub struct Refusal {
    http_status: u16,
    code: Option<i64>,
    message: String,
    body: String,
    /// Description of a body without the service's envelope, such as `an HTML page`. `None` if the body has the
    /// envelope, or if the body starts like a JSON object or list.
    body_kind: Option<String>,
    kind: RefusalKind,
    task_id: Option<String>,
}

impl Refusal {
    /// Creates a refusal from the HTTP status, the `code` and `msg` of the body, and the whole body.
    pub fn new(http_status: u16, code: Option<i64>, message: impl Into<String>, body: &[u8]) -> Self {
        let message = message.into();
        let kind = match code {
            Some(code) => RefusalKind::of_code(code, &message),
            None => RefusalKind::of_http_status(http_status),
        };
        let body_kind = if code.is_none() { describe_body(body) } else { None };
        Self { http_status, code, message, body: truncate(body), body_kind, kind, task_id: None }
    }

    /// Sets the id of the task that the refusal contains.
    pub(crate) fn of_task(mut self, task_id: Option<String>) -> Self {
        self.task_id = task_id;
        self
    }

    /// Sets the kind of the refusal. Some documentation pages give a code another meaning than all other pages.
    pub(crate) fn of_kind(mut self, kind: RefusalKind) -> Self {
        self.kind = kind;
        self
    }

    /// Returns the code of the body, or the HTTP status if the body has no code.
    pub fn code(&self) -> i64 {
        self.code.unwrap_or_else(|| i64::from(self.http_status))
    }

    /// Returns the HTTP status.
    pub fn http_status(&self) -> u16 {
        self.http_status
    }

    /// Returns `true` if the response had the service's own envelope. `false` means that the response probably came
    /// from a proxy.
    pub fn has_envelope(&self) -> bool {
        self.code.is_some()
    }

    /// Returns the service's explanation. Returns an empty text if the service sent no explanation. The text is written
    /// for people, is sometimes in Chinese, and may change.
    pub fn message(&self) -> &str {
        &self.message
    }

    /// Returns the body, or only its first 16 KiB if it is longer.
    pub fn body(&self) -> &str {
        &self.body
    }

    /// Returns the task id that the refusal contains, or `None` if the refusal contains no id. Either the task existed
    /// before the request, or the request started the task although the service refused the request.
    pub fn task_id(&self) -> Option<&str> {
        self.task_id.as_deref()
    }

    /// Returns the kind of the refusal.
    pub fn kind(&self) -> RefusalKind {
        self.kind
    }

    /// Tells if the service charged credits for the refused request.
    pub fn charged(&self) -> Charged {
        match self.kind() {
            RefusalKind::TaskFailed if self.code() == 531 => Charged::Refunded,
            RefusalKind::TaskFailed | RefusalKind::Server | RefusalKind::Unknown => Charged::Unknown,
            // A conflict can contain the id of a task that existed before. The refused request itself started no task
            // and costs nothing.
            RefusalKind::Conflict => Charged::No,
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
            write!(f, ": {}", one_line(&self.message))?;
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
            .field("message", &one_line(&self.message).to_string())
            .field("body", &format_args!("{} bytes", self.body.len()))
            .finish()
    }
}

impl std::error::Error for Refusal {}

/// Error: a response claims success but does not contain the expected data, or a callback or a JSON text cannot be
/// read.
#[derive(Clone, PartialEq, Eq)]
pub struct Unreadable {
    http_status: u16,
    reason: String,
    body: String,
    is_final: bool,
}

impl Unreadable {
    /// Creates the error from the HTTP status, the body, and a lower-case clause that says what is wrong.
    pub fn new(http_status: u16, body: &[u8], reason: impl Into<String>) -> Self {
        Self { http_status, reason: reason.into(), body: truncate(body), is_final: false }
    }

    /// Marks the response as final.
    pub(crate) fn finally(mut self) -> Self {
        self.is_final = true;
        self
    }

    /// Returns `true` if a later response will be the same: the task is finished, and this version of the crate does not
    /// know the form of its result. The [body](Self::body) is then the record of the task, up to its first 16 KiB. A
    /// lookup with another program returns the whole record.
    pub fn is_final(&self) -> bool {
        self.is_final
    }

    /// Returns the HTTP status of the response. Callbacks and JSON texts have no status: for them, the method returns
    /// 200.
    pub fn http_status(&self) -> u16 {
        self.http_status
    }

    /// Returns the body, or only its first 16 KiB if it is longer.
    pub fn body(&self) -> &str {
        &self.body
    }
}

impl fmt::Display for Unreadable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the answer could not be read: {}", one_line(&self.reason))
    }
}

impl fmt::Debug for Unreadable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Unreadable")
            .field("http_status", &self.http_status)
            .field("reason", &one_line(&self.reason).to_string())
            .field("body", &format_args!("{} bytes", self.body.len()))
            .finish()
    }
}

impl std::error::Error for Unreadable {}
