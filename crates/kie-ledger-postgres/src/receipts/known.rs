//! The receipts that this process used last.

use std::{
    collections::{HashMap, VecDeque},
    sync::{Mutex, MutexGuard, PoisonError},
};

use kie_ledger::{Receipt, ReceiptId};

use super::stored::StoredReceipt;

/// Maximum number of known receipts. A receipt of a song has about 2 KB.
const MOST: usize = 1_024;

/// The receipts that this process used last, with their versions. A call then changes its receipt without reading it
/// before.
///
/// A known receipt may be out of date. So the database makes a change only if it still has the same version, and
/// otherwise returns the newer receipt.
#[derive(Debug, Default)]
pub(crate) struct KnownReceipts(Mutex<Inner>);

#[derive(Debug, Default)]
struct Inner {
    receipts: HashMap<ReceiptId, StoredReceipt>,
    /// Ids in the order in which they became known. An id may be in it more than once.
    order: VecDeque<ReceiptId>,
}

impl KnownReceipts {
    pub(crate) fn get(&self, id: ReceiptId) -> Option<StoredReceipt> {
        self.lock().receipts.get(&id).cloned()
    }

    /// Remembers a receipt, unless it is finished: a finished receipt is rarely used again.
    pub(crate) fn keep(&self, version: i64, receipt: Receipt) {
        let mut inner = self.lock();
        let id = receipt.id;
        if receipt.state.is_finished() {
            inner.receipts.remove(&id);
            return;
        }
        if inner.receipts.insert(id, StoredReceipt { version, receipt }).is_none() {
            inner.order.push_back(id);
        }
        while inner.order.len() > MOST {
            let Some(oldest) = inner.order.pop_front() else { break };
            inner.receipts.remove(&oldest);
        }
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use kie_ledger::{ReceiptUpdate, SendId};

    use super::*;

    #[test]
    fn only_the_latest_unfinished_receipts_are_known() {
        let known = KnownReceipts::default();
        let receipts: Vec<Receipt> = (0..=MOST).map(|_| Receipt::new("generate-music", "{}").unwrap()).collect();
        for receipt in &receipts {
            known.keep(1, receipt.clone());
            known.keep(2, receipt.clone());
        }
        assert!(known.get(receipts[0].id).is_none());
        assert_eq!(known.get(receipts[1].id).unwrap().version, 2);
        let mut refused = receipts[MOST].clone();
        refused.apply(&ReceiptUpdate::Refused { send: SendId::new(1), reason: String::new() }, refused.created);
        known.keep(3, refused);
        assert!(known.get(receipts[MOST].id).is_none());
        assert!(known.lock().order.len() <= MOST && known.lock().receipts.len() < MOST);
    }
}
