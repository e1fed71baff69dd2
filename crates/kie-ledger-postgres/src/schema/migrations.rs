//! Creates the schema of a ledger, and migrates the schema of an older version.

use std::time::Duration;

use kie_ledger::LedgerError;
use tokio::time::timeout;
use tokio_postgres::{Client, GenericClient, types::Type};

use crate::error::{Failure, Lasting};

/// SQL of every migration, with the oldest version that can use the schema after this migration. A schema of version 1 is the
/// result of the first migration. An existing migration must never be changed. A new version is one more migration at the end
/// of the list.
///
/// Processes of older versions use the schema during the migration and afterwards. So a migration must not remove or rename
/// what they use, and must not change the parameters or the result of a function: a function with another signature gets
/// another name. If this is not possible, the migration raises the oldest version.
const MIGRATIONS: [(&str, i32); 1] = [(include_str!("version_1.sql"), 1)];

/// Table with one row for each migration that was applied.
const VERSIONS: &str = "
    CREATE SCHEMA IF NOT EXISTS {schema};
    CREATE TABLE IF NOT EXISTS {schema}.kie_ledger_versions (
        version integer PRIMARY KEY, oldest integer NOT NULL, at timestamptz NOT NULL DEFAULT now()
    );
";

/// Other processes that start at the same time wait for the lock, and then find that nothing is left to do. The lock ends
/// with the transaction.
const LOCK: &str = "
    SET LOCAL statement_timeout = '120s';
    SELECT pg_advisory_xact_lock(hashtextextended('kie_ledger {schema}', 0));
";

/// Time limit of a migration. It is longer than the time limit of its statements.
const LONGEST: Duration = Duration::from_secs(150);

/// Creates or migrates the schema. Writes nothing if the schema has this version or a newer one. `time` is the time limit for
/// finding this out.
pub(crate) async fn migrate(client: &mut Client, schema: &str, time: Duration) -> Result<(), Lasting> {
    // Reading needs no privilege to create a schema, and works on a replica.
    if within(time, missing(&*client, schema)).await?.is_empty() {
        return Ok(());
    }
    within(LONGEST, apply(client, schema)).await
}

async fn within<T>(time: Duration, work: impl Future<Output = Result<T, Lasting>>) -> Result<T, Lasting> {
    timeout(time, work).await.unwrap_or_else(|_| Err(Failure::late(true).error.into()))
}

async fn apply(client: &mut Client, schema: &str) -> Result<(), Lasting> {
    let sql = client.transaction().await?;
    sql.batch_execute(&fill(LOCK, schema)).await?;
    let missing = missing(&sql, schema).await?;
    if missing.is_empty() {
        return Ok(());
    }
    sql.batch_execute(&fill(VERSIONS, schema)).await?;
    let done = MIGRATIONS.len() - missing.len();
    for (version, (migration, oldest)) in (1..).zip(&MIGRATIONS).skip(done) {
        sql.batch_execute(&fill(migration, schema)).await?;
        let add = fill("INSERT INTO {schema}.kie_ledger_versions (version, oldest) VALUES ($1, $2)", schema);
        let version: i32 = version;
        sql.query_typed(&add, &[(&version, Type::INT4), (oldest, Type::INT4)]).await?;
    }
    sql.commit().await?;
    Ok(())
}

/// Returns the migrations that the schema does not have yet. Fails if the schema holds something else, or if this version
/// is too old for it.
async fn missing(sql: &impl GenericClient, schema: &str) -> Result<&'static [(&'static str, i32)], Lasting> {
    let state = "
        SELECT to_regclass($1 || '.kie_ledger_versions') IS NOT NULL,
            EXISTS (SELECT FROM pg_class WHERE relnamespace = to_regnamespace($1))
    ";
    let state = sql.query_typed_one(state, &[(&schema, Type::TEXT)]).await?;
    let (is_ledger, has_tables): (bool, bool) = (state.try_get(0)?, state.try_get(1)?);
    if !is_ledger {
        if has_tables {
            let what = format!("the schema {schema} of the database holds other tables, and no ledger");
            return Err(LedgerError::new(what).into());
        }
        return Ok(&MIGRATIONS);
    }
    let versions =
        fill("SELECT coalesce(max(version), 0), coalesce(max(oldest), 0) FROM {schema}.kie_ledger_versions", schema);
    let versions = sql.query_typed_one(&versions, &[]).await?;
    let (version, oldest): (i32, i32) = (versions.try_get(0)?, versions.try_get(1)?);
    if usize::try_from(oldest).is_ok_and(|oldest| oldest > MIGRATIONS.len()) {
        return Err(LedgerError::new("the ledger was written by a newer version of kie-ledger-postgres").into());
    }
    Ok(usize::try_from(version).ok().and_then(|version| MIGRATIONS.get(version..)).unwrap_or_default())
}

fn fill(sql: &str, schema: &str) -> String {
    sql.replace("{schema}", schema)
}
