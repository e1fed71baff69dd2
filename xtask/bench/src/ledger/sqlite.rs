//! Ledgers in SQLite files.

use std::{
    env, fs,
    fs::File,
    path::{Path, PathBuf},
};

use anyhow::Context as _;
use kie_ledger::SqliteLedger;
use rusqlite::Connection;

use super::samples::{UNFINISHED, write_two};
use crate::runtime;

/// Folder with the files of ledgers, beside this program. Dropping this value removes the folder.
pub(crate) struct Folder(PathBuf);

impl Folder {
    pub(crate) fn create() -> anyhow::Result<Self> {
        // Temporary folders may be in memory, and a ledger waits for the disk.
        let path = env::current_exe()?.with_file_name(format!("kie-bench-ledgers-{}", std::process::id()));
        fs::create_dir_all(&path)?;
        Ok(Self(path))
    }

    /// Creates a ledger with this number of receipts, and returns its path. [`UNFINISHED`] receipts are running, and all
    /// others are saved.
    pub(crate) fn ledger(&self, name: &str, receipts: usize) -> anyhow::Result<String> {
        let path = self.0.join(name);
        runtime()?.block_on(async { write_two(&SqliteLedger::open(&path).await?).await })?;
        copy(&path, receipts)?;
        Ok(path.display().to_string())
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn copy(path: &Path, receipts: usize) -> anyhow::Result<()> {
    let sql = Connection::open(path)?;
    // Nothing else uses the file yet, so the copies need no journal.
    sql.execute_batch(
        "PRAGMA journal_mode = DELETE; PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA cache_size = -1000000",
    )?;
    let copies = format!(
        "WITH RECURSIVE numbers (n) AS (SELECT 3 UNION ALL SELECT n + 1 FROM numbers WHERE n < {receipts})
        INSERT INTO receipts (number, receipt) SELECT n, json_set(
            receipt, '$.id', lower(hex(randomblob(16))), '$.name', 'order ' || n,
            '$.task_id', lower(hex(randomblob(16)))
        ) FROM numbers JOIN receipts ON number = iif(n > {receipts} - {UNFINISHED} + 1, 2, 1)"
    );
    sql.execute(&copies, ())?;
    drop(sql);
    // The copies are written to the disk now, so that later writes do not wait for them.
    Ok(File::open(path).context("the ledger's file is missing")?.sync_all()?)
}
