//! The price of a call, kept from the budget until it is known what came of the call.

use std::{
    sync::atomic::{AtomicBool, Ordering},
    time::Duration,
};

use kie_ledger::{ReceiptId, ReceiptKey, ReceiptState};
use kie_transport::{Permit, PermitFuture};
use kie_types::{Charged, Credits, Endpoint, GetAccountCredits};
use tokio::sync::MutexGuard;

use crate::{
    budget::{Balance, InFlight, Insufficient, Spending},
    client::Client,
    error::{About, Error, OverBudget, OverBudgetReason},
};

/// The part of a budget that is kept for a call, if there is a budget. When this is dropped, it is given back; unless nobody
/// knows what came of the call, and then it stays in doubt.
pub(crate) struct Reservation<'a> {
    spending: Option<&'a Spending>,
    receipt: Option<ReceiptId>,
    price: Credits,
    /// Who else has a say in when the call leaves.
    permit: Option<&'a dyn Permit>,
    /// Whether it has left, and nobody knows what came of it.
    in_doubt: AtomicBool,
    /// While nobody knows what the call costs, no other begins.
    alone: Option<MutexGuard<'a, Balance>>,
}

impl Permit for Reservation<'_> {
    fn ask(&self, patience: Duration) -> Option<PermitFuture<'_>> {
        self.permit?.ask(patience)
    }

    fn departs(&self) {
        self.in_doubt.store(true, Ordering::Relaxed);
        if let Some(permit) = self.permit {
            permit.departs();
        }
    }

    fn came_back(&self) -> bool {
        self.in_doubt.store(false, Ordering::Relaxed);
        self.permit.is_none_or(Permit::came_back)
    }
}

impl Reservation<'_> {
    /// Takes in what came of the call. The balance that is read next shows what was taken.
    pub(crate) fn settle<T>(&self, result: Result<T, Error>) -> Result<T, Error> {
        let is_known = match &result {
            Ok(_) => true,
            Err(error) => error.task_id().is_some() || error.charged() != Charged::Unknown,
        };
        if is_known {
            self.in_doubt.store(false, Ordering::Relaxed);
        }
        result
    }
}

impl Drop for Reservation<'_> {
    fn drop(&mut self) {
        if let Some(spending) = self.spending {
            spending.release(self.price, *self.in_doubt.get_mut(), self.receipt);
        }
    }
}

impl Client {
    /// Keeps the price of a call from the budget, if there is one.
    pub(super) async fn reserve<'a>(
        &'a self,
        operation: &str,
        receipt: Option<ReceiptId>,
        permit: Option<&'a dyn Permit>,
    ) -> Result<Reservation<'a>, Error> {
        let price = Credits::default();
        let mut reserved =
            Reservation { spending: None, receipt, price, permit, in_doubt: AtomicBool::new(false), alone: None };
        let Some(spending) = &self.inner.spending else { return Ok(reserved) };
        let refuse = |why| {
            let about = About::new(operation.to_owned());
            Error::OverBudget(Box::new(OverBudget { about, limit: spending.limit(), why }))
        };
        let mut book = spending.book().await;
        // Before the balance is read, which then shows those of them that were taken.
        let known = self.no_longer_in_doubt(&spending.open()).await;
        let before = spending.open();
        let balance = self.read(GetAccountCredits::new(), GetAccountCredits::read).await;
        let balance = balance.map_err(|error| refuse(OverBudgetReason::Unread(error)))?;
        let price = spending
            .admit(&mut book, operation, (balance, &before), &known)
            .map_err(|Insufficient { price, left }| refuse(OverBudgetReason::Insufficient { price, left }))?;
        (reserved.spending, reserved.price) = (Some(spending), price.credits);
        reserved.alone = price.is_unknown.then_some(book);
        Ok(reserved)
    }

    /// The receipts of calls in doubt of which it has become known what came of them.
    async fn no_longer_in_doubt(&self, open: &InFlight) -> Vec<ReceiptId> {
        let Some(ledger) = self.inner.ledger.as_deref() else { return Vec::new() };
        let mut known = Vec::new();
        for receipt in open.in_doubt() {
            let found = ledger.find(ReceiptKey::Id(receipt)).await;
            if found.is_ok_and(|found| found.is_some_and(|found| found.state != ReceiptState::Sent)) {
                known.push(receipt);
            }
        }
        known
    }
}
