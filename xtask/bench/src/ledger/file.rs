//! Makes the file of a ledger with many receipts.

use std::{fs::File, path::Path, time::Duration};

use anyhow::Context as _;
use kie_ledger::{Ledger as _, Receipt, ReceiptUpdate, SendId, SqliteLedger};
use kie_suno::types::Stage;
use rusqlite::Connection;

use crate::{canned, runtime};

/// Number of unfinished receipts in each file: the tasks of one minute at the service's rate limit.
pub(crate) const UNFINISHED: usize = 120;

/// Returns a receipt for a song, as the SDK writes it.
pub(super) fn receipt(name: String) -> anyhow::Result<Receipt> {
    let mut receipt = Receipt::new("generate-music", serde_json::to_string(&canned::song())?)?;
    receipt.name = Some(name);
    Ok(receipt)
}

/// Returns the update for the response to a submit.
pub(super) fn answered(task: String) -> ReceiptUpdate {
    ReceiptUpdate::Answered { response: format!(r#"{{"taskId":"{task}"}}"#), task_id: Some(task) }
}

/// Returns the name of the receipt with this number. The first receipt has the number 1.
pub(super) fn name(number: usize) -> String {
    format!("order {number}")
}

/// Creates a ledger with this number of receipts. [`UNFINISHED`] receipts are running, and all others are saved. The
/// ledger writes one saved receipt and one running receipt. SQL copies them, because a million calls of the ledger
/// would take half an hour.
pub(crate) fn create(path: &Path, receipts: usize) -> anyhow::Result<()> {
    runtime()?.block_on(async {
        let ledger = SqliteLedger::open(path).await?;
        for (number, is_saved) in [(1, true), (2, false)] {
            let receipt = receipt(name(number))?;
            ledger.write(&receipt).await?;
            ledger.acquire_send(receipt.id, SendId::random()?, 0, Duration::ZERO).await?;
            ledger.update(receipt.id, &answered(format!("{number:032x}"))).await?;
            if is_saved {
                let files = ["One More Stop.mp3", "One More Stop (2).mp3"].map(|file| format!("/music/{file}"));
                ledger.update(receipt.id, &ReceiptUpdate::Reached { stage: Stage::Complete }).await?;
                ledger.update(receipt.id, &ReceiptUpdate::Saved { files: files.into() }).await?;
            }
        }
        anyhow::Ok(())
    })?;
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
