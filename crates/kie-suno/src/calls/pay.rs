//! Calls that can cost money. With a ledger, the receipt is written before the call is sent, and the outcome is written
//! to the receipt after the call.

use std::{
    pin::Pin,
    time::{Duration, SystemTime},
};

use kie_ledger::{Ledger, LedgerError, Receipt, ReceiptId, ReceiptKey, ReceiptState, ReceiptUpdate};
use kie_transport::Permit;
use kie_types::{
    Route,
    catalog::{OPERATIONS, Operation},
};
use serde_json::Value;
use tokio::time::sleep;

use super::{
    call_future::PhaseTracker,
    earlier_call::{until_answered, was_answered},
    options::Options,
    pending_send::PendingSend,
    time_left::TimeLeft,
};
use crate::{
    budget::{PriceKey, PricedCall},
    client::{Client, Exchange, Target, no_ledger, not_encoded},
    error::{About, Error, NameTaken, TransportError},
};

/// Pause after the ledger has denied a send.
const PAUSE: Duration = Duration::from_millis(20);

/// Future of a call that has a receipt or a budget.
type PayFuture<'a, T> = Pin<Box<dyn Future<Output = Result<T, Error>> + Send + 'a>>;

impl Client {
    /// Makes a call that creates something, within the budget and without a receipt.
    pub(super) fn spend<'a>(
        &'a self,
        target: &'a Target,
        exchange: &'a mut dyn Exchange,
        options: &'a Options,
    ) -> PayFuture<'a, ()> {
        Box::pin(async move {
            let time = TimeLeft::of(self, options.timeouts, target);
            self.fill(target, exchange);
            let operation = operation_of(target).map_or(&*target.name, |known| known.name);
            self.send_reserved(target, exchange, &time, (operation, None), None).await
        })
    }

    /// Makes a call that creates something, with a receipt, and within the budget if there is one.
    pub(super) fn pay<'a>(
        &'a self,
        target: &'a Target,
        exchange: &'a mut dyn Exchange,
        options: &'a Options,
    ) -> PayFuture<'a, Option<(ReceiptId, Route)>> {
        Box::pin(async move {
            let ledger = self.inner.ledger.as_ref().ok_or_else(no_ledger)?;
            let time = TimeLeft::of(self, options.timeouts, target);
            let known = operation_of(target);
            let operation = known.map_or(&*target.name, |known| known.name);
            let starts_task = known.is_none_or(|known| known.job.is_some());
            let mut receipt = prepare((operation, target.route()), exchange, options, ledger.now())?;
            let mut pending = PendingSend::new(&self.inner, ledger, receipt.id, starts_task).map_err(Error::Ledger)?;
            match time.bound(write(&**ledger, &receipt)).await {
                Ok(None) => pending.is_written = true,
                Ok(Some(known)) => {
                    pending.join(known.id);
                    receipt = time.bound(self.without_withdrawal(&**ledger, known)).await?;
                }
                // The ledger may have written the receipt in spite of the error. So the drop of `pending` withdraws the
                // call: it records on the receipt that the call was not sent.
                Err(error) => return Err(error),
            }
            self.fill(target, exchange);
            let id = receipt.id;
            let about = About::new(target.name.clone()).with(id);
            if let Some(address) = exchange.call_back() {
                address.add(id);
            }
            loop {
                receipt = until_answered(&**ledger, receipt, &time).await;
                if receipt.forgotten && receipt.task_id.is_none() {
                    pending.is_settled = true;
                    let what = "its receipt was forgotten before the call could be sent";
                    return Err(Error::Ledger(LedgerError::new(what)));
                }
                match was_answered(&receipt, &about, exchange) {
                    Ok(false) => {}
                    known => {
                        pending.is_settled = true;
                        return known.map(|_| Some((id, receipt.route)));
                    }
                }
                // An earlier call with this name was not accepted, and was sent on the other route.
                if receipt.route != target.route() {
                    let routed = ReceiptUpdate::Routed { route: target.route() };
                    time.bound(async { ledger.update(id, &routed).await.map_err(Error::Ledger) }).await?;
                }
                let priced = (operation, Some((id, receipt.created)));
                let result = self.send_reserved(target, exchange, &time, priced, Some(&pending)).await;
                // Another call was sent with this receipt. It may be in flight, answered or refused by now.
                if pending.take_denied() {
                    let sends = receipt.sends;
                    receipt = denied(&**ledger, receipt).await;
                    if receipt.is_sendable() && receipt.sends == sends {
                        let what = "the ledger denies a send that the receipt allows";
                        return Err(Error::Ledger(LedgerError::new(what)));
                    }
                    continue;
                }
                pending.settle(result, exchange).await?;
                return Ok(Some((id, target.route())));
            }
        })
    }

    /// Reserves the price of a call from the budget, if there is one, and sends the call. `receipt` is the receipt of the
    /// call with its creation time, if there is one.
    async fn send_reserved(
        &self,
        target: &Target,
        exchange: &mut dyn Exchange,
        time: &TimeLeft<'_>,
        (operation, receipt): (&str, Option<(ReceiptId, SystemTime)>),
        permit: Option<&dyn Permit>,
    ) -> Result<(), Error> {
        let (id, created) = receipt.map_or((None, SystemTime::now()), |(id, created)| (Some(id), created));
        let priced = |request: String| PricedCall {
            key: PriceKey::new(operation, &request),
            listed: target.price.map(|price| price.most),
            created,
        };
        let call = self.inner.spending.as_ref().map(|_| priced(exchange.json().unwrap_or_default()));
        let reservation = time.bound(self.reserve(operation, call, id, permit)).await?;
        let permit = PhaseTracker::new(self, Some(&reservation));
        reservation.settle(self.send(target, exchange, Some(time.rest()), Some(&permit), None).await)
    }

    /// Returns the current state of a receipt that an earlier call with the same name wrote. If this client has dropped
    /// the earlier call before it was sent, first waits until the receipt records this.
    async fn without_withdrawal(&self, ledger: &dyn Ledger, known: Receipt) -> Result<Receipt, Error> {
        if !matches!(known.state, ReceiptState::Prepared | ReceiptState::Sent) {
            return Ok(known);
        }
        self.inner.dropped.until_withdrawn(known.id).await;
        // The withdrawal may have changed the receipt since `known` was read. If the ledger cannot be read, `known`
        // stays valid. `Error::Ledger` is not returned here, because it would say that the call was not paid for.
        let found = ledger.find(ReceiptKey::Id(known.id)).await.ok().flatten();
        Ok(found.unwrap_or(known))
    }
}

/// Returns a new receipt for a call.
fn prepare(
    (operation, route): (&str, Route),
    exchange: &dyn Exchange,
    options: &Options,
    now: SystemTime,
) -> Result<Receipt, Error> {
    let request = exchange.json().map_err(|error| TransportError::new(operation.to_owned(), not_encoded(error)))?;
    // With empty names, different orders would count as the same call.
    if options.name.as_deref() == Some("") {
        return Err(Error::Ledger(LedgerError::new("the name of a call must not be empty")));
    }
    let mut receipt = Receipt::new(operation, request).map_err(Error::Ledger)?.created_at(now);
    receipt.name.clone_from(&options.name);
    receipt.route = route;
    Ok(receipt)
}

/// Writes a receipt. Returns `None`, or the existing receipt if an earlier call has the same name.
async fn write(ledger: &dyn Ledger, receipt: &Receipt) -> Result<Option<Receipt>, Error> {
    match ledger.write(receipt).await.map_err(Error::Ledger)? {
        Some(known) if !is_same_call(&known, receipt) => Err(Error::NameTaken(Box::new(NameTaken {
            about: About::new(receipt.operation.clone()).with(known.id),
            name: known.name.unwrap_or_default(),
            operation: known.operation,
        }))),
        known => Ok(known),
    }
}

/// Returns the current state of a receipt after the ledger has denied its send. If the ledger cannot be read, the
/// receipt counts as sent. This is the safe choice, because a call that may have been sent is not sent again.
async fn denied(ledger: &dyn Ledger, mut receipt: Receipt) -> Receipt {
    // If another call with this receipt was sent first, it gets some time for its next step.
    sleep(PAUSE).await;
    match ledger.find(ReceiptKey::Id(receipt.id)).await {
        Ok(Some(found)) => found,
        _ => {
            receipt.state = ReceiptState::Sent;
            receipt
        }
    }
}

/// Returns the operation of a target, if it is in the catalog.
fn operation_of(target: &Target) -> Option<&'static Operation> {
    let is_it =
        |known: &&Operation| (known.method, known.host, known.path) == (target.method, target.host, &target.path);
    OPERATIONS.iter().find(is_it)
}

/// Returns `true` if two receipts have the same operation and the same request.
fn is_same_call(one: &Receipt, other: &Receipt) -> bool {
    let json = |receipt: &Receipt| serde_json::from_str::<Value>(&receipt.request).ok();
    one.operation == other.operation && (one.request == other.request || json(one) == json(other))
}
