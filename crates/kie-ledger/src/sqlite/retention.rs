//! Removes old receipts and callbacks in batches. A batch is small, so other processes wait for the file only a short
//! time.

use std::time::{Duration, SystemTime};

use rusqlite::{Connection, named_params};

use super::{
    error::SqliteError,
    moments::{nanos, span_nanos},
    statements::{DELETE_OLD_CALLBACKS, DELETE_OLD_RECEIPTS, LAST_CHANGE},
};

/// Time for which callbacks, and by default finished receipts, are stored: two months, because the service stores its own
/// log for two months.
pub(super) const RETENTION: Duration = Duration::from_secs(62 * 24 * 60 * 60);

/// Maximum number of receipts that one transaction removes. The same maximum applies to the callbacks.
pub(super) const BATCH: usize = 256;

/// Number of writing transactions between two batches, if the earlier batch was not full. After a full batch, the next
/// batch follows the next writing transaction. So all old rows are removed soon.
const INTERVAL: u32 = 128;

/// Counts down the writing transactions until the next batch. The count starts at 0 when the ledger is opened, and
/// after a full batch. After any other batch, it starts at [`INTERVAL`].
#[derive(Debug, Default)]
pub(super) struct Retention {
    writes_until_due: u32,
}

impl Retention {
    /// Counts one writing transaction. Returns `true` if a batch must be removed after this transaction.
    pub(super) fn is_due(&mut self) -> bool {
        let is_due = self.writes_until_due == 0;
        self.writes_until_due = self.writes_until_due.saturating_sub(1);
        is_due
    }

    /// Schedules the next batch. `rows` is the number of rows that the last batch removed.
    pub(super) fn schedule_next(&mut self, rows: usize) {
        self.writes_until_due = if rows < BATCH { INTERVAL } else { 0 };
    }
}

/// Removes a batch of old receipts and callbacks. Returns the number of removed receipts or the number of removed
/// callbacks, the larger of the two.
///
/// Receipts with a name are not removed, because a later call with the same name would then be sent again.
///
/// `keep_finished` is the time for which finished receipts are kept, and [`RETENTION`] that of callbacks. Both are counted back from `now` or from the latest change of any receipt, the earlier of the two. So no row
/// is removed too early if the clock is wrong for a while.
pub(super) fn remove_old(sql: &Connection, keep_finished: Duration, now: SystemTime) -> Result<usize, SqliteError> {
    let last = LAST_CHANGE.first(sql, (), |row| row.get::<_, i64>(0))?;
    let last = last.map_or(i64::MAX, |millis| millis.saturating_mul(1_000_000));
    let [old_receipt, old_callback] =
        [keep_finished, RETENTION].map(|time| nanos(now).min(last).saturating_sub(span_nanos(time)));
    let most = i64::try_from(BATCH).unwrap_or(i64::MAX);
    let values = named_params! { ":old": old_receipt / 1_000_000, ":most": most };
    let receipts = DELETE_OLD_RECEIPTS.run(sql, values)?;
    let callbacks = DELETE_OLD_CALLBACKS.run(sql, named_params! { ":old": old_callback, ":most": most })?;
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

    fn set_changed(sql: &Connection, receipt: &Receipt, time: SystemTime) {
        let set = "UPDATE receipts SET receipt = json_set(receipt, '$.changed', ?1) WHERE id = ?2";
        sql.execute(set, (nanos(time) / 1_000_000, receipt.id.to_string())).unwrap();
    }

    #[test]
    fn only_callbacks_and_finished_receipts_without_a_name_are_removed_after_two_months() {
        let sql = tables();
        let transaction = Transaction::new(&sql, now());
        let [running, saved, mut named] = [(); 3].map(|()| Receipt::new("generate-music", "{}").unwrap());
        named.name = Some("order-4711".into());
        for receipt in [&running, &saved, &named] {
            transaction.write(receipt).unwrap();
            transaction.update(receipt.id, &ReceiptUpdate::Reached { stage: Stage::Complete }).unwrap();
        }
        for receipt in [&saved, &named] {
            transaction.update(receipt.id, &ReceiptUpdate::Saved { files: Vec::new() }).unwrap();
        }
        transaction.claim(saved.id, "ann", Duration::MAX).unwrap();
        transaction.claim(named.id, "ann", Duration::MAX).unwrap();
        let mut callback = CallbackRecord::new("task", [7; 32]);
        callback.body = Some(b"{}".to_vec());
        assert!(transaction.receive(&callback).unwrap());
        for receipt in [&running, &saved, &named] {
            set_changed(&sql, receipt, now());
        }
        sql.execute_batch("INSERT INTO terms (number) SELECT number FROM receipts").unwrap();

        // A wrong clock alone removes nothing. Old rows are removed only if another receipt has changed later.
        for (days, has_changed, is_kept) in [(61, true, true), (36_500, false, true), (63, true, false)] {
            let later = now() + days * DAY;
            if has_changed {
                set_changed(&sql, &running, later);
            }
            assert_eq!(remove_old(&sql, RETENTION, later).unwrap(), usize::from(!is_kept));
            assert!(transaction.find(ReceiptKey::Id(running.id)).unwrap().is_some());
            assert!(
                transaction.find(ReceiptKey::Name("order-4711")).unwrap().is_some(),
                "a receipt with a name is not removed"
            );
            assert_eq!(transaction.find(ReceiptKey::Id(saved.id)).unwrap().is_some(), is_kept);
            assert_eq!(transaction.callback_body("task").unwrap().is_some(), is_kept);
            callback.body = None;
            assert_eq!(transaction.receive(&callback).unwrap(), !is_kept);
            let count = |table| -> i64 {
                sql.query_row(&format!("SELECT count(*) FROM {table}"), (), |row| row.get(0)).unwrap()
            };
            let expected = (2 + i64::from(is_kept), 1 + i64::from(is_kept), i64::from(is_kept));
            assert_eq!(
                (count("terms"), count("claims"), count("bodies")),
                expected,
                "the rows that belong to a removed receipt or callback are removed too"
            );
        }
    }

    #[test]
    fn finished_receipts_are_kept_as_long_as_is_set() {
        let sql = tables();
        let transaction = Transaction::new(&sql, now());
        let [saved, running] = [(); 2].map(|()| Receipt::new("generate-music", "{}").unwrap());
        transaction.write(&saved).unwrap();
        transaction.update(saved.id, &ReceiptUpdate::Saved { files: Vec::new() }).unwrap();
        set_changed(&sql, &saved, now());
        assert!(transaction.receive(&CallbackRecord::new("task", [7; 32])).unwrap());
        transaction.write(&running).unwrap();
        let later = now() + 36_500 * DAY;
        set_changed(&sql, &running, later);
        assert_eq!(remove_old(&sql, Duration::MAX, later).unwrap(), 1, "only the callback is removed");
        assert_eq!(remove_old(&sql, 36_501 * DAY, later).unwrap(), 0);
        assert!(transaction.find(ReceiptKey::Id(saved.id)).unwrap().is_some());
        assert_eq!(remove_old(&sql, 36_499 * DAY, later).unwrap(), 1);
        assert!(transaction.find(ReceiptKey::Id(saved.id)).unwrap().is_none());
    }

    #[test]
    fn a_batch_is_due_at_first_after_a_full_batch_and_after_many_writes() {
        let mut retention = Retention::default();
        assert!(retention.is_due(), "the ledger was just opened");
        retention.schedule_next(BATCH);
        assert!(retention.is_due(), "the last batch was full");
        retention.schedule_next(BATCH - 1);
        assert!((0..INTERVAL).all(|_| !retention.is_due()));
        assert!(retention.is_due());
    }

    #[test]
    fn a_batch_has_a_maximum_size_and_removes_the_oldest_receipts() {
        let sql = tables();
        let transaction = Transaction::new(&sql, now());
        let receipts: Vec<Receipt> = (0..BATCH + 10).map(|_| Receipt::new("generate-music", "{}").unwrap()).collect();
        for (number, receipt) in (0..).zip(&receipts) {
            transaction.write(receipt).unwrap();
            transaction.update(receipt.id, &ReceiptUpdate::Saved { files: Vec::new() }).unwrap();
            set_changed(&sql, receipt, now() - Duration::from_secs(number));
        }
        let running = Receipt::new("generate-music", "{}").unwrap();
        transaction.write(&running).unwrap();
        set_changed(&sql, &running, now() + 63 * DAY);
        assert_eq!(remove_old(&sql, RETENTION, now() + 63 * DAY).unwrap(), BATCH);
        for (number, receipt) in receipts.iter().enumerate() {
            assert_eq!(transaction.find(ReceiptKey::Id(receipt.id)).unwrap().is_some(), number < 10, "{number}");
        }
        assert_eq!(remove_old(&sql, RETENTION, now() + 63 * DAY).unwrap(), 10);
        assert_eq!(remove_old(&sql, RETENTION, now() + 63 * DAY).unwrap(), 0);
    }
}
