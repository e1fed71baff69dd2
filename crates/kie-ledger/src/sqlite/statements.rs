//! SQL statements that a ledger runs after its file was opened.
//!
//! All these statements are in this file, as values of the type [`Statement`]. A connection prepares each of them once
//! and caches it. A test checks the query plan of each of them.

use std::ops::ControlFlow;

use rusqlite::{Connection, OptionalExtension, Params, Result, Row};

/// SQL text of a statement. The connection prepares the statement once and caches it.
#[derive(Debug)]
pub(super) struct Statement(&'static str);

impl Statement {
    /// Runs the statement, and returns the number of changed rows.
    pub(super) fn run(&self, sql: &Connection, values: impl Params) -> Result<usize> {
        sql.prepare_cached(self.0)?.execute(values)
    }

    /// Runs the statement, and returns its first row. Returns `None` if there is no row.
    pub(super) fn first<T>(
        &self,
        sql: &Connection,
        values: impl Params,
        read: impl FnOnce(&Row<'_>) -> Result<T>,
    ) -> Result<Option<T>> {
        sql.prepare_cached(self.0)?.query_row(values, read).optional()
    }

    /// Runs the statement, and passes its rows to `take` one by one, until `take` returns [`ControlFlow::Break`].
    pub(super) fn each<T>(
        &self,
        sql: &Connection,
        values: impl Params,
        read: impl FnMut(&Row<'_>) -> Result<T>,
        mut take: impl FnMut(T) -> ControlFlow<()>,
    ) -> Result<()> {
        for row in sql.prepare_cached(self.0)?.query_map(values, read)? {
            if take(row?).is_break() {
                break;
            }
        }
        Ok(())
    }
}

/// Defines a constant for each statement, and the list `ALL` of all statements.
macro_rules! statements {
    ($($(#[$docs:meta])* $name:ident = $sql:literal;)*) => {
        $($(#[$docs])* pub(super) const $name: Statement = Statement($sql);)*

        /// All statements. The statement cache of a connection has the size of this list.
        pub(super) const ALL: &[Statement] = &[$($name),*];
    };
}

statements! {
    BEGIN_IMMEDIATE = "BEGIN IMMEDIATE";
    COMMIT = "COMMIT";
    ROLLBACK = "ROLLBACK";
    /// Begins one call in a transaction that several calls share.
    BEGIN_CALL = "SAVEPOINT call";
    END_CALL = "RELEASE call";
    UNDO_CALL = "ROLLBACK TO call";

    WRITE_RECEIPT = "INSERT INTO receipts (receipt) VALUES (?1) ON CONFLICT DO NOTHING";
    REPLACE_RECEIPT = "UPDATE receipts SET receipt = ?1 WHERE number = ?2";
    RECEIPT_BY_ID = "SELECT number, receipt FROM receipts WHERE id = ?1";
    RECEIPT_BY_NAME = "SELECT number, receipt FROM receipts WHERE name = ?1";
    RECEIPT_BY_TASK = "SELECT number, receipt FROM receipts WHERE task_id = ?1 ORDER BY number LIMIT 1";
    RECEIPT_NUMBER = "SELECT number FROM receipts WHERE id = ?1";
    UNFINISHED_RECEIPTS = "
        SELECT number, receipt FROM receipts INDEXED BY receipts_unfinished
        WHERE NOT is_finished AND number > ?1 ORDER BY number
    ";

    RECENT_RECEIPTS = "SELECT number, receipt FROM receipts WHERE number < ?1 ORDER BY number DESC";

    FUTURE_SEND = "SELECT 1 FROM departures WHERE at > :now LIMIT 1";
    RESET_FUTURE_SENDS = "UPDATE departures SET at = :now WHERE at > :now";
    /// Returns one of the sends after `since`. The offset `before` counts back from the latest send, which has the
    /// offset 0.
    SEND_BEFORE = "SELECT at FROM departures WHERE at > :since ORDER BY at DESC LIMIT 1 OFFSET :before";
    WRITE_SEND = "INSERT INTO departures (at) VALUES (:now)";
    DELETE_OLD_SENDS = "DELETE FROM departures WHERE at < :old";

    WRITE_CALLBACK = "
        INSERT INTO arrivals (task_id, kind, digest, at) VALUES (:task_id, :kind, :digest, :now) ON CONFLICT DO NOTHING
    ";

    CALLBACKS_AFTER = "
        SELECT at, task_id, digest, (SELECT id FROM receipts WHERE receipts.task_id = arrivals.task_id LIMIT 1)
        FROM arrivals INDEXED BY arrivals_at WHERE at > ?1 ORDER BY at LIMIT ?2
    ";
    LATEST_CALLBACKS = "
        SELECT at, task_id, digest, (SELECT id FROM receipts WHERE receipts.task_id = arrivals.task_id LIMIT 1)
        FROM arrivals INDEXED BY arrivals_at WHERE at > 0 ORDER BY at DESC LIMIT ?1
    ";

    WRITE_BODY = "INSERT INTO bodies (digest, body) VALUES (?1, ?2) ON CONFLICT DO NOTHING";
    HAS_BODY = "SELECT 1 FROM arrivals JOIN bodies USING (digest) WHERE task_id = ?1 LIMIT 1";
    BODY_OF_TASK = "SELECT body FROM arrivals JOIN bodies USING (digest) WHERE task_id = ?1 LIMIT 1";

    RESET_FUTURE_CLAIM = "UPDATE claims SET at = :now WHERE receipt = :receipt AND at > :now";
    CLAIM = "
        INSERT INTO claims (receipt, holder, at, lease) VALUES (:receipt, :holder, :now, :lease)
        ON CONFLICT (receipt) DO UPDATE SET holder = :holder, at = :now, lease = :lease
        WHERE holder = :holder OR :now - at >= claims.lease
    ";
    RELEASE_CLAIM = "DELETE FROM claims WHERE receipt = :receipt AND holder = :holder";

    /// Returns the time of the latest change of any receipt, in milliseconds since 1970. A `max(…)` would have the same
    /// result, but the test below would refuse it: its query plan looks like a scan of a whole index.
    LAST_CHANGE = "
        SELECT receipt ->> 'changed' AS changed FROM receipts INDEXED BY receipts_changed
        WHERE changed >= 0 ORDER BY changed DESC LIMIT 1
    ";
    DELETE_OLD_RECEIPTS = "
        DELETE FROM receipts WHERE number IN (
            SELECT number FROM receipts INDEXED BY receipts_clearable
            WHERE name IS NULL
            AND (receipt ->> 'state' = 'saved' OR receipt ->> 'state' = 'failed' OR receipt ->> 'state' = 'refused')
            AND receipt ->> 'changed' < :old ORDER BY receipt ->> 'changed' LIMIT :most
        )
    ";
    DELETE_OLD_CALLBACKS = "
        DELETE FROM arrivals WHERE (task_id, kind, digest) IN (
            SELECT task_id, kind, digest FROM arrivals INDEXED BY arrivals_at
            WHERE at < :old ORDER BY at LIMIT :most
        )
    ";
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;
    use crate::sqlite::schema;

    /// Returns the query plan of a statement, with one text for each step.
    fn plan(sql: &Connection, statement: &str) -> Vec<String> {
        let mut explained = sql.prepare(&format!("EXPLAIN QUERY PLAN {statement}")).unwrap();
        explained.raw_query().mapped(|row| row.get("detail")).collect::<Result<_>>().unwrap()
    }

    /// Returns the steps that sort, or read a whole table or index. A `SEARCH` step without a condition in brackets
    /// reads a whole index. A `SEARCH` step with `(rowid>` reads all rows from a number on, so it is a slow step too.
    fn slow(plan: &[String]) -> Vec<&String> {
        let is_search = |step: &String| step.ends_with("?)") && !step.contains("(rowid>");
        let is_slow = |step: &String| {
            step.starts_with("SCAN") || step.starts_with("SEARCH") && !is_search(step) || step.contains("TEMP B-TREE")
        };
        plan.iter().filter(|step| is_slow(step)).collect()
    }

    #[test]
    fn no_statement_reads_a_whole_table() {
        let mut sql = Connection::open_in_memory().unwrap();
        schema::migrate(&mut sql).unwrap();
        let mut plans = 0;
        for Statement(statement) in ALL {
            let plan = plan(&sql, statement);
            plans += usize::from(!plan.is_empty());
            assert!(slow(&plan).is_empty(), "{statement}\n{plan:#?}");
        }
        assert_eq!(plans, 20, "number of the statements that have a query plan");
        // These statements are slow. They show that `slow` finds slow steps.
        for statement in [
            "SELECT receipt FROM receipts",
            "SELECT receipt FROM receipts WHERE number > 0",
            "DELETE FROM claims WHERE at > 1",
            "SELECT max(lease) FROM claims",
            "SELECT count(*) FROM departures",
        ] {
            assert_eq!(slow(&plan(&sql, statement)).len(), 1, "{statement}");
        }
        assert_eq!(slow(&plan(&sql, "SELECT number FROM receipts WHERE id > '' ORDER BY name")).len(), 1);
    }
}
