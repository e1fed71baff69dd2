//! The budget of a day, which all servers with the same ledger share.

use std::{
    collections::BTreeMap,
    sync::{Mutex as StdMutex, PoisonError},
    time::Duration,
};

use kie_suno::{
    Credits,
    receipts::{Receipt, ReceiptState},
    requests::catalog,
};
use tokio::sync::Mutex;

use crate::{exit::ExitError, session::OpenLedger, sources::History};

const DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// The maximum that the calls of 24 hours may cost, in credits. A call counts with what its task has cost, or else with
/// its listed price. A call whose response was lost counts too.
#[derive(Debug)]
pub(crate) struct DayBudget {
    limit: Option<Credits>,
    /// Held while a call is checked, so that two calls do not get the same credits.
    check: Mutex<()>,
    /// Prices of calls by their names, until their receipts are written.
    reserved: StdMutex<BTreeMap<String, Credits>>,
}

/// Credits that are reserved for a call, until this value is dropped.
#[derive(Debug)]
pub(super) struct Reserved<'a> {
    budget: &'a DayBudget,
    name: String,
}

impl DayBudget {
    /// Creates a budget. Without a limit, every call is allowed.
    pub(crate) fn new(limit: Option<Credits>) -> Self {
        Self { limit, check: Mutex::default(), reserved: StdMutex::default() }
    }

    pub(super) fn limit(&self) -> Option<Credits> {
        self.limit
    }

    /// Reserves the price of a call with this name. A price that is not listed counts as 0. Fails if too few credits are
    /// left.
    pub(super) async fn reserve(
        &self,
        ledger: &OpenLedger,
        operation: &str,
        name: &str,
        price: Credits,
    ) -> Result<Option<Reserved<'_>>, ExitError> {
        let Some(limit) = self.limit else { return Ok(None) };
        let _checking = self.check.lock().await;
        let reserved = self.with_reserved(|reserved| reserved.clone());
        // The same call is being made by another request, and is paid once.
        if reserved.contains_key(name) {
            return Ok(None);
        }
        let written =
            spent(ledger, |receipt| receipt.name.as_ref().is_some_and(|name| reserved.contains_key(name))).await?;
        let left = limit - written - reserved.values().sum();
        if price > left {
            return Err(ExitError::OverBudget(format!(
                "{operation} may cost {price} credits, and {left} are left of the {limit} credits of --budget-per-day"
            )));
        }
        self.with_reserved(|reserved| reserved.insert(name.to_owned(), price));
        Ok(Some(Reserved { budget: self, name: name.to_owned() }))
    }

    /// Returns the credits that the calls of the last 24 hours have cost.
    pub(super) async fn spent(&self, ledger: &OpenLedger) -> Result<Credits, ExitError> {
        spent(ledger, |_| false).await
    }

    fn with_reserved<T>(&self, change: impl FnOnce(&mut BTreeMap<String, Credits>) -> T) -> T {
        change(&mut self.reserved.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Drop for Reserved<'_> {
    fn drop(&mut self) {
        self.budget.with_reserved(|reserved| reserved.remove(&self.name));
    }
}

/// Returns the credits of the calls of the last 24 hours, without those that `is_left_out` names.
async fn spent(ledger: &OpenLedger, is_left_out: impl Fn(&Receipt) -> bool) -> Result<Credits, ExitError> {
    let now = ledger.now();
    let (mut sum, mut history) = (Credits::default(), History::in_ledger(Some(ledger)));
    while let Some(receipt) = history.next().await? {
        if now.duration_since(receipt.created).is_ok_and(|age| age > DAY) {
            break;
        }
        if !is_left_out(&receipt) {
            sum = sum + cost(&receipt);
        }
    }
    Ok(sum)
}

/// Returns what a call has cost, or may have cost.
fn cost(receipt: &Receipt) -> Credits {
    if matches!(receipt.state, ReceiptState::Prepared | ReceiptState::Refused) {
        return Credits::default();
    }
    let listed = || {
        let request = serde_json::from_str(&receipt.request).unwrap_or_default();
        catalog::price_named(&receipt.operation, &request).ok().flatten()
    };
    receipt.credits.or_else(listed).unwrap_or_default()
}
