//! Accounting of a budget.
//!
//! Invariant after each reading of the balance: the client has not spent more than the sum of three amounts: the
//! credits counted as spent, the prices of the calls in flight, and the prices of the unconfirmed calls. A call is
//! unconfirmed if it has ended and its outcome is not known. The invariant holds for every outcome of a call. It has
//! three exceptions. The price of a call counts as 0 while it is unknown. A listed price may be lower than the real
//! price. And if credits are added to the account between two readings, they hide a decrease of the same amount.

use std::{
    collections::BTreeMap,
    mem,
    sync::{Mutex as StdMutex, PoisonError},
    time::SystemTime,
};

use kie_ledger::ReceiptId;
use kie_types::{Credits, catalog};
use serde_json::Value;
use tokio::sync::{Mutex, MutexGuard};

use super::budget::Budget;

/// A budget and its accounting.
#[derive(Debug)]
pub(crate) struct Spending {
    limit: Credits,
    /// Last balance of the account, and the credits spent. Locked while a new balance is read, so that at most one call
    /// starts between two readings.
    account: Mutex<Balance>,
    in_flight: StdMutex<InFlight>,
}

/// The last reading of the balance, the credits spent, and the prices of operations. Only code that has locked this
/// value may start a call.
#[derive(Debug)]
pub(crate) struct Balance {
    prices: BTreeMap<String, Credits>,
    /// Measured prices of operations. If the price of an operation depends on the request, the requests with different
    /// listed prices are measured separately.
    measured: BTreeMap<PriceKey, Measured>,
    spent: Credits,
    balance: Option<Credits>,
    /// Call that started after the last reading of the balance, if no other call was in flight.
    sole_call: Option<(PriceKey, SystemTime)>,
    /// `true` if a call with an unknown price started after the last reading of the balance.
    unpriced: bool,
}

/// The calls that have the same price: their operation, and the price in the catalog for their request if there is one.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct PriceKey {
    operation: String,
    listed: Option<Credits>,
}

impl PriceKey {
    /// Returns the key of a call with this request, which is JSON. Its callback address does not count.
    pub(crate) fn new(operation: &str, request: &str) -> Self {
        let request: Value = serde_json::from_str(request).unwrap_or_default();
        let listed = catalog::price_named(operation, &request).ok().flatten();
        Self { operation: operation.to_owned(), listed }
    }
}

/// A call whose price is to be reserved.
#[derive(Debug)]
pub(crate) struct PricedCall {
    pub(crate) key: PriceKey,
    /// Listed price of an operation that is not in the catalog.
    pub(crate) listed: Option<Credits>,
    /// Creation time of the receipt of the call. If there is no receipt, the time at which the call is made.
    pub(crate) created: SystemTime,
}

impl PricedCall {
    /// Returns the listed price of the call, if there is one.
    fn listed(&self) -> Option<Credits> {
        self.key.listed.or(self.listed)
    }
}

/// Measured price of a call.
#[derive(Debug, Clone, Copy)]
struct Measured {
    price: Credits,
    /// Creation time of the latest call that was measured.
    created: SystemTime,
}

/// Calls that may still be charged to the balance.
#[derive(Debug, Clone, Default)]
pub(crate) struct InFlight {
    calls: usize,
    price: Credits,
    /// Sum of the prices of all calls that were in flight at any time since the last reading of the balance.
    /// Unconfirmed calls are left out.
    price_since_reading: Credits,
    unconfirmed: Vec<Unconfirmed>,
}

/// A call that has ended and whose outcome is not known.
#[derive(Debug, Clone)]
struct Unconfirmed {
    receipt: Option<ReceiptId>,
    price: Credits,
}

impl InFlight {
    /// Returns the receipts of the calls whose outcome is not known.
    pub(crate) fn unconfirmed_receipts(&self) -> impl Iterator<Item = ReceiptId> {
        self.unconfirmed.iter().filter_map(|call| call.receipt)
    }

    fn unconfirmed_price(&self) -> Credits {
        self.unconfirmed.iter().fold(Credits::default(), |sum, call| sum + call.price)
    }

    /// Removes the unconfirmed calls whose receipts are in `confirmed`: their outcome is known by now. `unexplained` is
    /// the last decrease of the balance minus the prices of the calls that were in flight, in credits. This amount may
    /// have paid for unconfirmed calls. So the prices of the removed calls are subtracted from it first. The rest is
    /// then subtracted from the prices of the remaining unconfirmed calls. The whole decrease is already counted as
    /// spent, even if another user of the account caused it. So the invariant of this file holds.
    fn settle(&mut self, confirmed: &[ReceiptId], mut unexplained: Credits) {
        let is_confirmed = |call: &mut Unconfirmed| call.receipt.is_some_and(|receipt| confirmed.contains(&receipt));
        for call in self.unconfirmed.extract_if(.., is_confirmed) {
            unexplained = unexplained - call.price;
        }
        unexplained = unexplained.max(Credits::default());
        self.unconfirmed.retain_mut(|call| {
            let paid = call.price.min(unexplained);
            (call.price, unexplained) = (call.price - paid, unexplained - paid);
            call.price > Credits::default()
        });
    }
}

/// Price of a call that the budget allows.
#[derive(Debug, PartialEq)]
pub(crate) struct CallPrice {
    pub(crate) credits: Credits,
    /// `true` if the price of the call was neither given nor measured nor listed. `credits` is then 0.
    pub(crate) is_unknown: bool,
}

/// A call that the budget does not allow.
#[derive(Debug, PartialEq)]
pub(crate) struct Insufficient {
    pub(crate) price: Credits,
    pub(crate) left: Credits,
}

impl Spending {
    pub(crate) fn new(Budget { limit, prices }: Budget) -> Self {
        let (measured, spent) = (BTreeMap::new(), Credits::default());
        let account = Mutex::new(Balance { prices, measured, spent, balance: None, sole_call: None, unpriced: false });
        Self { limit, account, in_flight: StdMutex::default() }
    }

    /// Sets the measured price of a call to the cost that the record of its task tells. `created` is the creation time of
    /// its receipt. Does nothing if a later call was measured, because the price may have changed since then. Does nothing
    /// while a call starts either: the record of a later task tells the cost again.
    pub(crate) fn set_price(&self, key: PriceKey, created: SystemTime, cost: Credits) {
        if let Ok(mut account) = self.account.try_lock()
            && account.measured.get(&key).is_none_or(|known| known.created <= created)
        {
            account.measured.insert(key, Measured { price: cost, created });
        }
    }

    pub(crate) fn limit(&self) -> Credits {
        self.limit
    }

    /// Locks the account. Take the lock before you read the balance.
    pub(crate) async fn lock_account(&self) -> MutexGuard<'_, Balance> {
        self.account.lock().await
    }

    /// Returns a copy of the counters of the calls in flight. Take the copy before you read the balance. If a call ends
    /// while the balance is read, the balance may not include its charge yet, so the call must still count as in
    /// flight.
    pub(crate) fn in_flight(&self) -> InFlight {
        self.with_in_flight(|in_flight| in_flight.clone())
    }

    /// Reserves the price of a new call from the budget, and returns the price. `before` is the copy of the calls in flight
    /// that was taken before `balance` was read. `confirmed` lists the receipts of the calls whose outcome was known at that
    /// time.
    pub(crate) fn admit(
        &self,
        account: &mut Balance,
        call: PricedCall,
        (balance, before): (Credits, &InFlight),
        confirmed: &[ReceiptId],
    ) -> Result<CallPrice, Insufficient> {
        let unexplained = account.read(balance, before);
        self.with_in_flight(|in_flight| {
            in_flight.price_since_reading = in_flight.price_since_reading + before.price - before.price_since_reading;
            in_flight.settle(confirmed, unexplained);
            let known = account.price(&call);
            let left = self.limit - account.spent - before.price - in_flight.unconfirmed_price();
            let price = known.unwrap_or_default();
            if price > left || known.is_none() && left <= Credits::default() {
                return Err(Insufficient { price, left });
            }
            account.sole_call = (before.calls == 0).then_some((call.key, call.created));
            account.unpriced = known.is_none();
            in_flight.calls += 1;
            in_flight.price = in_flight.price + price;
            in_flight.price_since_reading = in_flight.price_since_reading + price;
            Ok(CallPrice { credits: price, is_unknown: known.is_none() })
        })
    }

    /// Removes a call from the calls in flight, and releases its price. If the outcome of the call is not known
    /// (`is_unconfirmed`), the price stays counted. If the call was charged, the next reading of the balance shows the
    /// charge.
    pub(crate) fn release(&self, price: Credits, is_unconfirmed: bool, receipt: Option<ReceiptId>) {
        self.with_in_flight(|in_flight| {
            in_flight.calls -= 1;
            in_flight.price = in_flight.price - price;
            if is_unconfirmed && price > Credits::default() {
                in_flight.price_since_reading = in_flight.price_since_reading - price;
                in_flight.unconfirmed.push(Unconfirmed { receipt, price });
            }
        });
    }

    fn with_in_flight<T>(&self, change: impl FnOnce(&mut InFlight) -> T) -> T {
        change(&mut self.in_flight.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Balance {
    /// Records a new reading of the balance. `before` is the copy of the calls in flight that was taken before the
    /// balance was requested. Returns the decrease of the balance minus the prices of the calls that were in flight
    /// since the last reading, in credits. Unconfirmed calls are not subtracted. The result is negative if the prices
    /// exceed the decrease. It is 0 if a call with an unknown price started after the last reading.
    fn read(&mut self, balance: Credits, before: &InFlight) -> Credits {
        let nothing = Credits::default();
        let decrease = self.balance.map_or(nothing, |last| last - balance).max(nothing);
        self.balance = Some(balance);
        self.spent = self.spent + decrease;
        // Measures the price of a call that was the only one in flight. If the balance did not decrease, the price is
        // still not known.
        if let Some((key, created)) = self.sole_call.take().filter(|_| before.calls == 0 && decrease > nothing) {
            let known = self.measured.entry(key).or_insert(Measured { price: nothing, created });
            *known = Measured { price: decrease.max(known.price), created: created.max(known.created) };
        }
        if mem::take(&mut self.unpriced) { nothing } else { decrease - before.price_since_reading }
    }

    /// Returns the price that was given, or else measured, or else listed.
    fn price(&self, call: &PricedCall) -> Option<Credits> {
        let measured = || self.measured.get(&call.key).map(|measured| measured.price);
        self.prices.get(&call.key.operation).copied().or_else(measured).or_else(|| call.listed())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn credits(number: f64) -> Credits {
        Credits::new(number)
    }

    fn key(operation: &str, listed: Option<Credits>) -> PriceKey {
        PriceKey { operation: operation.to_owned(), listed }
    }

    fn spending(limit: f64) -> Spending {
        Spending::new(Budget::new(credits(limit)).price("priced", credits(10.0)))
    }

    /// Asks the budget to allow a call. `balance` is the balance of the account, in credits. Returns the reserved
    /// price, or the refusal.
    fn ask(
        spending: &Spending,
        operation: &str,
        balance: f64,
        confirmed: &[ReceiptId],
    ) -> Result<Credits, Insufficient> {
        ask_listed(spending, (operation, None), balance, confirmed)
    }

    fn ask_listed(
        spending: &Spending,
        (operation, listed): (&str, Option<Credits>),
        balance: f64,
        confirmed: &[ReceiptId],
    ) -> Result<Credits, Insufficient> {
        let mut account = spending.account.try_lock().unwrap_or_else(|_| unreachable!("the lock is free"));
        let before = spending.in_flight();
        let call = PricedCall { key: key(operation, listed), listed: None, created: SystemTime::now() };
        spending.admit(&mut account, call, (credits(balance), &before), confirmed).map(|price| price.credits)
    }

    #[test]
    fn the_price_of_a_call_in_flight_is_reserved() {
        let spending = spending(25.0);
        assert_eq!(ask(&spending, "priced", 100.0, &[]), Ok(credits(10.0)));
        assert_eq!(ask(&spending, "priced", 100.0, &[]), Ok(credits(10.0)));
        assert_eq!(
            ask(&spending, "priced", 100.0, &[]),
            Err(Insufficient { price: credits(10.0), left: credits(5.0) })
        );
        spending.release(credits(10.0), false, None);
        assert_eq!(ask(&spending, "priced", 100.0, &[]), Ok(credits(10.0)), "the balance has not fallen");
    }

    #[test]
    fn a_decrease_of_the_balance_counts_as_spent_and_an_increase_does_not_count() {
        let spending = spending(30.0);
        assert_eq!(ask(&spending, "priced", 100.0, &[]), Ok(credits(10.0)));
        spending.release(credits(10.0), false, None);
        assert_eq!(ask(&spending, "priced", 88.0, &[]), Ok(credits(10.0)));
        spending.release(credits(10.0), false, None);
        let refused = ask(&spending, "priced", 500.0, &[]);
        assert_eq!(refused, Ok(credits(10.0)), "18 of 30 are left");
        spending.release(credits(10.0), false, None);
        assert_eq!(
            ask(&spending, "priced", 490.0, &[]),
            Err(Insufficient { price: credits(10.0), left: credits(8.0) })
        );
    }

    #[test]
    fn a_price_is_measured_by_the_only_call_in_flight() {
        let spending = spending(100.0);
        assert_eq!(ask(&spending, "new", 100.0, &[]), Ok(credits(0.0)));
        spending.release(credits(0.0), false, None);
        assert_eq!(ask(&spending, "new", 93.0, &[]), Ok(credits(7.0)));
    }

    #[test]
    fn a_listed_price_is_reserved_until_the_price_is_measured() {
        let spending = spending(40.0);
        let (cheap, dear) = (("new", Some(credits(10.0))), ("new", Some(credits(50.0))));
        assert_eq!(
            ask_listed(&spending, dear, 100.0, &[]),
            Err(Insufficient { price: credits(50.0), left: credits(40.0) })
        );
        assert_eq!(ask_listed(&spending, cheap, 100.0, &[]), Ok(credits(10.0)));
        spending.release(credits(10.0), false, None);
        assert_eq!(ask_listed(&spending, cheap, 88.0, &[]), Ok(credits(12.0)), "the price has risen");
        spending.release(credits(12.0), false, None);
        assert_eq!(
            ask_listed(&spending, dear, 76.0, &[]),
            Err(Insufficient { price: credits(50.0), left: credits(16.0) }),
            "only the cheap price was measured"
        );
    }

    #[test]
    fn the_record_of_an_older_task_does_not_change_the_price_of_a_newer_one() {
        let spending = spending(100.0);
        let now = SystemTime::now();
        let later = |seconds| now + std::time::Duration::from_secs(seconds);
        let told = |seconds, cost| spending.set_price(key("new", None), later(seconds), credits(cost));
        told(20, 12.0);
        told(10, 10.0);
        assert_eq!(ask(&spending, "new", 100.0, &[]), Ok(credits(12.0)));
        spending.release(credits(12.0), false, None);
        // A task may be polled again, and its price can fall.
        told(20, 11.0);
        assert_eq!(ask(&spending, "new", 100.0, &[]), Ok(credits(11.0)));
    }

    #[test]
    fn a_call_without_a_charge_does_not_measure_a_price() {
        let spending = spending(100.0);
        for _ in 0..2 {
            assert_eq!(ask(&spending, "new", 100.0, &[]), Ok(credits(0.0)));
            spending.release(credits(0.0), false, None);
            let account = spending.account.try_lock().unwrap_or_else(|_| unreachable!("the lock is free"));
            assert!(account.measured.is_empty());
        }
    }

    #[test]
    fn a_charge_is_explained_by_the_calls_since_the_last_reading_only() {
        let spending = spending(30.0);
        assert_eq!(ask(&spending, "priced", 100.0, &[]), Ok(credits(10.0)));
        spending.release(credits(10.0), false, None);
        assert_eq!(ask(&spending, "priced", 90.0, &[]), Ok(credits(10.0)));
        spending.release(credits(10.0), true, None);
        assert_eq!(ask(&spending, "priced", 80.0, &[]), Ok(credits(10.0)), "the second call was paid for");
    }

    #[test]
    fn a_charge_pays_for_one_of_two_unconfirmed_calls() {
        let receipt: ReceiptId = "000102030405060708090a0b0c0d0e0f".parse().unwrap_or_else(|_| unreachable!());
        for confirmed in [&[][..], &[receipt]] {
            let spending = spending(29.0);
            for receipt in [Some(receipt), None] {
                assert_eq!(ask(&spending, "priced", 100.0, &[]), Ok(credits(10.0)));
                spending.release(credits(10.0), true, receipt);
            }
            assert_eq!(
                ask(&spending, "priced", 90.0, confirmed),
                Err(Insufficient { price: credits(10.0), left: credits(9.0) }),
                "10 credits are spent, and the other call may still cost 10"
            );
        }
    }

    #[test]
    fn a_call_without_a_charge_does_not_raise_the_price_of_an_unconfirmed_call() {
        let spending = spending(25.0);
        assert_eq!(ask(&spending, "priced", 100.0, &[]), Ok(credits(10.0)));
        spending.release(credits(10.0), true, None);
        assert_eq!(ask(&spending, "priced", 100.0, &[]), Ok(credits(10.0)));
        spending.release(credits(10.0), false, None);
        assert_eq!(ask(&spending, "priced", 100.0, &[]), Ok(credits(10.0)), "15 of 25 are left");
    }

    #[test]
    fn a_call_with_an_unknown_price_does_not_pay_for_an_unconfirmed_call() {
        let spending = spending(26.0);
        assert_eq!(ask(&spending, "priced", 100.0, &[]), Ok(credits(10.0)));
        spending.release(credits(10.0), true, None);
        assert_eq!(ask(&spending, "new", 100.0, &[]), Ok(credits(0.0)));
        spending.release(credits(0.0), false, None);
        assert_eq!(
            ask(&spending, "priced", 93.0, &[]),
            Err(Insufficient { price: credits(10.0), left: credits(9.0) }),
            "7 credits are spent, and the first call may still cost 10"
        );
    }

    #[test]
    fn an_unconfirmed_call_counts_until_it_is_confirmed_or_paid() {
        let receipt: ReceiptId = "000102030405060708090a0b0c0d0e0f".parse().unwrap_or_else(|_| unreachable!());
        let refused = Err(Insufficient { price: credits(10.0), left: credits(5.0) });

        let known = spending(15.0);
        assert_eq!(ask(&known, "priced", 100.0, &[]), Ok(credits(10.0)));
        known.release(credits(10.0), true, Some(receipt));
        assert_eq!(known.in_flight().unconfirmed_receipts().collect::<Vec<_>>(), [receipt]);
        assert_eq!(ask(&known, "priced", 100.0, &[]), refused);
        assert_eq!(ask(&known, "priced", 100.0, &[receipt]), Ok(credits(10.0)), "it was not accepted");

        let paid = spending(25.0);
        assert_eq!(ask(&paid, "priced", 100.0, &[]), Ok(credits(10.0)));
        paid.release(credits(10.0), true, Some(receipt));
        assert_eq!(ask(&paid, "priced", 90.0, &[]), Ok(credits(10.0)), "its price is in the balance, and counts once");
    }
}
