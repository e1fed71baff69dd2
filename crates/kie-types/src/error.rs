//! What the service says when it says no, and what that means for the caller's money.

use std::fmt;

use serde::Serialize;

use crate::excerpt::{excerpt, kept, nature};

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
    nature: Option<String>,
    kind: ErrorKind,
    task_id: Option<String>,
}

impl Refusal {
    /// What was answered: the HTTP status, and of the body its `code`, its `msg` and the whole.
    pub fn new(http_status: u16, code: Option<i64>, message: impl Into<String>, body: &[u8]) -> Self {
        let message = message.into();
        let kind = match code {
            Some(code) => ErrorKind::of_code(code, &message),
            None => ErrorKind::of_http_status(http_status),
        };
        let nature = if code.is_none() { nature(body) } else { None };
        Self { http_status, code, message, body: kept(body), nature, kind, task_id: None }
    }

    /// The same, with the id of a task that the answer names all the same.
    pub(crate) fn of_task(mut self, task_id: Option<String>) -> Self {
        self.task_id = task_id;
        self
    }

    /// The same, where a page gives the code a meaning of its own.
    pub(crate) fn of_kind(mut self, kind: ErrorKind) -> Self {
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
    pub fn kind(&self) -> ErrorKind {
        self.kind
    }

    /// Whether a request that was refused like this was charged.
    pub fn charged(&self) -> Charged {
        match self.kind() {
            ErrorKind::TaskFailed if self.code() == 531 => Charged::Refunded,
            ErrorKind::TaskFailed | ErrorKind::Server | ErrorKind::Unknown => Charged::Unknown,
            // What exists already was paid for when it was made.
            ErrorKind::Conflict if self.has_envelope() => Charged::No,
            _ if self.task_id.is_some() => Charged::Unknown,
            ErrorKind::RateLimited => Charged::No,
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
            let nature = self.nature.as_deref().unwrap_or("not one of the service's");
            write!(f, " (HTTP status; the answer is {nature})")?;
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
        Self { http_status, reason: reason.into(), body: kept(body) }
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

/// What kind of trouble a code tells of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// 401: the key is missing or wrong.
    Auth,
    /// 402, and 429 or 500 whose text speaks of credits: the balance does not suffice.
    InsufficientCredits,
    /// 429, 430, or a text about call frequency: too many requests; the request was not taken and can be sent again later.
    RateLimited,
    /// 433: this key has used up its own cap.
    QuotaExceeded,
    /// 400, 405, 413, 422: the request breaks a rule. An unknown record is also told like this.
    Validation,
    /// Refused for what the words or the audio say: moderation, copyright. Only a task fails like this.
    Content,
    /// 404: no such path or record.
    NotFound,
    /// 409: it exists already.
    Conflict,
    /// 451: the service could not fetch a file that it was pointed to.
    FileUnreachable,
    /// 455: maintenance.
    Maintenance,
    /// 505: switched off.
    FeatureDisabled,
    /// 408, 501, 531: the task itself failed.
    TaskFailed,
    /// 500 and other 5xx: the service or something before it is in trouble.
    Server,
    /// A code that the documentation does not explain.
    Unknown,
}

impl ErrorKind {
    /// The kind that a code stands for. Where the documentation gives a number two meanings, the text decides.
    pub fn of_code(code: i64, message: &str) -> Self {
        let message = message.to_ascii_lowercase();
        let speaks_of = |words: &[&str]| words.iter().any(|word| message.contains(word));
        match code {
            // A failure's text can hold words of the user's own, so only a refusal is read for these.
            400..=405 | 409..=430 if speaks_of(&["call frequency", "频率过高"]) => Self::RateLimited,
            402 => Self::InsufficientCredits,
            429 if speaks_of(&["credit", "balance", "top up", "insufficient", "积分", "余额"]) => {
                Self::InsufficientCredits
            }
            // The service's own sentence, from its beginning.
            500 if message.starts_with("your call frequency is too high") => Self::RateLimited,
            500 if speaks_of(&["积分不足", "余额不足"]) => Self::InsufficientCredits,
            500 if speaks_of(&["credit", "balance"]) && speaks_of(&["insufficient", "enough", "top up"]) => {
                Self::InsufficientCredits
            }
            400 | 405 | 413 | 422 => Self::Validation,
            401 => Self::Auth,
            404 => Self::NotFound,
            408 | 501 | 531 => Self::TaskFailed,
            409 => Self::Conflict,
            429 | 430 => Self::RateLimited,
            433 => Self::QuotaExceeded,
            451 => Self::FileUnreachable,
            455 => Self::Maintenance,
            505 => Self::FeatureDisabled,
            500..=599 => Self::Server,
            _ => Self::Unknown,
        }
    }
}

impl ErrorKind {
    /// The kind of an answer that is not the service's own: the page of something in between, which cannot speak for
    /// a task.
    fn of_http_status(status: u16) -> Self {
        match status {
            401 => Self::Auth,
            429 => Self::RateLimited,
            408 | 500.. => Self::Server,
            _ => Self::Unknown,
        }
    }
}

/// Whether a call that did not succeed was paid for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum Charged {
    /// It was: the body states the credits.
    Yes,
    /// It was not: nothing was sent, or the service refused before it started anything.
    No,
    /// It was, and the credits came back (code 531).
    Refunded,
    /// Nobody said.
    Unknown,
}

impl fmt::Display for Charged {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Yes => "yes",
            Self::No => "no",
            Self::Refunded => "refunded",
            Self::Unknown => "unknown",
        })
    }
}
