//! An event as one line of text.

use std::fmt;

use kie_types::{Timestamp, text::one_line};

use super::event::{CallbackEvent, CallbackOutcome, RequestEvent, SandboxEvent, TaskEvent};

/// Returns a text from outside in the form that events have: on one line, of at most 200 characters.
pub(crate) fn short(text: &str) -> String {
    one_line(text).to_string()
}

/// Returns an address in the form that events have: without its query and fragment, and without a user name and a
/// password, because they may be secret.
pub(crate) fn address(url: &str) -> String {
    let url = url.split(['?', '#']).next().unwrap_or_default();
    let (scheme, rest) = url.split_once("://").map_or(("", url), |(scheme, rest)| (scheme, rest));
    let (authority, path) = rest.find('/').map_or((rest, ""), |slash| rest.split_at(slash));
    let host = authority.rsplit('@').next().unwrap_or_default();
    short(&if scheme.is_empty() { format!("{host}{path}") } else { format!("{scheme}://{host}{path}") })
}

/// Prints one line, such as `14:20:10.508 POST /api/v1/generate: generate-music, HTTP 200, code 200, task 5c79, 12
/// credits, 988 left`.
impl fmt::Display for SandboxEvent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Request(event) => event.fmt(f),
            Self::Task(event) => event.fmt(f),
            Self::Callback(event) => event.fmt(f),
        }
    }
}

impl fmt::Display for RequestEvent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        time_of_day(&self.time, f)?;
        write!(f, "{} {}: ", self.method, self.path)?;
        match (self.operation, self.slug) {
            ("", _) => write!(f, "no operation")?,
            (operation, Some(slug)) => write!(f, "{operation} ({slug})")?,
            (operation, None) => write!(f, "{operation}")?,
        }
        match self.status {
            Some(status) => write!(f, ", HTTP {status}")?,
            None => write!(f, ", no response")?,
        }
        option(f, ", code ", self.code.as_ref())?;
        option(f, ": ", self.message.as_ref())?;
        option(f, ", task ", self.task_id.as_ref())?;
        if let Some(charged) = self.charged {
            write!(f, ", {charged} credits, {} left", self.balance)?;
        }
        option(f, ", fault ", self.fault.as_ref())
    }
}

impl fmt::Display for TaskEvent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        time_of_day(&self.time, f)?;
        write!(f, "task {}: {}, {}", self.task_id, self.operation, self.status)?;
        option(f, ", stage ", self.stage.as_ref())?;
        option(f, ", code ", self.code.as_ref())?;
        option(f, ": ", self.message.as_ref())?;
        match self.refunded {
            Some(refunded) => write!(f, ", {refunded} credits refunded, {} left", self.balance),
            None => Ok(()),
        }
    }
}

impl fmt::Display for CallbackEvent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        time_of_day(&self.time, f)?;
        write!(f, "callback of task {}, {}, to {}: ", self.task_id, self.reports, self.url)?;
        let attempt = self.attempt;
        match self.outcome {
            CallbackOutcome::Answered => write!(f, "attempt {attempt}, HTTP {}", self.status.unwrap_or_default())?,
            CallbackOutcome::Unanswered => write!(f, "attempt {attempt}, no response")?,
            CallbackOutcome::Lost => write!(f, "not sent")?,
            CallbackOutcome::Undelivered => write!(f, "not sent because of the script of the task")?,
            CallbackOutcome::NotLoopback => write!(f, "not sent, because it is not http on a loopback address")?,
        }
        write!(f, ", {}", if self.signed { "signed" } else { "not signed" })?;
        option(f, ", fault ", self.fault.as_ref())
    }
}

fn time_of_day(time: &Timestamp, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let utc = time.to_utc().unwrap_or_default();
    let time = utc.split('T').nth(1).unwrap_or_default().trim_end_matches('Z');
    write!(f, "{time} ")
}

fn option(f: &mut fmt::Formatter<'_>, before: &str, value: Option<&impl fmt::Display>) -> fmt::Result {
    value.map_or(Ok(()), |value| write!(f, "{before}{value}"))
}

#[cfg(test)]
mod tests {
    #[test]
    fn an_address_is_shown_without_its_secrets() {
        for (url, shown) in [
            ("http://127.0.0.1:9/kie?token=secret", "http://127.0.0.1:9/kie"),
            ("https://user:secret@host/a@b#secret", "https://host/a@b"),
            ("http://user:secret@host", "http://host"),
            ("nonsense\u{1b}[2J", "nonsense\\u{1b}[2J"),
            ("", ""),
        ] {
            assert_eq!(super::address(url), shown);
        }
    }
}
