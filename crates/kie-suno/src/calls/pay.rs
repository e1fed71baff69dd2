//! One paid call: its receipt before it leaves, and what came of it after.

use std::{pin::Pin, sync::Arc};

use kie_ledger::{Ledger, LedgerError, Receipt, ReceiptId, ReceiptKey, ReceiptState};
use kie_types::catalog::{OPERATIONS, Operation};
use serde_json::Value;

use super::{
    call_future::PhaseTracker,
    options::Options,
    pending_send::{PendingSend, was_answered},
    time_left::TimeLeft,
};
use crate::{
    client::{Client, Exchange, Target, no_ledger, not_encoded},
    error::{About, Error, NameTaken, TransportError},
};

/// A call that is made by the books.
type Paying<'a, T> = Pin<Box<dyn Future<Output = Result<T, Error>> + Send + 'a>>;

impl Client {
    /// Makes a call that creates something on the budget, without a receipt.
    pub(super) fn spend<'a>(
        &'a self,
        route: &'a Target,
        exchange: &'a mut dyn Exchange,
        options: &'a Options,
    ) -> Paying<'a, ()> {
        Box::pin(async move {
            let time = TimeLeft::of(self, options.timeouts, route);
            self.fill(exchange);
            let operation = operation_of(route).map_or(&*route.name, |known| known.name);
            let reserved = time.bound(self.reserve(operation, None, None)).await?;
            reserved.settle(
                self.send(route, exchange, Some(time.rest()), Some(&PhaseTracker::new(self, Some(&reserved)))).await,
            )
        })
    }

    /// Makes a call that creates something with a receipt; and on the budget, if there is one.
    pub(super) fn pay<'a>(
        &'a self,
        route: &'a Target,
        exchange: &'a mut dyn Exchange,
        options: &'a Options,
    ) -> Paying<'a, Option<ReceiptId>> {
        Box::pin(async move {
            let ledger = self.inner.ledger.as_ref().ok_or_else(no_ledger)?;
            let time = TimeLeft::of(self, options.timeouts, route);
            let known = operation_of(route);
            let operation = known.map_or(&*route.name, |known| known.name);
            let starts_task = known.is_none_or(|known| known.job.is_some());
            let receipt = prepare(operation, exchange, options)?;
            let mut leaving = PendingSend::new(&self.inner, Arc::clone(ledger), receipt.id, starts_task);
            let written = time.bound(write(&**ledger, &receipt)).await;
            let receipt = match written {
                Ok(None) => {
                    leaving.is_written = true;
                    receipt
                }
                Ok(Some(known)) => {
                    leaving.join(known.id);
                    time.bound(self.without_withdrawal(&**ledger, known)).await?
                }
                Err(error @ Error::NameTaken(_)) => {
                    leaving.is_settled = true;
                    return Err(error);
                }
                // What was not written may be so a little later, and is withdrawn then.
                Err(error) => return Err(error),
            };
            self.fill(exchange);
            let id = receipt.id;
            let about = About::new(route.name.clone()).with(id);
            match was_answered(&receipt, &about, exchange) {
                Ok(false) => {}
                known => {
                    leaving.is_settled = true;
                    return known.map(|_| Some(id));
                }
            }
            if let Some(place) = exchange.call_back() {
                place.add(id);
            }
            let sending = async {
                let reserved = time.bound(self.reserve(operation, Some(id), Some(&leaving))).await?;
                reserved.settle(
                    self.send(route, exchange, Some(time.rest()), Some(&PhaseTracker::new(self, Some(&reserved))))
                        .await,
                )
            };
            let result = sending.await;
            leaving.settle(result, about, exchange).await?;
            Ok(Some(id))
        })
    }

    /// A receipt that is there already, as it is when a call of this client that was dropped just now is withdrawn from it.
    async fn without_withdrawal(&self, ledger: &dyn Ledger, known: Receipt) -> Result<Receipt, Error> {
        if !matches!(known.state, ReceiptState::Prepared | ReceiptState::Sent) {
            return Ok(known);
        }
        self.inner.dropped.withdrawn(known.id).await;
        // It may have been withdrawn since it was read.
        Ok(ledger.find(ReceiptKey::Id(known.id)).await.map_err(Error::Ledger)?.unwrap_or(known))
    }
}

/// A receipt for a call that is about to be made.
fn prepare(operation: &str, exchange: &dyn Exchange, options: &Options) -> Result<Receipt, Error> {
    let request = exchange.json().map_err(|error| TransportError::new(operation.to_owned(), not_encoded(error)))?;
    // An empty name would make all orders without a number the same call.
    if options.name.as_deref() == Some("") {
        return Err(Error::Ledger(LedgerError::new("the name of a call is empty")));
    }
    let mut receipt = Receipt::new(operation, request).map_err(Error::Ledger)?;
    receipt.name.clone_from(&options.name);
    Ok(receipt)
}

/// Writes a receipt; or returns the one that its name has already.
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

/// The operation that a route leads to, if it is known.
fn operation_of(route: &Target) -> Option<&'static Operation> {
    let is_it = |known: &&Operation| (known.method, known.host, known.path) == (route.method, route.host, &route.path);
    OPERATIONS.iter().find(is_it)
}

/// Whether two receipts are of calls that ask for the same.
fn is_same_call(one: &Receipt, other: &Receipt) -> bool {
    let json = |receipt: &Receipt| serde_json::from_str::<Value>(&receipt.request).ok();
    one.operation == other.operation && (one.request == other.request || json(one) == json(other))
}
