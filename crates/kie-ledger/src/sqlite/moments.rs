//! Stores the times of sends and claims. The processes of one machine share these times.
//!
//! The times come from the system clock, and the system clock can be set back. A stored time in the future was
//! written before the clock was set back. The real moment of this write is unknown, but it is in the past. So the
//! stored time is replaced by the current time. A span or lease that starts at a replaced time may end too late, but
//! never too early. It never ends later than a span or lease that starts now.

use std::time::{Duration, SystemTime};

use rusqlite::{Connection, named_params};

use super::{
    error::SqliteError,
    statements::{
        CLAIM, DELETE_OLD_SENDS, FUTURE_SEND, RESET_FUTURE_CLAIM, RESET_FUTURE_SENDS, SEND_BEFORE, WRITE_SEND,
    },
};

/// Minimum time for which the times of sends are stored. If the span of the rate limit is longer, they are stored for
/// the span.
const MIN_RETENTION: Duration = Duration::from_secs(60 * 60);

/// Returns the time in nanoseconds since 1970. Times before 1970 are negative.
pub(super) fn nanos(time: SystemTime) -> i64 {
    match time.duration_since(SystemTime::UNIX_EPOCH) {
        Ok(since) => span_nanos(since),
        Err(before) => span_nanos(before.duration()).saturating_neg(),
    }
}

/// Returns the duration in nanoseconds.
pub(super) fn span_nanos(span: Duration) -> i64 {
    span.as_nanos().try_into().unwrap_or(i64::MAX)
}

/// Records a send and returns `None` if fewer than `most` sends were recorded in the last `span`. Otherwise, returns
/// the time to wait until the next send is allowed. If `most` is 0, there is no limit.
pub(super) fn acquire_send(
    sql: &Connection,
    most: usize,
    span: Duration,
    now: SystemTime,
) -> Result<Option<Duration>, SqliteError> {
    let (now, span) = (nanos(now), span_nanos(span));
    // A SELECT is cheaper than an UPDATE that changes no row.
    if FUTURE_SEND.first(sql, named_params! { ":now": now }, |_| Ok(()))?.is_some() {
        RESET_FUTURE_SENDS.run(sql, named_params! { ":now": now })?;
    }
    if most > 0 {
        let before = i64::try_from(most - 1).unwrap_or(i64::MAX);
        let values = named_params! { ":since": now.saturating_sub(span), ":before": before };
        if let Some(last) = SEND_BEFORE.first(sql, values, |row| row.get::<_, i64>(0))? {
            let wait = last.saturating_add(span).saturating_sub(now);
            return Ok(Some(Duration::from_nanos(wait.unsigned_abs())));
        }
    }
    let old = now.saturating_sub(span.max(span_nanos(MIN_RETENTION)));
    DELETE_OLD_SENDS.run(sql, named_params! { ":old": old })?;
    WRITE_SEND.run(sql, named_params! { ":now": now })?;
    Ok(None)
}

/// Claims a receipt for the holder and returns `true`. Returns `false` if another holder has the claim.
pub(super) fn claim(
    sql: &Connection,
    receipt: &str,
    holder: &str,
    lease: Duration,
    now: SystemTime,
) -> Result<bool, SqliteError> {
    let (now, lease) = (nanos(now), span_nanos(lease));
    RESET_FUTURE_CLAIM.run(sql, named_params! { ":receipt": receipt, ":now": now })?;
    let values = named_params! { ":receipt": receipt, ":holder": holder, ":now": now, ":lease": lease };
    let claimed = CLAIM.run(sql, values)?;
    Ok(claimed > 0)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use proptest::{prelude::*, test_runner::RngSeed};

    use super::*;
    use crate::sqlite::schema;

    const MOST: usize = 3;
    const SPAN: Duration = Duration::from_secs(10);

    fn tables() -> Connection {
        let mut sql = Connection::open_in_memory().unwrap();
        schema::migrate(&mut sql).unwrap();
        sql
    }

    fn at(seconds: u64) -> SystemTime {
        SystemTime::UNIX_EPOCH + Duration::from_secs(seconds)
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 64, rng_seed: RngSeed::Fixed(7), failure_persistence: None, ..Default::default() })]

        /// `steps` are random pairs of numbers. In each step, the time advances by the first number, in milliseconds.
        /// Then the clock is set back by the second number, in seconds. The second number is 0 in most steps.
        #[test]
        fn a_clock_that_is_set_back_neither_blocks_sends_nor_allows_more_sends(
            steps in prop::collection::vec((0..6_000_u64, prop_oneof![8 => Just(0), 1 => 0..20_u64, 1 => 0..100_000_u64]), 60),
        ) {
            let (mut time, mut clock) = (Duration::ZERO, at(1_000_000_000));
            let sql = tables();
            let mut sent = Vec::new();
            for (elapsed, set_back) in steps {
                time += Duration::from_millis(elapsed);
                clock = clock + Duration::from_millis(elapsed) - Duration::from_secs(set_back);
                if let Some(wait) = acquire_send(&sql, MOST, SPAN, clock).unwrap() {
                    prop_assert!(wait <= SPAN);
                    // The send is allowed after exactly the returned time.
                    time += wait;
                    clock += wait;
                    prop_assert_eq!(acquire_send(&sql, MOST, SPAN, clock).unwrap(), None);
                }
                sent.push(time);
            }
            for window in sent.windows(MOST + 1) {
                prop_assert!(window[MOST] - window[0] >= SPAN);
            }
        }
    }

    #[test]
    fn a_clock_that_was_ahead_blocks_sends_for_at_most_one_span() {
        let now = 1_000_000_000;
        let year = 365 * 24 * 60 * 60;
        let sql = tables();
        let sent = |second| (0..).take_while(|_| acquire_send(&sql, MOST, SPAN, at(second)).unwrap().is_none()).count();
        assert_eq!(
            (sent(now), sent(now + year)),
            (MOST, MOST),
            "after a jump to the future, the earlier sends count as old"
        );
        assert_eq!(
            acquire_send(&sql, MOST, SPAN, at(now + 1)).unwrap(),
            Some(SPAN),
            "sends with a time in the future may have happened just now"
        );
        assert_eq!(sent(now + 10), 0);
        assert_eq!(sent(now + 11), MOST);
    }

    #[test]
    fn a_lease_expires_even_if_the_clock_is_set_back() {
        let sql = tables();
        let claim = |holder, now| claim(&sql, "receipt", holder, SPAN, now).unwrap();
        assert!(claim("ann", at(1_000)));
        assert!(!claim("ben", at(500)), "the lease has not expired");
        assert!(!claim("ben", at(509)), "the lease lasts ten seconds from the new time");
        assert!(claim("ben", at(510)), "the lease has expired");
    }

    #[test]
    fn sends_and_claims_work_with_a_clock_before_1970() {
        let sql = tables();
        let before = |seconds| SystemTime::UNIX_EPOCH - Duration::from_secs(seconds);
        assert_eq!(acquire_send(&sql, 1, SPAN, before(1_000)).unwrap(), None);
        assert_eq!(acquire_send(&sql, 1, SPAN, before(997)).unwrap(), Some(Duration::from_secs(7)));
        assert_eq!(acquire_send(&sql, 1, SPAN, before(990)).unwrap(), None, "the span is over");
        // The clock is set to a time after 1970 for one send, and is then set back. This send may have happened just
        // now.
        assert_eq!(acquire_send(&sql, 1, SPAN, at(1_000_000_000)).unwrap(), None);
        assert_eq!(acquire_send(&sql, 1, SPAN, before(980)).unwrap(), Some(SPAN));
        assert_eq!(acquire_send(&sql, 1, SPAN, before(970)).unwrap(), None);

        assert!(claim(&sql, "receipt", "ann", SPAN, before(1_000)).unwrap());
        assert!(!claim(&sql, "receipt", "ben", SPAN, before(991)).unwrap());
        assert!(claim(&sql, "receipt", "ben", SPAN, before(990)).unwrap(), "the lease has expired");
    }

    #[test]
    fn sends_older_than_the_span_and_one_hour_are_deleted() {
        let sql = tables();
        let count = || sql.query_row("SELECT count(*) FROM departures", (), |row| row.get::<_, i64>(0)).unwrap();
        for second in 0..10 {
            assert_eq!(acquire_send(&sql, MOST, Duration::from_secs(1), at(second)).unwrap(), None);
        }
        assert_eq!(count(), 10);
        assert_eq!(acquire_send(&sql, MOST, Duration::from_secs(1), at(10_000)).unwrap(), None);
        assert_eq!(count(), 1);
    }
}
