//! Rules for retries, and the pauses before retries. The table in README.md has the same rules in words.

use std::{fmt, time::Duration};

use crate::{
    error::{Error, ErrorKind},
    setters::setters,
};

/// Decides whether a call may be sent again when it is unknown whether the service acted on the call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Idempotency {
    /// The call only reads. It may be sent again even if the service may have acted on it.
    Idempotent,
    /// The call creates something each time. The call is sent again only if the service certainly did not act on it.
    NotIdempotent,
}

/// The caller's judgement of a response. It decides whether the call may be sent again.
#[derive(Debug)]
#[non_exhaustive]
pub enum Verdict<T> {
    /// The response is the result of the call.
    Done(T),
    /// The service did not accept the call, because there are too many calls. The call can be sent again.
    Rejected(T),
    /// The service has trouble. It may or may not have acted on the call.
    ServerTrouble(T),
}

impl<T> Verdict<T> {
    pub(crate) fn into_inner(self) -> T {
        match self {
            Self::Done(inner) | Self::Rejected(inner) | Self::ServerTrouble(inner) => inner,
        }
    }
}

impl Idempotency {
    /// Returns `true` if a call may be sent again after an attempt with this outcome.
    #[rustfmt::skip]
    pub(crate) fn allows<T>(self, outcome: &Result<Verdict<T>, Error>) -> bool {
        use ErrorKind::{Connect, Disk, Interrupted, NotMedia, Setup, Status, Timeout, TooLarge, Unsent};

        let (always, only_if_refused) = match outcome {
            Ok(Verdict::Rejected(_))                    => (true,  true),
            Ok(Verdict::ServerTrouble(_))               => (true,  false),
            Ok(Verdict::Done(_))                        => (false, false),
            Err(error) => match error.kind() {
                Connect | Unsent                        => (true,  true),
                Timeout | Interrupted                   => (true,  false),
                Status(408 | 429 | 500..)               => (true,  false),
                Status(_)                               => (false, false),
                Setup | TooLarge | NotMedia | Disk      => (false, false),
            },
        };
        match self {
            Self::Idempotent    => always,
            Self::NotIdempotent => only_if_refused,
        }
    }
}

/// Outcome of an attempt for logs. Shows only the kind of the outcome, without the content of the response.
pub(crate) struct Ended<'a, T>(pub(crate) &'a Result<Verdict<T>, Error>);

impl<T> fmt::Debug for Ended<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Ok(Verdict::Done(_)) => f.write_str("Done"),
            Ok(Verdict::Rejected(_)) => f.write_str("Rejected"),
            Ok(Verdict::ServerTrouble(_)) => f.write_str("ServerTrouble"),
            Err(error) => error.kind().fmt(f),
        }
    }
}

/// Maximum number of attempts, and pauses between attempts. Each pause is a random time from 0 to a longest pause
/// ("full jitter"). The longest pause doubles after each attempt, up to [`cap`](Self::cap).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Retry {
    /// Maximum number of attempts, the first attempt included. 0 counts as 1. 6 by default.
    pub attempts: u32,
    /// Longest pause before the first retry. 1 second by default. The longest pause doubles for each further retry.
    pub base: Duration,
    /// Maximum pause before a retry, however many retries there were. 20 seconds by default. If the service asks for a
    /// pause in the header `Retry-After`, the call waits for that time, at most one day, even if that time is longer
    /// than this maximum. If a pause would take all the time left for the call, the call is not sent again.
    pub cap: Duration,
}

impl Default for Retry {
    fn default() -> Self {
        Self { attempts: 6, base: Duration::from_secs(1), cap: Duration::from_secs(20) }
    }
}

setters! {
    Retry {
        /// Sets the maximum number of attempts, the first attempt included.
        attempts: u32,
        /// Sets the longest pause before the first retry. The longest pause doubles for each further retry.
        base: Duration,
        /// Sets the upper limit of the longest pause. A pause that the service asks for may be longer.
        cap: Duration,
    }
}

impl Retry {
    /// Returns settings without retries: every call is sent once.
    pub fn never() -> Self {
        Self { attempts: 1, ..Self::default() }
    }

    /// Returns the pause after attempt number `attempts`, where the first attempt is number 1. `retry_after` is the
    /// pause that the service asked for. `jitter` is a number from 0 (no pause) to 1 (the longest pause).
    pub(crate) fn pause(&self, attempts: u32, retry_after: Option<Duration>, jitter: f64) -> Duration {
        if let Some(asked) = retry_after {
            return asked;
        }
        let doublings = attempts.saturating_sub(1).min(16);
        let longest = self.base.saturating_mul(1 << doublings).min(self.cap);
        // A jitter that is not a number from 0 to 1 is a mistake of the caller. The longest pause is then the safe
        // choice.
        Duration::try_from_secs_f64(longest.as_secs_f64() * jitter).unwrap_or(longest).min(longest)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::ErrorKind::*;

    #[test]
    fn the_table_holds() {
        let failed = |kind: ErrorKind| Err::<Verdict<()>, _>(Error::new(kind, ""));
        #[rustfmt::skip]
        let rows = [
            // outcome of an attempt                sent again: an idempotent call, a call that is not idempotent
            (failed(Connect),                       true,  true),
            (failed(Unsent),                        true,  true),
            (Ok(Verdict::Rejected(())),             true,  true),
            (Ok(Verdict::ServerTrouble(())),        true,  false),
            (failed(Timeout),                       true,  false),
            (failed(Interrupted),                   true,  false),
            (failed(TooLarge),                      false, false),
            (failed(Setup),                         false, false),
            (failed(Status(503)),                   true,  false),
            (failed(Status(404)),                   false, false),
            (failed(NotMedia),                      false, false),
            (failed(Disk),                          false, false),
            (Ok(Verdict::Done(())),                 false, false),
        ];
        for (outcome, reads, creates) in rows {
            assert_eq!(Idempotency::Idempotent.allows(&outcome), reads, "{outcome:?}");
            assert_eq!(Idempotency::NotIdempotent.allows(&outcome), creates, "{outcome:?}");
        }
    }

    #[test]
    fn pauses_grow_to_the_cap_and_follow_the_service() {
        let retry = Retry::default();
        let seconds = |attempts| retry.pause(attempts, None, 1.0).as_secs();
        assert_eq!([seconds(1), seconds(2), seconds(3), seconds(9), seconds(u32::MAX)], [1, 2, 4, 20, 20]);
        assert_eq!(retry.pause(1, Some(Duration::from_secs(7)), 0.0).as_secs(), 7);
        assert_eq!(retry.pause(1, Some(Duration::from_secs(3600)), 0.0).as_secs(), 3600);
        for wrong in [f64::NAN, -1.0, 2.0, f64::INFINITY] {
            assert_eq!(retry.pause(1, None, wrong).as_secs(), 1);
        }
        assert_eq!(retry.pause(1, None, 0.25), Duration::from_millis(250));
    }
}
