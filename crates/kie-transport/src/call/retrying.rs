//! Reports of attempts that failed and are repeated.

use std::{borrow::Cow, error::Error as StdError, fmt, sync::Arc, time::Duration};

use crate::{call::retry::Verdict, error::Error};

/// Function that is called before each retry.
pub(crate) type OnRetry = Arc<dyn Fn(&Retrying<'_>) + Send + Sync>;

/// An attempt that failed, and that is repeated after a pause. See
/// [`TransportBuilder::on_retry`](crate::TransportBuilder::on_retry).
///
/// The text is a short sentence in lower case. It has the reason and the number of the next attempt, and the pause if it
/// is one second or longer. It contains no key, no address and no content of the request.
///
/// ```
/// use std::{io, time::Duration};
/// use kie_transport::{Error, ErrorKind, Retrying};
///
/// let refused = io::Error::from(io::ErrorKind::ConnectionRefused);
/// let error = Error::new(ErrorKind::Connect, "there is no connection to the host").with_source(refused);
/// let retrying = Retrying::new("kettle", 2, 6, Duration::from_secs(3), &error);
/// assert_eq!(retrying.to_string(), "there is no connection to the host, trying again in 3 s, 3 of 6: connection refused");
/// ```
#[derive(Clone)]
pub struct Retrying<'a> {
    operation: &'a str,
    attempt: u32,
    max_attempts: u32,
    pause: Duration,
    failure: Failure<'a>,
    reason: Option<Cow<'a, str>>,
}

#[derive(Clone, Copy)]
enum Failure<'a> {
    Error(&'a Error),
    /// A response that allows a retry: its HTTP status and its body. `is_rejected` is `true` if the service accepts no
    /// more calls, and `false` if it has trouble.
    Response {
        is_rejected: bool,
        status: u16,
        body: &'a [u8],
    },
}

impl<'a> Retrying<'a> {
    /// Returns the report of attempt number `attempt` of at most `max_attempts`, which failed with `error`. Meant for
    /// tests of code that handles reports.
    pub fn new(operation: &'a str, attempt: u32, max_attempts: u32, pause: Duration, error: &'a Error) -> Self {
        Self { operation, attempt, max_attempts, pause, failure: Failure::Error(error), reason: None }
    }

    /// Returns the report of a failed attempt, or `None` if the outcome is a success. `response` has the HTTP status and
    /// the body of the response, if there was one.
    pub(crate) fn of<T>(
        operation: &'a str,
        (attempt, max_attempts): (u32, u32),
        pause: Duration,
        outcome: &'a Result<Verdict<T>, Error>,
        response: Option<(u16, &'a [u8])>,
    ) -> Option<Self> {
        let (status, body) = response.unwrap_or_default();
        let failure = match outcome {
            Err(error) => Failure::Error(error),
            Ok(Verdict::Rejected(_)) => Failure::Response { is_rejected: true, status, body },
            Ok(Verdict::ServerTrouble(_)) => Failure::Response { is_rejected: false, status, body },
            Ok(Verdict::Done(_)) => return None,
        };
        Some(Self { operation, attempt, max_attempts, pause, failure, reason: None })
    }

    /// Replaces the reason in the text, for example with the words of the service in the [response](Self::response).
    /// `reason` is a lower-case clause.
    #[must_use]
    pub fn with_reason(mut self, reason: impl Into<Cow<'a, str>>) -> Self {
        self.reason = Some(reason.into());
        self
    }

    /// Returns the name of the call: see [`ApiCall::name`](crate::ApiCall::name). It is `download` for a download.
    pub fn operation(&self) -> &str {
        self.operation
    }

    /// Returns the number of the attempt that failed. The first attempt has the number 1. An attempt of a download that
    /// got new data of the file counts as the first.
    pub fn attempt(&self) -> u32 {
        self.attempt
    }

    /// Returns the maximum number of attempts: see [`Retry::attempts`](crate::Retry::attempts).
    pub fn max_attempts(&self) -> u32 {
        self.max_attempts
    }

    /// Returns the pause before the next attempt.
    pub fn pause(&self) -> Duration {
        self.pause
    }

    /// Returns the error of the attempt, or `None` if there was a complete response.
    pub fn error(&self) -> Option<&Error> {
        match self.failure {
            Failure::Error(error) => Some(error),
            Failure::Response { .. } => None,
        }
    }

    /// Returns the HTTP status and the body of the response that allows the retry, or `None` if there was an error.
    pub fn response(&self) -> Option<(u16, &[u8])> {
        match self.failure {
            Failure::Error(_) => None,
            Failure::Response { status, body, .. } => Some((status, body)),
        }
    }

    /// Returns the detail at the end of the text. For a response, this is the HTTP status. For an error, it is the last
    /// cause in the chain of causes, because this cause is the most specific. `None` if the error has no cause, or if
    /// [`with_reason`](Self::with_reason) has set the reason.
    fn cause(&self) -> Option<String> {
        match (&self.reason, self.failure) {
            (Some(_), _) => None,
            (None, Failure::Response { status, .. }) => Some(format!("HTTP {status}")),
            (None, Failure::Error(error)) => {
                std::iter::successors(error.source(), |&cause| cause.source()).last().map(ToString::to_string)
            }
        }
    }
}

impl fmt::Display for Retrying<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (&self.reason, self.failure) {
            (Some(reason), _) => f.write_str(reason),
            (None, Failure::Error(error)) => error.fmt(f),
            (None, Failure::Response { is_rejected: true, .. }) => f.write_str("the service accepts no more calls now"),
            (None, Failure::Response { .. }) => f.write_str("the service has trouble"),
        }?;
        f.write_str(", trying again")?;
        if self.pause >= Duration::from_secs(1) {
            write!(f, " in {:.0} s", self.pause.as_secs_f64())?;
        }
        write!(f, ", {} of {}", self.attempt.saturating_add(1), self.max_attempts)?;
        self.cause().map_or(Ok(()), |cause| write!(f, ": {cause}"))
    }
}

/// Shows the report without the body of the response.
impl fmt::Debug for Retrying<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Retrying")
            .field("operation", &self.operation)
            .field("attempt", &self.attempt)
            .field("max_attempts", &self.max_attempts)
            .field("pause", &self.pause)
            .field("error", &self.error())
            .field("status", &self.response().map(|(status, _)| status))
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::ErrorKind;

    #[test]
    fn a_report_is_a_short_sentence() {
        let report = |outcome: &Result<Verdict<()>, Error>, millis| {
            let response = outcome.is_ok().then_some((429, b"secret".as_slice()));
            let retrying = Retrying::of("kettle", (1, 6), Duration::from_millis(millis), outcome, response).unwrap();
            assert!(!format!("{retrying:?}").contains("secret"));
            retrying.to_string()
        };
        let deep = Error::new(ErrorKind::Connect, "there is no connection to the host")
            .with_source(Error::new(ErrorKind::Connect, "dns error").with_source("no such host"));
        assert_eq!(report(&Err(deep), 300), "there is no connection to the host, trying again, 2 of 6: no such host");
        let late = Error::new(ErrorKind::Timeout, "no response arrived in time");
        assert_eq!(report(&Err(late), 1_600), "no response arrived in time, trying again in 2 s, 2 of 6");
        assert_eq!(
            report(&Ok(Verdict::Rejected(())), 45_000),
            "the service accepts no more calls now, trying again in 45 s, 2 of 6: HTTP 429"
        );
        assert_eq!(
            report(&Ok(Verdict::ServerTrouble(())), 0),
            "the service has trouble, trying again, 2 of 6: HTTP 429"
        );
        let response = Some((429, b"".as_slice()));
        let outcome = Ok(Verdict::Rejected(()));
        let retrying = Retrying::of("kettle", (1, 6), Duration::ZERO, &outcome, response).unwrap();
        assert_eq!(retrying.with_reason("too hot").to_string(), "too hot, trying again, 2 of 6");
        assert!(Retrying::of("kettle", (1, 6), Duration::ZERO, &Ok(Verdict::Done(())), response).is_none());
    }
}
