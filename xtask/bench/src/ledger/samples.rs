//! Receipts of songs, as the SDK writes them.

use std::time::Duration;

use kie_ledger::{Ledger, Receipt, ReceiptUpdate, SendId};
use kie_suno::types::Stage;

use crate::canned;

/// Number of unfinished receipts in each ledger: the tasks of one minute at the service's rate limit.
pub(crate) const UNFINISHED: usize = 120;

/// Returns a receipt for a song.
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

/// Writes one saved receipt, which has the number 1, and one running receipt, which has the number 2. The engines copy
/// them by SQL, because a million calls of a ledger would take half an hour.
pub(super) async fn write_two(ledger: &dyn Ledger) -> anyhow::Result<()> {
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
    Ok(())
}
