//! Copies receipts, the oldest first, and compares them.

use std::{future::poll_fn, task::Poll};

use sha2::{Digest as _, Sha256};

use super::outcome::{Copied, CopyError, CopyProgress, Difference, DifferenceKind};
use crate::{
    error::LedgerError,
    ledger::{CallbackRecord, Ledger, LedgerFuture, ReceiptKey},
    receipts::{Receipt, ReceiptId},
};

/// Number of receipts that are read at once.
const PAGE: usize = 256;

/// Maximum number of operations of a ledger that run at the same time.
const IN_FLIGHT: usize = 32;

/// Copies all receipts of the ledger `from` into the ledger `to`, in the order in which they were written. Reads each
/// receipt back from `to`, and compares it. `progress` is called from time to time.
///
/// Call this function again after an interruption or an error: it writes only the receipts that are still missing. Nothing
/// that is in `to` is replaced, and `from` is not changed. `to` may have other receipts already.
///
/// The bodies of callbacks are copied too. Claims, the sends of the rate limit and the digests of callbacks are not copied.
/// So stop all processes that use `from` before, and wait for the span of the rate limit before the first process uses
/// `to`. `to` must keep finished receipts for at least as long as `from`, because it may otherwise remove them at once.
///
/// Up to 32 operations run at the same time, begun in the order of the receipts. A ledger keeps this order if it makes the
/// changes in the order in which they were begun, as `SqliteLedger` does. `PostgresLedger` does so with one connection.
///
/// # Errors
///
/// [`CopyError`] if a ledger fails, if receipts of `from` cannot be read by this version of the crate, or if receipts
/// with the same id or name are different in `to`.
pub async fn copy(
    from: &dyn Ledger,
    to: &dyn Ledger,
    mut progress: impl FnMut(CopyProgress),
) -> Result<Copied, CopyError> {
    let unreadable = from.all_unreadable().await.map_err(CopyError::From)?;
    if !unreadable.is_empty() {
        return Err(CopyError::Unreadable(unreadable));
    }
    let (borders, total) = borders(from).await.map_err(CopyError::From)?;
    let mut copying = Copying { from, to, copied: Copied::default(), differences: Vec::new() };
    progress(CopyProgress { compared: 0, total });
    let starts = std::iter::once(None).chain(borders.iter().copied().map(Some));
    let pages: Vec<(Option<ReceiptId>, ReceiptId)> = starts.zip(borders.iter().copied()).collect();
    for (before, last) in pages.into_iter().rev() {
        let receipts = receipts_between(from, before, last).await.map_err(CopyError::From)?;
        for some in receipts.chunks(IN_FLIGHT) {
            copying.add(some).await?;
            progress(CopyProgress { compared: copying.copied.compared, total });
        }
    }
    if copying.differences.is_empty() { Ok(copying.copied) } else { Err(CopyError::Different(copying.differences)) }
}

/// Returns the last receipt of each page, the newest page first, and the number of all receipts.
async fn borders(from: &dyn Ledger) -> Result<(Vec<ReceiptId>, u64), LedgerError> {
    let (mut borders, mut total) = (Vec::new(), 0);
    loop {
        let page = from.recent(borders.last().copied(), PAGE).await?;
        total += page.len() as u64;
        borders.extend(page.last().map(|receipt| receipt.id));
        if page.len() < PAGE {
            return Ok((borders, total));
        }
    }
}

/// Returns the receipts from the one before `before` back to `last`, the oldest first. If `before` is `None`, new receipts
/// are among them.
async fn receipts_between(
    from: &dyn Ledger,
    mut before: Option<ReceiptId>,
    last: ReceiptId,
) -> Result<Vec<Receipt>, LedgerError> {
    let mut receipts = Vec::new();
    loop {
        let page = from.recent(before, PAGE).await?;
        let is_end = page.len() < PAGE;
        before = page.last().map(|receipt| receipt.id).or(before);
        receipts.extend(page);
        let end = receipts.iter().position(|receipt| receipt.id == last);
        if end.is_some() || is_end {
            receipts.truncate(end.map_or(receipts.len(), |end| end + 1));
            receipts.reverse();
            return Ok(receipts);
        }
    }
}

struct Copying<'a> {
    from: &'a dyn Ledger,
    to: &'a dyn Ledger,
    copied: Copied,
    differences: Vec<Difference>,
}

impl Copying<'_> {
    /// Copies some receipts, and compares them.
    async fn add(&mut self, receipts: &[Receipt]) -> Result<(), CopyError> {
        let written = all(receipts.iter().map(|receipt| self.to.write(receipt))).await.map_err(CopyError::To)?;
        self.copied.written += written.iter().filter(|existing| existing.is_none()).count() as u64;
        let found = all(receipts.iter().map(|receipt| self.to.find(ReceiptKey::Id(receipt.id)))).await;
        let mut same = Vec::new();
        for ((receipt, existing), found) in receipts.iter().zip(written).zip(found.map_err(CopyError::To)?) {
            let kind = match (existing, found) {
                (_, Some(found)) if found == *receipt => {
                    same.push(receipt);
                    continue;
                }
                (Some(existing), _) if existing.id != receipt.id => DifferenceKind::Name { taken_by: existing.id },
                (_, Some(_)) => DifferenceKind::Content,
                (_, None) => DifferenceKind::Missing,
            };
            self.differences.push(Difference { receipt: receipt.id, kind });
        }
        let tasks = same.iter().filter_map(|receipt| Some((receipt.id, receipt.task_id.as_deref()?)));
        let tasks: Vec<(ReceiptId, &str)> = tasks.collect();
        let bodies = all(tasks.iter().map(|(_, task)| self.from.callback_body(task))).await;
        for ((receipt, task), body) in tasks.into_iter().zip(bodies.map_err(CopyError::From)?) {
            let Some(body) = body else { continue };
            if self.add_body(task, body).await.map_err(CopyError::To)? {
                self.copied.bodies += 1;
            } else {
                self.differences.push(Difference { receipt, kind: DifferenceKind::Body });
            }
        }
        self.copied.compared += receipts.len() as u64;
        Ok(())
    }

    /// Copies the body of a task's callback. Returns `true` if the other ledger has this body.
    async fn add_body(&self, task: &str, body: Vec<u8>) -> Result<bool, LedgerError> {
        if let Some(known) = self.to.callback_body(task).await? {
            return Ok(known == body);
        }
        let mut callback = CallbackRecord::new(task, Sha256::digest(&body).into());
        callback.body = Some(body);
        self.to.receive(&callback).await?;
        Ok(self.to.callback_body(task).await? == callback.body)
    }
}

/// Runs operations of a ledger at the same time, begun in their order. Returns their results in their order, or the first
/// error.
async fn all<'a, T>(operations: impl Iterator<Item = LedgerFuture<'a, T>>) -> Result<Vec<T>, LedgerError> {
    let mut operations: Vec<(LedgerFuture<'a, T>, Option<T>)> = operations.map(|operation| (operation, None)).collect();
    poll_fn(|context| {
        let mut is_done = true;
        for (operation, result) in operations.iter_mut().filter(|(_, result)| result.is_none()) {
            match operation.as_mut().poll(context) {
                Poll::Ready(Ok(done)) => *result = Some(done),
                Poll::Ready(Err(error)) => return Poll::Ready(Err(error)),
                Poll::Pending => is_done = false,
            }
        }
        if is_done { Poll::Ready(Ok(())) } else { Poll::Pending }
    })
    .await?;
    Ok(operations.into_iter().filter_map(|(_, result)| result).collect())
}
