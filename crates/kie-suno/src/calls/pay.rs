//! One paid call: its receipt before it leaves, and what came of it after.

use std::pin::Pin;

use kie_ledger::{Ledger, LedgerError, Receipt, ReceiptId};
use kie_transport::{Error as TransportFailure, ErrorKind};
use kie_types::catalog::{OPERATIONS, Operation};
use serde_json::Value;

use super::{
    leaving::{Leaving, was_answered},
    time_left::TimeLeft,
};
use crate::{
    client::{Client, Errand, Route, no_ledger},
    error::{About, Error, NameTaken},
};

/// The receipt of a call that is made, if it has one.
type Paying<'a> = Pin<Box<dyn Future<Output = Result<Option<ReceiptId>, Error>> + Send + 'a>>;

/// A request as JSON, if it is.
type Json = Result<Vec<u8>, serde_json::Error>;

impl Client {
    /// Makes a call that creates something: on the budget, if there is one, and with a receipt, where there is a ledger.
    pub(crate) fn pay<'a>(&'a self, route: &'a Route, errand: &'a mut dyn Errand) -> Paying<'a> {
        Box::pin(async move {
            let known = operation_of(route);
            let operation = known.map_or(&*route.name, |known| known.name);
            let time = TimeLeft::of(self, route);
            let receipt = match &self.inner.ledger {
                Some(ledger) => Some((&**ledger, time.bound(self.write(&**ledger, operation, errand.json())).await?)),
                None if self.name.is_some() => return Err(no_ledger()),
                None => None,
            };
            self.fill(errand);
            let Some((ledger, receipt)) = receipt else {
                let reserved = time.bound(self.reserve(operation, None, None)).await?;
                reserved.settle(time.rest_of(self).send(route, errand, Some(&reserved)).await)?;
                return Ok(None);
            };
            let id = receipt.id;
            let about = About::new(route.name.clone()).with(id);
            if was_answered(&receipt, &about, errand)? {
                return Ok(Some(id));
            }
            if let Some(place) = errand.call_back() {
                place.add(id);
            }
            let starts_task = known.is_none_or(|known| known.job.is_some());
            let leaving = Leaving::new(ledger, id, starts_task, self.inner.rate);
            let sending = async {
                let reserved = time.bound(self.reserve(operation, Some(id), Some(&leaving))).await?;
                reserved.settle(time.rest_of(self).send(route, errand, Some(&reserved)).await)
            };
            let result = sending.await;
            leaving.settle(result, about, errand).await?;
            Ok(Some(id))
        })
    }

    /// Writes a receipt for this call, and returns it; or the one that its name has already.
    async fn write(&self, ledger: &dyn Ledger, operation: &str, request: Json) -> Result<Receipt, Error> {
        let request = request
            .map_err(|error| TransportFailure::new(ErrorKind::Setup, "the request is not JSON").with_source(error))?;
        // Whoever has no number for an order would get the first song again for every other.
        if self.name.as_deref() == Some("") {
            return Err(LedgerError::new("the name of a call is empty").into());
        }
        let mut receipt = Receipt::new(operation, String::from_utf8_lossy(&request))?;
        receipt.name = self.name.as_deref().map(str::to_owned);
        match ledger.write(&receipt).await? {
            None => Ok(receipt),
            Some(known) if is_same_call(&known, &receipt) => Ok(known),
            Some(known) => Err(Error::NameTaken(Box::new(NameTaken {
                about: About::new(receipt.operation).with(known.id),
                name: known.name.unwrap_or_default(),
                operation: known.operation,
            }))),
        }
    }
}

/// The operation that a route leads to, if it is known.
fn operation_of(route: &Route) -> Option<&'static Operation> {
    let is_it = |known: &&Operation| (known.method, known.host, known.path) == (route.method, route.host, &route.path);
    OPERATIONS.iter().find(is_it)
}

/// Whether two receipts are of calls that ask for the same.
fn is_same_call(one: &Receipt, other: &Receipt) -> bool {
    let json = |receipt: &Receipt| serde_json::from_str::<Value>(&receipt.request).ok();
    one.operation == other.operation && (one.request == other.request || json(one) == json(other))
}
