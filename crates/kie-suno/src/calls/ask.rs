//! Making a call: by the books, if it can cost money and something keeps books.

use std::borrow::Cow;

use kie_ledger::{LedgerError, ReceiptId};
use kie_types::{Effect, Host, Invalid};

use super::{
    call_future::{PhaseTracker, is_abandoned},
    options::Options,
    pending_send::task_id,
};
use crate::{
    client::{Client, Exchange, Target, no_ledger},
    error::Error,
};

impl Client {
    /// Makes a call, has its answer read, and returns its receipt, if it has one.
    pub(super) async fn ask(
        &self,
        route: &Target,
        exchange: &mut dyn Exchange,
        options: &Options,
    ) -> Result<Option<ReceiptId>, Error> {
        let inner = &*self.inner;
        // Uploads cost nothing.
        if route.effect != Effect::Creates || route.host == Host::Upload {
            if options.name.is_some() {
                return Err(nameless());
            }
            self.fill(exchange);
            return self.send(route, exchange, options.timeouts, None).await.map(|()| None);
        }
        if inner.ledger.is_some() {
            if let (Some(place), Some(field), Cow::Borrowed(operation)) =
                (exchange.call_back(), route.call_back_url, &route.name)
                && place.is_taken(&inner.call_back_url)
            {
                let taken = Invalid::has_parameter(operation, field, ReceiptId::PARAMETER);
                return Err(Error::Invalid(taken));
            }
            return self.pay(route, exchange, options).await;
        }
        if options.name.is_some() {
            return Err(no_ledger());
        }
        let result = match &inner.spending {
            Some(_) => self.spend(route, exchange, options).await,
            None => {
                self.fill(exchange);
                self.send(route, exchange, options.timeouts, Some(&PhaseTracker::new(self, None))).await
            }
        };
        if is_abandoned() {
            tell(route, exchange, &result);
        }
        result.map(|()| None)
    }
}

/// The error of a call that creates nothing and has a name.
fn nameless() -> Error {
    Error::Ledger(LedgerError::new("a call that costs nothing has no receipt, and so no name"))
}

/// Tells what came of a call that its caller has dropped: nothing else knows.
fn tell(route: &Target, exchange: &dyn Exchange, result: &Result<(), Error>) {
    let operation = &*route.name;
    match result {
        Ok(()) => {
            let answer = exchange.answer();
            let task_id = task_id(&answer);
            tracing::warn!(operation, task_id, "a call that was dropped while it was under way has been answered");
        }
        Err(error) => {
            let (task_id, error): (_, &dyn std::error::Error) = (error.task_id(), error);
            tracing::warn!(operation, task_id, error, "a call that was dropped while it was under way has failed");
        }
    }
}
