//! The tables, and how those of an older version become those of this one.

use std::time::{Duration, SystemTime};

use rusqlite::{Connection, TransactionBehavior, named_params};

use super::{
    error::SqliteError,
    moments::{length, nanos},
};
use crate::error::LedgerError;

/// What makes each version of the schema out of the one before it; the first out of an empty file. The file's
/// `user_version` says how many of them it has had. None of these ever changes: a new schema is one more of them.
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

/// How long what is finished is kept: two months, as the service keeps its own log.
const KEPT: Duration = Duration::from_secs(62 * 24 * 60 * 60);

/// Brings the file to the newest schema, and clears out what is old.
pub(super) fn prepare(connection: &mut Connection, now: SystemTime) -> Result<(), SqliteError> {
    let sql = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    for version in missing(&sql)? {
        sql.execute_batch(version)?;
    }
    sql.pragma_update(None, "application_id", APPLICATION)?;
    sql.pragma_update(None, "user_version", VERSIONS.len() as i64)?;
    clear(&sql, now)?;
    sql.commit()?;
    Ok(())
}

/// The versions that the file has not had yet, if it is a ledger or empty.
pub(super) fn missing(sql: &Connection) -> Result<&'static [&'static str], SqliteError> {
    let version: i64 = sql.pragma_query_value(None, "user_version", |row| row.get(0))?;
    let application: i32 = sql.pragma_query_value(None, "application_id", |row| row.get(0))?;
    let is_empty: bool = sql.query_row("SELECT count(*) = 0 FROM sqlite_schema", (), |row| row.get(0))?;
    if application != APPLICATION && !(is_empty && version == 0) {
        return Err(LedgerError::new("the file is a database of something else, not a ledger").into());
    }
    let missing = usize::try_from(version).ok().and_then(|version| VERSIONS.get(version..));
    missing.ok_or_else(|| LedgerError::new("the ledger was written by a newer version of kie-ledger").into())
}

/// What has a name stays, for a call of that name would be sent again without it. Counts back from the last change, and not
/// from a clock that is wrong for a while.
fn clear(sql: &Connection, now: SystemTime) -> Result<(), SqliteError> {
    let last: Option<i64> = sql.query_row("SELECT max(receipt ->> 'changed') FROM receipts", (), |row| row.get(0))?;
    let last = last.map_or(i64::MAX, |millis| millis.saturating_mul(1_000_000));
    let old = nanos(now).min(last).saturating_sub(length(KEPT));
    sql.execute(
        "DELETE FROM receipts WHERE is_finished AND name IS NULL AND receipt ->> 'changed' < :old",
        named_params! { ":old": old / 1_000_000 },
    )?;
    sql.execute("DELETE FROM arrivals WHERE at < :old", named_params! { ":old": old })?;
    sql.execute("DELETE FROM claims WHERE receipt NOT IN (SELECT id FROM receipts)", ())?;
    Ok(())
}
