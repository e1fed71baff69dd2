//! What can go wrong on the way, and whether anything had left by then.

use std::{borrow::Cow, error::Error as StdError, fmt, sync::Arc, time::Duration};

/// A call that got no answer, or a file that did not arrive.
///
/// The question that matters for money is [`is_unsent`](Self::is_unsent). Where a call was tried more than once, the text
/// ends with how often and for how long: `no answer came in time, after 3 attempts in 41 s`.
#[derive(Clone)]
pub struct Error {
    kind: ErrorKind,
    attempts: u32,
    elapsed: Duration,
    what: Cow<'static, str>,
    source: Option<Arc<dyn StdError + Send + Sync>>,
}

/// How a call failed. The documentation of each kind is the retry rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// Something is wrong on this side: the address of this call, the certificate store, a file that is to be sent.
    /// Nothing was sent, and trying again does not help. Settings that are wrong are a
    /// [`ConfigError`](crate::ConfigError) before.
    Setup,
    /// There was no connection, and so nothing was sent. Every call is tried again.
    Connect,
    /// The call was given up before any of it left. Every call is tried again.
    Unsent,
    /// No answer came in time. It may have been acted on: only calls that read are tried again.
    Timeout,
    /// The connection broke, or what came back was not HTTP. It may have been acted on: only calls that read are tried
    /// again.
    Interrupted,
    /// The answer is larger than allowed. It is not tried again.
    TooLarge,
    /// A file's host answered with this HTTP status. 5xx, 408 and 429 are tried again.
    Status(u16),
    /// What arrived is not a media file. It is not tried again.
    NotMedia,
    /// The disk refused. It is not tried again.
    Disk,
}

impl Error {
    /// An error of this kind, saying in a lower-case clause what went wrong.
    pub fn new(kind: ErrorKind, what: impl Into<Cow<'static, str>>) -> Self {
        Self { kind, attempts: 0, elapsed: Duration::ZERO, what: what.into(), source: None }
    }

    /// The same with its cause.
    #[must_use]
    pub fn with_source(mut self, source: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        self.source = Some(source.into().into());
        self
    }

    /// The same after this many attempts in this time.
    #[must_use]
    pub fn with_attempts(mut self, attempts: u32, elapsed: Duration) -> Self {
        (self.attempts, self.elapsed) = (attempts, elapsed);
        self
    }

    /// How often the request was handed to the [`HttpService`](crate::HttpService), this failure included. 0 if its turn
    /// to be sent never came, and in the error that a service itself returns.
    pub fn attempts(&self) -> u32 {
        self.attempts
    }

    /// How long the call took in all, with its wait in line and the pauses between its attempts.
    pub fn elapsed(&self) -> Duration {
        self.elapsed
    }

    /// How the call failed.
    pub fn kind(&self) -> ErrorKind {
        self.kind
    }

    /// Whether certainly nothing had left, so that nothing can have come of the call.
    pub fn is_unsent(&self) -> bool {
        matches!(self.kind, ErrorKind::Setup | ErrorKind::Connect | ErrorKind::Unsent)
    }
}

/// The kind in lower-case words.
impl fmt::Display for ErrorKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Setup => "setup",
            Self::Connect => "connect",
            Self::Unsent => "unsent",
            Self::Timeout => "timeout",
            Self::Interrupted => "interrupted",
            Self::TooLarge => "too large",
            Self::Status(status) => return write!(f, "status {status}"),
            Self::NotMedia => "not media",
            Self::Disk => "disk",
        })
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.what)?;
        match (self.attempts, self.elapsed.as_secs_f64()) {
            (0 | 1, _) => Ok(()),
            (attempts, seconds) if seconds < 9.95 => write!(f, ", after {attempts} attempts in {seconds:.1} s"),
            (attempts, seconds) => write!(f, ", after {attempts} attempts in {seconds:.0} s"),
        }
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Error")
            .field("kind", &self.kind)
            .field("what", &self.what)
            .field("attempts", &self.attempts)
            .field("elapsed", &self.elapsed)
            .field("source", &self.source.as_ref().map(ToString::to_string))
            .finish()
    }
}

impl StdError for Error {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.source.as_ref().map(|source| source.as_ref() as _)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_are_lower_case_words() {
        let kinds = [
            (ErrorKind::Setup, "setup"),
            (ErrorKind::Connect, "connect"),
            (ErrorKind::Unsent, "unsent"),
            (ErrorKind::Timeout, "timeout"),
            (ErrorKind::Interrupted, "interrupted"),
            (ErrorKind::TooLarge, "too large"),
            (ErrorKind::Status(503), "status 503"),
            (ErrorKind::NotMedia, "not media"),
            (ErrorKind::Disk, "disk"),
        ];
        for (kind, words) in kinds {
            assert_eq!(kind.to_string(), words);
        }
    }

    #[test]
    fn more_than_one_attempt_is_told() {
        let error = Error::new(ErrorKind::Timeout, "no answer came in time");
        let after = |attempts, millis| error.clone().with_attempts(attempts, Duration::from_millis(millis)).to_string();
        assert_eq!(after(1, 60_000), "no answer came in time");
        assert_eq!(after(3, 40_900), "no answer came in time, after 3 attempts in 41 s");
        assert_eq!(after(2, 349), "no answer came in time, after 2 attempts in 0.3 s");
        assert_eq!(after(2, 9_960), "no answer came in time, after 2 attempts in 10 s");
    }

    #[test]
    fn a_clone_has_the_same_cause() {
        let error = Error::new(ErrorKind::Disk, "the file could not be written").with_source("no space");
        let clone = error.clone();
        assert_eq!(format!("{clone:?}"), format!("{error:?}"));
        assert_eq!(clone.source().unwrap().to_string(), "no space");
    }
}
