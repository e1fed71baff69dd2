//! Reservation of the price of a call, until the outcome of the call is known.

use std::{
    sync::atomic::{AtomicBool, Ordering},
    time::Duration,
};

use kie_ledger::{ReceiptId, ReceiptKey, ReceiptState};
use kie_transport::{Permit, PermitFuture};
use kie_types::{Charged, Credits, Endpoint, GetAccountCredits, Route};
use tokio::sync::MutexGuard;

use crate::{
    budget::{Balance, InFlight, Insufficient, PricedCall, Spending},
    client::Client,
    error::{About, Error, OverBudget, OverBudgetReason},
};

/// The price of a call, reserved from the budget. Without a budget, nothing is reserved. Dropping the reservation
/// releases the price. If the outcome of the call is not known, the price stays counted as unconfirmed.
pub(crate) struct Reservation<'a> {
    spending: Option<&'a Spending>,
    receipt: Option<ReceiptId>,
    price: Credits,
    /// Send permit of the same call from the ledger, if the call has a receipt.
    permit: Option<&'a dyn Permit>,
    /// `true` if the call was sent and its outcome is not known.
    is_unconfirmed: AtomicBool,
    /// Lock on the account, if the price of the call is unknown. The lock is held until the call ends, so that no other
    /// call starts during this time.
    account: Option<MutexGuard<'a, Balance>>,
}

impl Permit for Reservation<'_> {
    fn acquire(&self, time_left: Duration) -> Option<PermitFuture<'_>> {
        self.permit?.acquire(time_left)
    }

    fn on_send(&self) {
        self.is_unconfirmed.store(true, Ordering::Relaxed);
        if let Some(permit) = self.permit {
            permit.on_send();
        }
    }

    fn allows_retry(&self) -> bool {
        self.is_unconfirmed.store(false, Ordering::Relaxed);
        self.permit.is_none_or(Permit::allows_retry)
    }
}

impl Reservation<'_> {
    /// Marks the call as confirmed if `result` shows its outcome. Returns `result`. The next reading of the balance
    /// shows the credits that were charged.
    pub(crate) fn settle<T>(&self, result: Result<T, Error>) -> Result<T, Error> {
        let is_known = match &result {
            Ok(_) => true,
            Err(error) => error.task_id().is_some() || error.charged() != Charged::Unknown,
        };
        if is_known {
            self.is_unconfirmed.store(false, Ordering::Relaxed);
        }
        result
    }
}

impl Drop for Reservation<'_> {
    fn drop(&mut self) {
        if let Some(spending) = self.spending {
            spending.release(self.price, *self.is_unconfirmed.get_mut(), self.receipt);
        }
    }
}

impl Client {
    /// Reserves the price of a call from the budget. `call` is `None` if the client has no budget: the reservation is then
    /// empty.
    pub(super) async fn reserve<'a>(
        &'a self,
        operation: &str,
        call: Option<PricedCall>,
        receipt: Option<ReceiptId>,
        permit: Option<&'a dyn Permit>,
    ) -> Result<Reservation<'a>, Error> {
        let price = Credits::default();
        let mut reservation = Reservation {
            spending: None,
            receipt,
            price,
            permit,
            is_unconfirmed: AtomicBool::new(false),
            account: None,
        };
        let (Some(spending), Some(call)) = (&self.inner.spending, call) else { return Ok(reservation) };
        let refuse = |why| {
            let about = About::new(operation.to_owned());
            Error::OverBudget(Box::new(OverBudget { about, limit: spending.limit(), why }))
        };
        let mut account = spending.lock_account().await;
        // The receipts of unconfirmed calls are looked up before the balance is read. So the balance already includes
        // the charge of each call whose outcome the lookup shows.
        let confirmed = self.confirmed(&spending.in_flight()).await;
        let before = spending.in_flight();
        let balance = self.read(GetAccountCredits::new(), Route::Classic, None, None, GetAccountCredits::read).await;
        let balance = balance.map_err(|error| refuse(OverBudgetReason::Unread(error)))?;
        let price = spending
            .admit(&mut account, call, (balance, &before), &confirmed)
            .map_err(|Insufficient { price, left }| refuse(OverBudgetReason::Insufficient { price, left }))?;
        (reservation.spending, reservation.price) = (Some(spending), price.credits);
        reservation.account = price.is_unknown.then_some(account);
        Ok(reservation)
    }

    /// Returns the receipts of unconfirmed calls whose outcome is known by now.
    async fn confirmed(&self, in_flight: &InFlight) -> Vec<ReceiptId> {
        let Some(ledger) = self.inner.ledger.as_deref() else { return Vec::new() };
        let mut confirmed = Vec::new();
        for receipt in in_flight.unconfirmed_receipts() {
            let found = ledger.find(ReceiptKey::Id(receipt)).await;
            if found.is_ok_and(|found| found.is_some_and(|found| found.state != ReceiptState::Sent)) {
                confirmed.push(receipt);
            }
        }
        confirmed
    }
}
