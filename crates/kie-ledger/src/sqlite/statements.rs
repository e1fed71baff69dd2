//! Every statement that a ledger runs once its file is open.
//!
//! They stand in one place so that each is prepared once per connection, and so that a test reads the plan of each.

use rusqlite::{Connection, OptionalExtension, Params, Result, Row};

/// A statement that the connection keeps prepared.
#[derive(Debug)]
pub(super) struct Statement(&'static str);

impl Statement {
    /// Runs it, and returns the number of rows that it changed.
    pub(super) fn run(&self, sql: &Connection, values: impl Params) -> Result<usize> {
        sql.prepare_cached(self.0)?.execute(values)
    }

    /// Returns the first row, if there is one.
    pub(super) fn first<T>(
        &self,
        sql: &Connection,
        values: impl Params,
        read: impl FnOnce(&Row<'_>) -> Result<T>,
    ) -> Result<Option<T>> {
        sql.prepare_cached(self.0)?.query_row(values, read).optional()
    }

    /// Returns all rows.
    pub(super) fn all<T>(
        &self,
        sql: &Connection,
        values: impl Params,
        read: impl FnMut(&Row<'_>) -> Result<T>,
    ) -> Result<Vec<T>> {
        sql.prepare_cached(self.0)?.query_map(values, read)?.collect()
    }
}

/// Defines the statements, and the list of them.
macro_rules! statements {
    ($($(#[$docs:meta])* $name:ident = $sql:literal;)*) => {
        $($(#[$docs])* pub(super) const $name: Statement = Statement($sql);)*

        /// All statements. A connection keeps as many prepared.
        pub(super) const ALL: &[Statement] = &[$($name),*];
    };
}

statements! {
    BEGIN_IMMEDIATE = "BEGIN IMMEDIATE";
    COMMIT = "COMMIT";
    ROLLBACK = "ROLLBACK";
    /// The begin of one call in a transaction of several.
    BEGIN_CALL = "SAVEPOINT call";
    END_CALL = "RELEASE call";
    UNDO_CALL = "ROLLBACK TO call";

    WRITE_RECEIPT = "INSERT INTO receipts (receipt) VALUES (?1) ON CONFLICT DO NOTHING";
    REPLACE_RECEIPT = "UPDATE receipts SET receipt = ?1 WHERE number = ?2";
    RECEIPT_BY_ID = "SELECT number, receipt FROM receipts WHERE id = ?1";
    RECEIPT_BY_NAME = "SELECT number, receipt FROM receipts WHERE name = ?1";
    RECEIPT_BY_TASK = "SELECT number, receipt FROM receipts WHERE task_id = ?1 ORDER BY number LIMIT 1";
    UNFINISHED_RECEIPTS = "
        SELECT number, receipt FROM receipts INDEXED BY receipts_unfinished
        WHERE NOT is_finished AND number > ?1 ORDER BY number
    ";

    SEND_TO_COME = "SELECT 1 FROM departures WHERE at > :now LIMIT 1";
    BRING_SENDS_BACK = "UPDATE departures SET at = :now WHERE at > :now";
    /// Among the sends after `since`, the latest but `before`.
    SEND_BEFORE = "SELECT at FROM departures WHERE at > :since ORDER BY at DESC LIMIT 1 OFFSET :before";
    WRITE_SEND = "INSERT INTO departures (at) VALUES (:now)";
    CLEAR_SENDS = "DELETE FROM departures WHERE at < :old";

    WRITE_CALLBACK = "
        INSERT INTO arrivals (task_id, kind, digest, at) VALUES (:task_id, :kind, :digest, :now) ON CONFLICT DO NOTHING
    ";

    BRING_CLAIM_BACK = "UPDATE claims SET at = :now WHERE receipt = :receipt AND at > :now";
    CLAIM = "
        INSERT INTO claims (receipt, holder, at, lease) VALUES (:receipt, :holder, :now, :lease)
        ON CONFLICT (receipt) DO UPDATE SET holder = :holder, at = :now, lease = :lease
        WHERE holder = :holder OR :now - at >= claims.lease
    ";
    RELEASE_CLAIM = "DELETE FROM claims WHERE receipt = :receipt AND holder = :holder";

    /// The latest time, in milliseconds since 1970. A `max(…)` would be the same, with a plan that looks like a scan's.
    LAST_CHANGE = "
        SELECT receipt ->> 'changed' AS changed FROM receipts INDEXED BY receipts_changed
        WHERE changed >= 0 ORDER BY changed DESC LIMIT 1
    ";
    CLEAR_RECEIPTS = "
        DELETE FROM receipts WHERE number IN (
            SELECT number FROM receipts INDEXED BY receipts_clearable
            WHERE name IS NULL
            AND (receipt ->> 'state' = 'saved' OR receipt ->> 'state' = 'failed' OR receipt ->> 'state' = 'refused')
            AND receipt ->> 'changed' < :old ORDER BY receipt ->> 'changed' LIMIT :most
        )
    ";
    CLEAR_CALLBACKS = "
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

    /// The plan of a statement, a line for each step.
    fn plan(sql: &Connection, statement: &str) -> Vec<String> {
        let mut explained = sql.prepare(&format!("EXPLAIN QUERY PLAN {statement}")).unwrap();
        explained.raw_query().mapped(|row| row.get("detail")).collect::<Result<_>>().unwrap()
    }

    /// Steps that read a whole table or index, or sort. A search without a condition in brackets is a scan by another name, and
    /// so is one for all rows from a number on.
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
        assert_eq!(plans, 14, "the statements that read or search have a plan");
        // The test can fail.
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
