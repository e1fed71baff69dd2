//! Tables of a ledger, and the migration of tables that an older version created.

use std::time::Duration;

use rusqlite::{Connection, TransactionBehavior};

use super::error::SqliteError;
use crate::error::LedgerError;

/// SQL of every migration. Each migration changes the previous version of the schema into the next version. The first
/// migration starts with an empty file. The `user_version` of a file is the number of migrations that were applied to
/// it. An existing migration must never be changed. A new version of the schema is one more migration at the end of
/// the list.
///
/// A process of an older version may have the file open during the migration, and continues to use the file afterwards.
/// So a migration must not take away the name of a table or a column, and must not require a value that older versions
/// do not write.
const MIGRATIONS: [&str; 3] = [
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
    // Adds indexes for the removal of old rows, because the first version read whole tables to find old rows. Adds
    // the tables `terms` and `bodies`. No version uses `terms`: the route and the cost of a call are in the JSON of the
    // receipt, because one more table costs 25 % more CPU instructions for each paid call. `bodies` is for the bodies of
    // callbacks. The
    // condition of `receipts_clearable` selects the same states as `is_finished`, but without `IN (…)`, because
    // SQLite creates a temporary table for each `IN (…)`.
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
    // Replaces the column `is_finished` by a column with the same name and the same values, but without `IN (…)`. This
    // saves about 100,000 of 700,000 CPU instructions for each paid call.
    "
    DROP INDEX receipts_unfinished;
    ALTER TABLE receipts DROP COLUMN is_finished;
    ALTER TABLE receipts ADD COLUMN is_finished INTEGER AS (
        CASE receipt ->> 'state' WHEN 'refused' THEN 1 WHEN 'failed' THEN 1 WHEN 'saved' THEN 1 ELSE 0 END
    );
    CREATE INDEX receipts_unfinished ON receipts (number) WHERE NOT is_finished;
    ",
];

/// The `application_id` of a ledger's file: `kiel` in ASCII.
const APPLICATION_ID: i32 = 0x6b69_656c;

/// Maximum time to wait while another process or connection migrates the file. A migration takes about 6 seconds per
/// million receipts on a fast disk.
const MIGRATION_TIMEOUT: Duration = Duration::from_secs(120);

/// Migrates the file to the newest version of the schema. Locks the file for writing only if a migration is missing.
pub(super) fn migrate(connection: &mut Connection) -> Result<(), SqliteError> {
    // The check is one read transaction, because another process may be migrating the file at the same time.
    if missing_migrations(&*connection.transaction()?)?.is_empty() {
        return Ok(());
    }
    connection.busy_timeout(MIGRATION_TIMEOUT)?;
    let sql = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    for migration in missing_migrations(&sql)? {
        sql.execute_batch(migration)?;
    }
    sql.pragma_update(None, "application_id", APPLICATION_ID)?;
    sql.pragma_update(None, "user_version", MIGRATIONS.len() as i64)?;
    sql.commit()?;
    Ok(())
}

/// Returns the migrations that the file does not have yet. Fails if the file is neither empty nor a ledger, or if a
/// newer version wrote it.
pub(super) fn missing_migrations(sql: &Connection) -> Result<&'static [&'static str], SqliteError> {
    let version: i64 = sql.pragma_query_value(None, "user_version", |row| row.get(0))?;
    let application: i32 = sql.pragma_query_value(None, "application_id", |row| row.get(0))?;
    let is_empty: bool = sql.query_row("SELECT count(*) = 0 FROM sqlite_schema", (), |row| row.get(0))?;
    if application != APPLICATION_ID && !(is_empty && version == 0) {
        return Err(LedgerError::new("the file is another program's database, not a ledger").into());
    }
    let missing = usize::try_from(version).ok().and_then(|version| MIGRATIONS.get(version..));
    missing.ok_or_else(|| LedgerError::new("the ledger was written by a newer version of kie-ledger").into())
}

/// Returns `true` if the file has no tables yet. Fails like [`missing_migrations`].
pub(super) fn is_empty(sql: &Connection) -> Result<bool, SqliteError> {
    Ok(missing_migrations(sql)?.len() == MIGRATIONS.len())
}
