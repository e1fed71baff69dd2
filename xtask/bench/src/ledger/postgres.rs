//! Ledgers in databases of a PostgreSQL that this process starts.

use kie_ledger_postgres::PostgresLedger;
use kie_test_postgres::Cluster;

use super::samples::{UNFINISHED, write_two};
use crate::runtime;

/// A cluster that waits for the disk, as in production. Dropping this value removes it.
pub(crate) struct Databases(Cluster);

impl Databases {
    /// Starts the cluster. Returns `None` if PostgreSQL is not installed.
    pub(crate) fn start() -> Option<Self> {
        Cluster::start(&["fsync=on"]).map(Self)
    }

    /// Creates a database with a ledger of this number of receipts, and returns its address. [`UNFINISHED`] receipts are
    /// running, and all others are saved.
    pub(crate) fn ledger(&self, name: &str, receipts: usize) -> anyhow::Result<String> {
        let runtime = runtime()?;
        runtime.block_on(self.0.execute(&format!("CREATE DATABASE {name}")));
        let ledger = self.0.database(name);
        runtime.block_on(async {
            write_two(&PostgresLedger::connect(ledger.url()).await?).await?;
            ledger.execute(&copies(receipts)).await;
            // Statements of their own, because they cannot run in a transaction.
            ledger.execute("VACUUM ANALYZE").await;
            ledger.execute("CHECKPOINT").await;
            anyhow::Ok(())
        })?;
        Ok(ledger.url().to_owned())
    }

    /// Returns the number of bytes of the tables and indexes of this ledger.
    pub(crate) fn bytes(&self, name: &str) -> anyhow::Result<f64> {
        let size = "SELECT sum(pg_total_relation_size(oid))::bigint FROM pg_class
                    WHERE relnamespace = 'kie_ledger'::regnamespace AND relkind = 'r'";
        Ok(runtime()?.block_on(self.0.database(name).number(size)) as f64)
    }

    /// Removes the database with this name.
    pub(crate) fn remove(&self, name: &str) -> anyhow::Result<()> {
        runtime()?.block_on(self.0.execute(&format!("DROP DATABASE {name} WITH (FORCE)")));
        Ok(())
    }
}

/// Returns SQL that copies the two first receipts.
fn copies(receipts: usize) -> String {
    format!(
        "INSERT INTO kie_ledger.receipts (id, name_hash, task_hash, finished_at, receipt)
        SELECT n.id, sha256(convert_to(n.name, 'UTF8')), sha256(convert_to(n.task, 'UTF8')), r.finished_at,
            (r.receipt::jsonb || jsonb_build_object('id', n.id, 'name', n.name, 'task_id', n.task))::text
        FROM (
            SELECT n, md5(random()::text || n) AS id, 'order ' || n AS name, md5(n || random()::text) AS task
            FROM generate_series(3, {receipts}) AS n
        ) AS n JOIN kie_ledger.receipts AS r
            ON r.number = CASE WHEN n.n > {receipts} - {UNFINISHED} + 1 THEN 2 ELSE 1 END
        ORDER BY n.n"
    )
}
