//! The tables, and how those of an older version become those of this one.

use std::time::Duration;

use rusqlite::{Connection, TransactionBehavior};

use super::error::SqliteError;
use crate::error::LedgerError;

/// What makes each version of the schema out of the one before it; the first out of an empty file. The file's
/// `user_version` says how many of them it has had. None of these ever changes: a new schema is one more of them.
///
/// A process of an older version may have the file open while it is migrated, and goes on afterwards. So no version takes
/// away a table or a column, or needs a value that older ones do not write. A receipt without `terms` has the classic route,
/// and its price, in millionths of a credit, is not known.
const VERSIONS: [&str; 2] = [
    "
    CREATE TABLE receipts (
        number INTEGER PRIMARY KEY,
        receipt TEXT NOT NULL,
        id TEXT NOT NULL AS (receipt ->> 'id'),
        name TEXT AS (receipt ->> 'name'),
        task_id TEXT AS (receipt ->> 'task_id'),
        is_finished INTEGER NOT NULL AS (receipt ->> 'state' IN ('refused', 'failed', 'saved'))
    ) STRICT;
    CREATE UNIQUE INDEX receipts_id ON receipts (id);
    CREATE UNIQUE INDEX receipts_name ON receipts (name) WHERE name IS NOT NULL;
    CREATE INDEX receipts_task_id ON receipts (task_id) WHERE task_id IS NOT NULL;
    CREATE INDEX receipts_unfinished ON receipts (number) WHERE NOT is_finished;

    CREATE TABLE departures (at INTEGER NOT NULL) STRICT;
    CREATE INDEX departures_at ON departures (at);

    CREATE TABLE arrivals (
        task_id TEXT NOT NULL,
        kind TEXT NOT NULL,
        digest BLOB NOT NULL,
        at INTEGER NOT NULL,
        PRIMARY KEY (task_id, kind, digest)
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE claims (
        receipt TEXT PRIMARY KEY,
        holder TEXT NOT NULL,
        at INTEGER NOT NULL,
        lease INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID;
    ",
    // Indices for retention, which the first version did by reading everything; and tables for what later versions keep
    // beside a receipt or a callback. They are no columns, for SQLite reads the whole of a strict table to add one; and no keys
    // of the JSON, which processes that do not know them replace as a whole. The condition of what can be cleared is that of
    // `is_finished` without its list, for which SQLite makes a table each time.
    "
    CREATE INDEX receipts_changed ON receipts (receipt ->> 'changed');
    CREATE INDEX receipts_clearable ON receipts (receipt ->> 'changed') WHERE name IS NULL
        AND (receipt ->> 'state' = 'saved' OR receipt ->> 'state' = 'failed' OR receipt ->> 'state' = 'refused');
    CREATE INDEX arrivals_at ON arrivals (at);

    CREATE TABLE terms (
        number INTEGER PRIMARY KEY,
        route TEXT NOT NULL DEFAULT 'classic',
        price INTEGER
    ) STRICT;
    CREATE TABLE bodies (
        digest BLOB PRIMARY KEY,
        body BLOB NOT NULL CHECK (length(body) <= 65536)
    ) STRICT;

    CREATE TRIGGER receipts_cleared AFTER DELETE ON receipts BEGIN
        DELETE FROM terms WHERE number = old.number;
        DELETE FROM claims WHERE receipt = old.id;
    END;
    CREATE TRIGGER arrivals_cleared AFTER DELETE ON arrivals BEGIN
        DELETE FROM bodies WHERE digest = old.digest;
    END;
    DELETE FROM claims WHERE NOT EXISTS (SELECT 1 FROM receipts WHERE receipts.id = claims.receipt);
    ",
];

/// Marks a file as a ledger: `kiel` in ASCII.
const APPLICATION: i32 = 0x6b69_656c;

/// Maximum time that an opener waits for another one that migrates the file: about 6 seconds per million receipts on a
/// fast disk.
const MIGRATION_PATIENCE: Duration = Duration::from_secs(120);

/// Brings the file to the newest schema. Takes no lock if it has that already.
pub(super) fn migrate(connection: &mut Connection) -> Result<(), SqliteError> {
    // One read transaction sees all of it as it was at one time, for another process may be migrating it.
    if missing(&*connection.transaction()?)?.is_empty() {
        return Ok(());
    }
    connection.busy_timeout(MIGRATION_PATIENCE)?;
    let sql = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    for version in missing(&sql)? {
        sql.execute_batch(version)?;
    }
    sql.pragma_update(None, "application_id", APPLICATION)?;
    sql.pragma_update(None, "user_version", VERSIONS.len() as i64)?;
    sql.commit()?;
    Ok(())
}

/// Returns the versions that the file has not had yet, if it is a ledger or empty.
pub(super) fn missing(sql: &Connection) -> Result<&'static [&'static str], SqliteError> {
    let version: i64 = sql.pragma_query_value(None, "user_version", |row| row.get(0))?;
    let application: i32 = sql.pragma_query_value(None, "application_id", |row| row.get(0))?;
    let is_empty: bool = sql.query_row("SELECT count(*) = 0 FROM sqlite_schema", (), |row| row.get(0))?;
    if application != APPLICATION && !(is_empty && version == 0) {
        return Err(LedgerError::new("the file is another program's database, not a ledger").into());
    }
    let missing = usize::try_from(version).ok().and_then(|version| VERSIONS.get(version..));
    missing.ok_or_else(|| LedgerError::new("the ledger was written by a newer version of kie-ledger").into())
}

/// Returns `true` if the file holds no tables yet, and an error if it is no ledger of this version or an older one.
pub(super) fn is_empty(sql: &Connection) -> Result<bool, SqliteError> {
    Ok(missing(sql)?.len() == VERSIONS.len())
}
