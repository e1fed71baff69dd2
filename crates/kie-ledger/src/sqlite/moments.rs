//! Moments that the processes of a machine share: departures and claims.
//!
//! They are kept by the machine's clock, which can be put back. A moment that is still to come was written before that
//! happened; all that is sure is that it is over, so it becomes now. What counts from it then ends late rather than
//! early, and never later than if it had begun now.

use std::time::{Duration, SystemTime};

use rusqlite::{Connection, named_params};

use super::{
    error::SqliteError,
    statements::{BRING_CLAIM_BACK, BRING_SENDS_BACK, CLAIM, CLEAR_SENDS, SEND_BEFORE, SEND_TO_COME, WRITE_SEND},
};

/// For how long departures are remembered, if no span is longer.
const REMEMBERED: Duration = Duration::from_secs(60 * 60);

/// A time in nanoseconds since 1970; less than 0 before.
pub(super) fn nanos(time: SystemTime) -> i64 {
    match time.duration_since(SystemTime::UNIX_EPOCH) {
        Ok(since) => length(since),
        Err(before) => length(before.duration()).saturating_neg(),
    }
}

/// A length of time in nanoseconds.
pub(super) fn length(span: Duration) -> i64 {
    span.as_nanos().try_into().unwrap_or(i64::MAX)
}

/// Books a departure if fewer than `most` happened in the last `span`, or says how long to wait.
pub(super) fn acquire_send(
    sql: &Connection,
    most: usize,
    span: Duration,
    now: SystemTime,
) -> Result<Option<Duration>, SqliteError> {
    let (now, span) = (nanos(now), length(span));
    // To look first is cheaper than an update of nothing.
    if SEND_TO_COME.first(sql, named_params! { ":now": now }, |_| Ok(()))?.is_some() {
        BRING_SENDS_BACK.run(sql, named_params! { ":now": now })?;
    }
    if most > 0 {
        let before = i64::try_from(most - 1).unwrap_or(i64::MAX);
        let values = named_params! { ":since": now.saturating_sub(span), ":before": before };
        if let Some(last) = SEND_BEFORE.first(sql, values, |row| row.get::<_, i64>(0))? {
            let wait = last.saturating_add(span).saturating_sub(now);
            return Ok(Some(Duration::from_nanos(wait.unsigned_abs())));
        }
    }
    let old = now.saturating_sub(span.max(length(REMEMBERED)));
    CLEAR_SENDS.run(sql, named_params! { ":old": old })?;
    WRITE_SEND.run(sql, named_params! { ":now": now })?;
    Ok(None)
}

/// Claims a receipt, unless another holds it.
pub(super) fn claim(
    sql: &Connection,
    receipt: &str,
    holder: &str,
    lease: Duration,
    now: SystemTime,
) -> Result<bool, SqliteError> {
    let (now, lease) = (nanos(now), length(lease));
    BRING_CLAIM_BACK.run(sql, named_params! { ":receipt": receipt, ":now": now })?;
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

        /// Time goes on by the first of each pair, and then the clock is put back by the second.
        #[test]
        fn a_clock_that_is_put_back_neither_blocks_nor_lets_more_leave(
            course in prop::collection::vec((0..6_000_u64, prop_oneof![8 => Just(0), 1 => 0..20_u64, 1 => 0..100_000_u64]), 60),
        ) {
            let (mut time, mut clock) = (Duration::ZERO, at(1_000_000_000));
            let sql = tables();
            let mut left = Vec::new();
            for (pass, back) in course {
                time += Duration::from_millis(pass);
                clock = clock + Duration::from_millis(pass) - Duration::from_secs(back);
                if let Some(wait) = acquire_send(&sql, MOST, SPAN, clock).unwrap() {
                    prop_assert!(wait <= SPAN);
                    // Whoever waits for as long as he is told has a place then.
                    time += wait;
                    clock += wait;
                    prop_assert_eq!(acquire_send(&sql, MOST, SPAN, clock).unwrap(), None);
                }
                left.push(time);
            }
            for window in left.windows(MOST + 1) {
                prop_assert!(window[MOST] - window[0] >= SPAN);
            }
        }
    }

    #[test]
    fn a_clock_that_was_ahead_for_a_while_blocks_nothing_for_longer_than_a_span() {
        let now = 1_000_000_000;
        let year = 365 * 24 * 60 * 60;
        let sql = tables();
        let left = |second| (0..).take_while(|_| acquire_send(&sql, MOST, SPAN, at(second)).unwrap().is_none()).count();
        assert_eq!((left(now), left(now + year)), (MOST, MOST), "what it tells of the past is believed");
        assert_eq!(
            acquire_send(&sql, MOST, SPAN, at(now + 1)).unwrap(),
            Some(SPAN),
            "none of these are known to be over"
        );
        assert_eq!(left(now + 10), 0);
        assert_eq!(left(now + 11), MOST);
    }

    #[test]
    fn a_lease_ends_though_the_clock_is_put_back() {
        let sql = tables();
        let claim = |holder, now| claim(&sql, "receipt", holder, SPAN, now).unwrap();
        assert!(claim("ann", at(1_000)));
        assert!(!claim("ben", at(500)), "the lease goes on");
        assert!(!claim("ben", at(509)), "and lasts for as long as was said");
        assert!(claim("ben", at(510)), "but no longer");
    }

    #[test]
    fn a_clock_before_1970_goes_on() {
        let sql = tables();
        let before = |seconds| SystemTime::UNIX_EPOCH - Duration::from_secs(seconds);
        assert_eq!(acquire_send(&sql, 1, SPAN, before(1_000)).unwrap(), None);
        assert_eq!(acquire_send(&sql, 1, SPAN, before(997)).unwrap(), Some(Duration::from_secs(7)));
        assert_eq!(acquire_send(&sql, 1, SPAN, before(990)).unwrap(), None, "the span is over");
        // The clock was right for a while, and is put back: its last send may have been a moment ago.
        assert_eq!(acquire_send(&sql, 1, SPAN, at(1_000_000_000)).unwrap(), None);
        assert_eq!(acquire_send(&sql, 1, SPAN, before(980)).unwrap(), Some(SPAN));
        assert_eq!(acquire_send(&sql, 1, SPAN, before(970)).unwrap(), None);

        assert!(claim(&sql, "receipt", "ann", SPAN, before(1_000)).unwrap());
        assert!(!claim(&sql, "receipt", "ben", SPAN, before(991)).unwrap());
        assert!(claim(&sql, "receipt", "ben", SPAN, before(990)).unwrap(), "the lease is over");
    }

    #[test]
    fn departures_are_forgotten_when_no_span_reaches_them() {
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
