//! Making a call. A call that can cost money gets a receipt if there is a ledger, and is checked against the budget if
//! there is one.

use std::borrow::Cow;

use kie_ledger::{LedgerError, ReceiptId};
use kie_types::{Effect, Host, Invalid, Route};

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
    /// Sends a call, stores its response in `exchange`, and returns the receipt of the call, if there is one, with the
    /// route on which the call was made.
    pub(super) async fn ask(
        &self,
        target: &Target,
        exchange: &mut dyn Exchange,
        options: &Options,
    ) -> Result<Option<(ReceiptId, Route)>, Error> {
        let inner = &*self.inner;
        // Uploads and calls that only read are free, so they need neither a receipt nor a reserved price.
        if target.effect != Effect::Creates || target.host == Host::Upload {
            if options.name.is_some() {
                return Err(name_not_allowed());
            }
            self.fill(target, exchange);
            return self.send(target, exchange, options.timeouts, None, None).await.map(|()| None);
        }
        if inner.ledger.is_some() {
            if let (Some(address), Some(field), Cow::Borrowed(operation)) =
                (exchange.call_back(), target.call_back_url, &target.name)
                && address.is_taken(&inner.call_back_url)
            {
                let taken = Invalid::has_parameter(operation, field, ReceiptId::PARAMETER);
                return Err(Error::Invalid(taken));
            }
            return self.pay(target, exchange, options).await;
        }
        if options.name.is_some() {
            return Err(no_ledger());
        }
        let result = match &inner.spending {
            Some(_) => self.spend(target, exchange, options).await,
            None => {
                self.fill(target, exchange);
                let permit = PhaseTracker::new(self, None);
                self.send(target, exchange, options.timeouts, Some(&permit), None).await
            }
        };
        if is_abandoned() {
            warn_of_outcome(target, exchange, &result);
        }
        result.map(|()| None)
    }
}

/// Returns the error for a call that has a name and cannot cost money.
fn name_not_allowed() -> Error {
    Error::Ledger(LedgerError::new("the call cannot have a name: only calls that can cost money have a receipt"))
}

/// Logs the outcome of a call that its caller has dropped. Without a ledger, this log entry is the only trace of the
/// outcome.
fn warn_of_outcome(target: &Target, exchange: &dyn Exchange, result: &Result<(), Error>) {
    let operation = &*target.name;
    match result {
        Ok(()) => {
            let response = exchange.response();
            let task_id = task_id(&response);
            tracing::warn!(operation, task_id, "a call that was dropped in flight has been answered");
        }
        Err(error) => {
            let (task_id, error): (_, &dyn std::error::Error) = (error.task_id(), error);
            tracing::warn!(operation, task_id, error, "a call that was dropped in flight has failed");
        }
    }
}
