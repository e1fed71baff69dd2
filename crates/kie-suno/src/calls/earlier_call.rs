//! Waiting for an earlier call with the same name, which was sent and has no response yet.

use std::time::Duration;

use kie_ledger::{Ledger, Receipt, ReceiptKey};
use kie_transport::Timeouts;
use serde_json::json;
use tokio::time::{Instant, sleep};

use super::time_left::TimeLeft;
use crate::{
    client::Exchange,
    error::{About, Error, LostAnswer, OutcomeUnknown},
};

/// Pause before the second look at the receipt. Each further pause is twice as long, up to [`MAX_PAUSE`]. The pauses
/// are needed because a ledger does not report changes, and because the earlier call may belong to another process.
const FIRST_PAUSE: Duration = Duration::from_millis(20);
const MAX_PAUSE: Duration = Duration::from_secs(1);

/// Time that the earlier caller may need to write a response to the receipt, in addition to the timeouts of its call.
const WRITE_TIME: Duration = Duration::from_secs(30);

/// Waits while the earlier call of this receipt may still get its response, but not longer than the time that is left
/// for the new call, `time`. Returns the latest state of the receipt.
pub(super) async fn until_answered(ledger: &dyn Ledger, mut receipt: Receipt, time: &TimeLeft<'_>) -> Receipt {
    let mut pause = FIRST_PAUSE;
    let mut end = last_answer(ledger, &receipt, time);
    while receipt.is_in_flight() {
        let left = end.saturating_duration_since(Instant::now()).min(time.remaining());
        if left.is_zero() {
            break;
        }
        sleep(pause.min(left)).await;
        pause = MAX_PAUSE.min(pause * 2);
        // An error of the ledger does not show that the call had no effect. So the last known state stays valid.
        if let Ok(Some(found)) = ledger.find(ReceiptKey::Id(receipt.id)).await {
            if found.sends != receipt.sends {
                end = last_answer(ledger, &found, time);
            }
            receipt = found;
        }
    }
    receipt
}

/// Returns the instant after which the response to the last send cannot come any more. The timeout `total` of the
/// earlier call is not known. So this function uses the longer of two timeouts: the default one, and that of the new
/// call.
fn last_answer(ledger: &dyn Ledger, receipt: &Receipt, time: &TimeLeft<'_>) -> Instant {
    let longest = Timeouts::default().total.max(time.total()).saturating_add(WRITE_TIME);
    let age = ledger.now().duration_since(receipt.changed).unwrap_or_default();
    let now = Instant::now();
    now.checked_add(longest.saturating_sub(age)).unwrap_or(now + Timeouts::default().total)
}

/// Returns `true` if the service has answered the call of this receipt before, and stores its response in `exchange`.
/// Returns `false` if the call was never sent, or was refused.
///
/// # Errors
///
/// [`Error::OutcomeUnknown`] if the call was sent before, and its response is not known or cannot be read.
pub(super) fn was_answered(receipt: &Receipt, about: &About, exchange: &mut dyn Exchange) -> Result<bool, Error> {
    if receipt.is_sendable() {
        return Ok(false);
    }
    let is_recalled = match (&receipt.response, &receipt.task_id) {
        (Some(response), _) => exchange.recall(response),
        // A callback or a refusal named the task. Only the id of the task is known.
        (None, Some(id)) => exchange.recall(&json!({ "taskId": id }).to_string()),
        (None, None) => false,
    };
    if is_recalled {
        return Ok(true);
    }
    Err(Error::OutcomeUnknown(Box::new(OutcomeUnknown { about: about.clone(), source: LostAnswer::Before })))
}
