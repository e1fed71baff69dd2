//! Clears out what is old, a batch at a time, so that no other process waits long.

use std::time::{Duration, SystemTime};

use rusqlite::{Connection, named_params};

use super::{
    error::SqliteError,
    moments::{length, nanos},
    statements::{CLEAR_CALLBACKS, CLEAR_RECEIPTS, LAST_CHANGE},
};

/// Time for which finished receipts and callbacks are kept: two months, as the service keeps its own log.
const KEPT: Duration = Duration::from_secs(62 * 24 * 60 * 60);

/// Maximum number of receipts, and of callbacks, that one transaction clears.
pub(super) const BATCH: usize = 256;

/// Number of written transactions from one batch to the next. Each writes a few rows at most, so batches keep up.
const INTERVAL: u32 = 128;

/// Number of writes until the next batch: none after opening and while there is more to clear, then [`INTERVAL`].
#[derive(Debug, Default)]
pub(super) struct Retention {
    writes_until_due: u32,
}

impl Retention {
    /// Counts a written transaction, and returns `true` if a batch is due after it.
    pub(super) fn is_due(&mut self) -> bool {
        let is_due = self.writes_until_due == 0;
        self.writes_until_due = self.writes_until_due.saturating_sub(1);
        is_due
    }

    /// Sets the next batch by the number of rows that this one cleared.
    pub(super) fn cleared(&mut self, rows: usize) {
        self.writes_until_due = if rows < BATCH { INTERVAL } else { 0 };
    }
}

/// Clears a batch, and returns the number of receipts or of callbacks in it, whichever is larger.
///
/// Receipts that have a name stay, for a call of that name would be sent again without it. The time is counted back from the
/// last change, and not from a clock that is wrong for a while.
pub(super) fn clear(sql: &Connection, now: SystemTime) -> Result<usize, SqliteError> {
    let last = LAST_CHANGE.first(sql, (), |row| row.get::<_, i64>(0))?;
    let last = last.map_or(i64::MAX, |millis| millis.saturating_mul(1_000_000));
    let old = nanos(now).min(last).saturating_sub(length(KEPT));
    let most = i64::try_from(BATCH).unwrap_or(i64::MAX);
    let values = named_params! { ":old": old / 1_000_000, ":most": most };
    let receipts = CLEAR_RECEIPTS.run(sql, values)?;
    let callbacks = CLEAR_CALLBACKS.run(sql, named_params! { ":old": old, ":most": most })?;
    Ok(receipts.max(callbacks))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use kie_types::Stage;

    use super::*;
    use crate::{
        ledger::{CallbackRecord, ReceiptKey},
        receipts::{Receipt, ReceiptUpdate},
        sqlite::{schema, transaction::Transaction},
    };

    const DAY: Duration = Duration::from_secs(24 * 60 * 60);

    fn now() -> SystemTime {
        SystemTime::UNIX_EPOCH + 20_000 * DAY
    }

    fn tables() -> Connection {
        let mut sql = Connection::open_in_memory().unwrap();
        schema::migrate(&mut sql).unwrap();
        sql
    }

    fn changed(sql: &Connection, receipt: &Receipt, time: SystemTime) {
        let set = "UPDATE receipts SET receipt = json_set(receipt, '$.changed', ?1) WHERE id = ?2";
        sql.execute(set, (nanos(time) / 1_000_000, receipt.id.to_string())).unwrap();
    }

    #[test]
    fn what_is_finished_is_cleared_out_after_two_months_and_nothing_else() {
        let sql = tables();
        let book = Transaction::new(&sql, now());
        let [running, saved, mut named] = [(); 3].map(|()| Receipt::new("generate-music", "{}").unwrap());
        named.name = Some("order-4711".into());
        for receipt in [&running, &saved, &named] {
            book.write(receipt).unwrap();
            book.update(receipt.id, &ReceiptUpdate::Reached { stage: Stage::Complete }).unwrap();
        }
        for receipt in [&saved, &named] {
            book.update(receipt.id, &ReceiptUpdate::Saved { files: Vec::new() }).unwrap();
        }
        book.claim(saved.id, "ann", Duration::MAX).unwrap();
        book.claim(named.id, "ann", Duration::MAX).unwrap();
        let callback = CallbackRecord::new("task", [7; 32]);
        assert!(book.receive(&callback).unwrap());
        for receipt in [&running, &saved, &named] {
            changed(&sql, receipt, now());
        }
        sql.execute_batch("INSERT INTO terms (number) SELECT number FROM receipts").unwrap();
        sql.execute_batch("INSERT INTO bodies (digest, body) SELECT digest, x'7b7d' FROM arrivals").unwrap();

        // A clock that is wrong for a moment makes nothing forgotten; that something has changed later does.
        for (days, has_changed, is_kept) in [(61, true, true), (36_500, false, true), (63, true, false)] {
            let later = now() + days * DAY;
            if has_changed {
                changed(&sql, &running, later);
            }
            assert_eq!(clear(&sql, later).unwrap(), usize::from(!is_kept));
            assert!(book.find(ReceiptKey::Id(running.id)).unwrap().is_some());
            assert!(book.find(ReceiptKey::Name("order-4711")).unwrap().is_some(), "it is never sent again");
            assert_eq!(book.find(ReceiptKey::Id(saved.id)).unwrap().is_some(), is_kept);
            assert_eq!(book.receive(&callback).unwrap(), !is_kept);
            let count = |table| -> i64 {
                sql.query_row(&format!("SELECT count(*) FROM {table}"), (), |row| row.get(0)).unwrap()
            };
            let kept = (2 + i64::from(is_kept), 1 + i64::from(is_kept), i64::from(is_kept));
            assert_eq!((count("terms"), count("claims"), count("bodies")), kept, "what belongs to it goes with it");
        }
    }

    #[test]
    fn a_batch_is_bounded_and_takes_the_oldest() {
        let sql = tables();
        let book = Transaction::new(&sql, now());
        let receipts: Vec<Receipt> = (0..BATCH + 10).map(|_| Receipt::new("generate-music", "{}").unwrap()).collect();
        for (number, receipt) in (0..).zip(&receipts) {
            book.write(receipt).unwrap();
            book.update(receipt.id, &ReceiptUpdate::Saved { files: Vec::new() }).unwrap();
            changed(&sql, receipt, now() - Duration::from_secs(number));
        }
        let running = Receipt::new("generate-music", "{}").unwrap();
        book.write(&running).unwrap();
        changed(&sql, &running, now() + 63 * DAY);
        assert_eq!(clear(&sql, now() + 63 * DAY).unwrap(), BATCH);
        for (number, receipt) in receipts.iter().enumerate() {
            assert_eq!(book.find(ReceiptKey::Id(receipt.id)).unwrap().is_some(), number < 10, "{number}");
        }
        assert_eq!(clear(&sql, now() + 63 * DAY).unwrap(), 10);
        assert_eq!(clear(&sql, now() + 63 * DAY).unwrap(), 0);
    }
}
