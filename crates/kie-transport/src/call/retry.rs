//! What is sent again, and after how long. The table on the crate's front page is this file in words.

use std::{fmt, time::Duration};

use crate::{
    error::{Error, ErrorKind},
    setters::setters,
};

/// Whether a call may be sent again when nobody knows if it was acted on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Idempotency {
    /// It only reads: it may be sent as often as needed.
    Idempotent,
    /// Something comes of it each time: it is sent again only if it certainly was not acted on.
    NotIdempotent,
}

/// What the caller makes of an answer that arrived.
#[derive(Debug)]
#[non_exhaustive]
pub enum Verdict<T> {
    /// That is the answer.
    Done(T),
    /// The call was not taken because there are too many: it can be sent again.
    Rejected(T),
    /// The service is in trouble, and may or may not have acted.
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
    /// Whether a call that got this outcome may be sent again.
    #[rustfmt::skip]
    pub(crate) fn allows<T>(self, outcome: &Result<Verdict<T>, Error>) -> bool {
        use ErrorKind::{Connect, Disk, Interrupted, NotMedia, Setup, Status, Timeout, TooLarge, Unsent};

        let (always, only_if_refused) = match outcome {
            Ok(Verdict::Rejected(_))                      => (true,  true),
            Ok(Verdict::ServerTrouble(_))                       => (true,  false),
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
            Self::Idempotent        => always,
            Self::NotIdempotent => only_if_refused,
        }
    }
}

/// How an attempt ended, for logs: its kind, and nothing of what came back.
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

/// How often a call is tried, and how long the pauses are: exponential, with full jitter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Retry {
    /// How often a call is tried in all, at least once. 6 by default.
    pub attempts: u32,
    /// The longest first pause; each further one may be twice as long. 1 second by default.
    pub base: Duration,
    /// The longest pause. 20 seconds by default. Where the service names a pause it is kept to, however long, and a call
    /// whose time does not allow for it is not tried again.
    pub cap: Duration,
}

impl Default for Retry {
    fn default() -> Self {
        Self { attempts: 6, base: Duration::from_secs(1), cap: Duration::from_secs(20) }
    }
}

setters! {
    Retry {
        attempts: u32,
        base: Duration,
        cap: Duration,
    }
}

impl Retry {
    /// Every call is tried once.
    pub fn never() -> Self {
        Self { attempts: 1, ..Self::default() }
    }

    /// The pause after this many attempts. `retry_after` is what the service asked for; `jitter` is from 0 to 1.
    pub(crate) fn pause(&self, attempts: u32, retry_after: Option<Duration>, jitter: f64) -> Duration {
        if let Some(asked) = retry_after {
            return asked;
        }
        let doublings = attempts.saturating_sub(1).min(16);
        let longest = self.base.saturating_mul(1 << doublings).min(self.cap);
        // A chance that is no number from 0 to 1 is the caller's slip, and no reason to hurry.
        Duration::try_from_secs_f64(longest.as_secs_f64() * jitter).unwrap_or(longest).min(longest)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::ErrorKind::*;

    #[test]
    fn the_table_holds() {
        let lost = |kind: ErrorKind| Err::<Verdict<()>, _>(Error::new(kind, ""));
        #[rustfmt::skip]
        let rows = [
            //                          reads  creates
            (lost(Connect),             true,  true),
            (lost(Unsent),              true,  true),
            (Ok(Verdict::Rejected(())),   true,  true),
            (Ok(Verdict::ServerTrouble(())),    true,  false),
            (lost(Timeout),             true,  false),
            (lost(Interrupted),         true,  false),
            (lost(TooLarge),            false, false),
            (lost(Setup),               false, false),
            (lost(Status(503)),         true,  false),
            (lost(Status(404)),         false, false),
            (lost(NotMedia),            false, false),
            (lost(Disk),                false, false),
            (Ok(Verdict::Done(())),     false, false),
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
