//! Errors of calls and downloads. Each error tells whether it is certain that the last request was not sent.

use std::{borrow::Cow, error::Error as StdError, fmt, sync::Arc, time::Duration};

/// Failure of a call that got no complete response, or of a download.
///
/// If [`is_unsent`](Self::is_unsent) returns `true`, the call cannot have cost money. After more than one attempt, the
/// text ends with the number of attempts and the time: `no response arrived in time, after 3 attempts in 41 s`.
#[derive(Clone)]
pub struct Error {
    kind: ErrorKind,
    attempts: u32,
    elapsed: Duration,
    what: Cow<'static, str>,
    source: Option<Arc<dyn StdError + Send + Sync>>,
}

/// Kind of failure. The documentation of each kind says which calls are tried again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The request was not sent, and it would fail again, so it is not tried again. Something must be corrected first:
    ///
    /// * the address, if it is wrong or not allowed,
    /// * the certificate of the host, or the trusted root certificates,
    /// * the TLS versions of the host, if it has none in common with this client,
    /// * the proxy, if it refuses the host, the user or the password,
    /// * the certificate store of this machine, or a file to send, if it cannot be read.
    ///
    /// Wrong settings of a builder are reported earlier, as a [`ConfigError`](crate::ConfigError).
    Setup,
    /// There was no connection, so nothing was sent. A later attempt may succeed. Every call is tried again.
    Connect,
    /// No byte of the request was sent, or an HTTP/2 host refused the request without processing it. Every call is
    /// tried again, unless its time is over, or the error comes from its [`Permit`](crate::Permit).
    Unsent,
    /// No complete response arrived in time. The service may have acted on the call: only calls that read, and
    /// downloads, are tried again.
    Timeout,
    /// The connection broke, the response was not HTTP, or the data of a download was not complete. The service may
    /// have acted on the call: only calls that read, and downloads, are tried again.
    Interrupted,
    /// The response is larger than allowed, or a download took longer than allowed. The call or download is not tried
    /// again.
    TooLarge,
    /// The host of a file responded with this HTTP status. 310 stands for too many redirects. The download is tried
    /// again after 408, 429 and 5xx.
    Status(u16),
    /// The downloaded data is not a media file. The download is not tried again.
    NotMedia,
    /// A file could not be written, or a file to send changed while an [`HttpService`](crate::HttpService) read it.
    /// With the default [`Pool`](crate::Pool), such a change is reported as [`Interrupted`](Self::Interrupted). The
    /// call or download is not tried again.
    Disk,
}

impl Error {
    /// Returns an error of this kind. `what` is a lower-case clause that states the failure.
    pub fn new(kind: ErrorKind, what: impl Into<Cow<'static, str>>) -> Self {
        Self { kind, attempts: 0, elapsed: Duration::ZERO, what: what.into(), source: None }
    }

    /// Adds the cause.
    #[must_use]
    pub fn with_source(mut self, source: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        self.source = Some(source.into().into());
        self
    }

    /// Sets the number of attempts and their total time.
    #[must_use]
    pub fn with_attempts(mut self, attempts: u32, elapsed: Duration) -> Self {
        (self.attempts, self.elapsed) = (attempts, elapsed);
        self
    }

    /// Returns the number of attempts, the failed attempt included. The number is 0 if there was no attempt, and in an
    /// error that comes directly from an [`HttpService`](crate::HttpService).
    pub fn attempts(&self) -> u32 {
        self.attempts
    }

    /// Returns the total time of the call or download. It includes the time in the queue and the pauses between
    /// attempts. The time is zero in an error that comes directly from an [`HttpService`](crate::HttpService).
    pub fn elapsed(&self) -> Duration {
        self.elapsed
    }

    /// Returns the kind of failure.
    pub fn kind(&self) -> ErrorKind {
        self.kind
    }

    /// Returns `true` if it is certain that the last request was not sent, or was refused by an HTTP/2 host before any
    /// processing. A call that creates something then had no effect. Its earlier attempts had no effect either, because
    /// such a call is not tried again after an attempt that may have had an effect.
    pub fn is_unsent(&self) -> bool {
        matches!(self.kind, ErrorKind::Setup | ErrorKind::Connect | ErrorKind::Unsent)
    }
}

/// Prints the kind in lower-case words.
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
    fn the_text_counts_more_than_one_attempt() {
        let error = Error::new(ErrorKind::Timeout, "no response arrived in time");
        let after = |attempts, millis| error.clone().with_attempts(attempts, Duration::from_millis(millis)).to_string();
        assert_eq!(after(1, 60_000), "no response arrived in time");
        assert_eq!(after(3, 40_900), "no response arrived in time, after 3 attempts in 41 s");
        assert_eq!(after(2, 349), "no response arrived in time, after 2 attempts in 0.3 s");
        assert_eq!(after(2, 9_960), "no response arrived in time, after 2 attempts in 10 s");
    }

    #[test]
    fn a_clone_has_the_same_cause() {
        let error = Error::new(ErrorKind::Disk, "the file could not be written").with_source("no space");
        let clone = error.clone();
        assert_eq!(format!("{clone:?}"), format!("{error:?}"));
        assert_eq!(clone.source().unwrap().to_string(), "no space");
    }
}
