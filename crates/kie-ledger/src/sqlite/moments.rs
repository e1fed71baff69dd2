//! Times that the processes of a machine share: sends and claims.
//!
//! They are times of the machine's clock, which can be put back. A stored time that lies in the future was written
//! before the clock was put back. It has certainly passed, so it is replaced by the current time. A span or lease that
//! starts at it may then end late, but never early, and never later than one that starts now.

use std::time::{Duration, SystemTime};

use rusqlite::{Connection, OptionalExtension, named_params};

use super::error::SqliteError;

/// Minimum time for which sends are stored. A longer span extends it.
const MIN_RETENTION: Duration = Duration::from_secs(60 * 60);

/// Returns a time in nanoseconds since 1970.
pub(super) fn nanos(time: SystemTime) -> i64 {
    length(time.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default())
}

/// Returns a duration in nanoseconds.
pub(super) fn length(span: Duration) -> i64 {
    span.as_nanos().try_into().unwrap_or(i64::MAX)
}

/// Records a send if fewer than `most` were recorded in the last `span`. Otherwise returns the time to wait.
pub(super) fn acquire_send(
    sql: &Connection,
    most: usize,
    span: Duration,
    now: SystemTime,
) -> Result<Option<Duration>, SqliteError> {
    let (now, span) = (nanos(now), length(span));
    sql.execute("UPDATE departures SET at = :now WHERE at > :now", named_params! { ":now": now })?;
    if most > 0 {
        let last = sql.query_row(
            "SELECT at FROM departures ORDER BY at DESC LIMIT 1 OFFSET :before",
            named_params! { ":before": i64::try_from(most - 1).unwrap_or(i64::MAX) },
            |row| row.get::<_, i64>(0),
        );
        let wait = last.optional()?.map_or(0, |last| last.saturating_add(span).saturating_sub(now));
        if wait > 0 {
            return Ok(Some(Duration::from_nanos(wait.unsigned_abs())));
        }
    }
    let old = now.saturating_sub(span.max(length(MIN_RETENTION)));
    sql.execute("DELETE FROM departures WHERE at < :old", named_params! { ":old": old })?;
    sql.execute("INSERT INTO departures (at) VALUES (:now)", named_params! { ":now": now })?;
    Ok(None)
}

/// Claims a receipt, unless another holder has it.
pub(super) fn claim(
    sql: &Connection,
    receipt: &str,
    holder: &str,
    lease: Duration,
    now: SystemTime,
) -> Result<bool, SqliteError> {
    let (now, lease) = (nanos(now), length(lease));
    sql.execute("UPDATE claims SET at = :now WHERE at > :now", named_params! { ":now": now })?;
    let claimed = sql.execute(
        "INSERT INTO claims (receipt, holder, at, lease) VALUES (:receipt, :holder, :now, :lease)
         ON CONFLICT (receipt) DO UPDATE SET holder = :holder, at = :now, lease = :lease
         WHERE holder = :holder OR :now - at >= claims.lease",
        named_params! { ":receipt": receipt, ":holder": holder, ":now": now, ":lease": lease },
    )?;
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

    fn tables(now: SystemTime) -> Connection {
        let mut sql = Connection::open_in_memory().unwrap();
        schema::prepare(&mut sql, now).unwrap();
        sql
    }

    fn at(seconds: u64) -> SystemTime {
        SystemTime::UNIX_EPOCH + Duration::from_secs(seconds)
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 64, rng_seed: RngSeed::Fixed(7), failure_persistence: None, ..Default::default() })]

        /// The first number of each pair lets time pass, in milliseconds. The second puts the clock back, in seconds.
        #[test]
        fn a_clock_that_is_put_back_neither_blocks_nor_allows_more_sends(
            steps in prop::collection::vec((0..6_000_u64, prop_oneof![8 => Just(0), 1 => 0..20_u64, 1 => 0..100_000_u64]), 60),
        ) {
            let (mut time, mut clock) = (Duration::ZERO, at(1_000_000_000));
            let sql = tables(clock);
            let mut sent = Vec::new();
            for (pass, back) in steps {
                time += Duration::from_millis(pass);
                clock = clock + Duration::from_millis(pass) - Duration::from_secs(back);
                if let Some(wait) = acquire_send(&sql, MOST, SPAN, clock).unwrap() {
                    prop_assert!(wait <= SPAN);
                    // After the given wait, a send must be possible.
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
    fn a_clock_that_was_ahead_blocks_for_at_most_one_span() {
        let now = 1_000_000_000;
        let year = 365 * 24 * 60 * 60;
        let sql = tables(at(now));
        let sent = |second| (0..).take_while(|_| acquire_send(&sql, MOST, SPAN, at(second)).unwrap().is_none()).count();
        assert_eq!((sent(now), sent(now + year)), (MOST, MOST), "sends before the clock was put back count");
        assert_eq!(
            acquire_send(&sql, MOST, SPAN, at(now + 1)).unwrap(),
            Some(SPAN),
            "these sends are counted from now on"
        );
        assert_eq!(sent(now + 10), 0);
        assert_eq!(sent(now + 11), MOST);
    }

    #[test]
    fn a_lease_ends_though_the_clock_is_put_back() {
        let sql = tables(at(1_000));
        let claim = |holder, now| claim(&sql, "receipt", holder, SPAN, now).unwrap();
        assert!(claim("ann", at(1_000)));
        assert!(!claim("ben", at(500)), "the lease goes on");
        assert!(!claim("ben", at(509)), "it lasts for its whole time");
        assert!(claim("ben", at(510)), "it does not last longer");
    }

    #[test]
    fn sends_are_removed_when_no_span_includes_them() {
        let sql = tables(at(0));
        let count = || sql.query_row("SELECT count(*) FROM departures", (), |row| row.get::<_, i64>(0)).unwrap();
        for second in 0..10 {
            assert_eq!(acquire_send(&sql, MOST, Duration::from_secs(1), at(second)).unwrap(), None);
        }
        assert_eq!(count(), 10);
        assert_eq!(acquire_send(&sql, MOST, Duration::from_secs(1), at(10_000)).unwrap(), None);
        assert_eq!(count(), 1);
    }
}
