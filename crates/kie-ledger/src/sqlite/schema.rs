//! Tables, and their upgrade from older versions.

use std::time::{Duration, SystemTime};

use rusqlite::{Connection, TransactionBehavior, named_params};

use super::{
    error::SqliteError,
    moments::{length, nanos},
};
use crate::error::LedgerError;

/// Statements that make each version of the schema from the version before it; the first one starts with an empty file.
/// The file's `user_version` is the number of versions that were applied. An entry never changes: a new schema is a new
/// entry.
const VERSIONS: [&str; 1] = ["
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
"];

/// Marks a file as a ledger: `kiel` in ASCII.
const APPLICATION: i32 = 0x6b69_656c;

/// Time for which finished receipts are kept: two months, like the service's own log.
const RETENTION: Duration = Duration::from_secs(62 * 24 * 60 * 60);

/// Brings the file to the newest schema, and removes old data.
pub(super) fn prepare(connection: &mut Connection, now: SystemTime) -> Result<(), SqliteError> {
    let sql = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    for version in missing(&sql)? {
        sql.execute_batch(version)?;
    }
    sql.pragma_update(None, "application_id", APPLICATION)?;
    sql.pragma_update(None, "user_version", VERSIONS.len() as i64)?;
    remove_old(&sql, now)?;
    sql.commit()?;
    Ok(())
}

/// Returns the versions that the file still needs, if it is a ledger or empty.
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

/// Removes old data. Named receipts stay, because without them a call with that name would be sent again. The age is
/// counted from the last change in the ledger, because the clock may be wrong for a while.
fn remove_old(sql: &Connection, now: SystemTime) -> Result<(), SqliteError> {
    let last: Option<i64> = sql.query_row("SELECT max(receipt ->> 'changed') FROM receipts", (), |row| row.get(0))?;
    let last = last.map_or(i64::MAX, |millis| millis.saturating_mul(1_000_000));
    let old = nanos(now).min(last).saturating_sub(length(RETENTION));
    sql.execute(
        "DELETE FROM receipts WHERE is_finished AND name IS NULL AND receipt ->> 'changed' < :old",
        named_params! { ":old": old / 1_000_000 },
    )?;
    sql.execute("DELETE FROM arrivals WHERE at < :old", named_params! { ":old": old })?;
    sql.execute("DELETE FROM claims WHERE receipt NOT IN (SELECT id FROM receipts)", ())?;
    Ok(())
}
