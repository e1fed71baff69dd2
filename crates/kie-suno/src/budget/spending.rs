//! What is known of what was spent on a budget.
//!
//! Whatever becomes of a call, what the client has really spent is never more than what is booked as spent, in flight and in
//! doubt together.

use std::{
    collections::BTreeMap,
    mem,
    sync::{Mutex as StdMutex, PoisonError},
};

use kie_ledger::ReceiptId;
use kie_types::Credits;
use tokio::sync::{Mutex, MutexGuard};

use super::budget::Budget;

/// A budget, and what is known of what was spent.
#[derive(Debug)]
pub(crate) struct Spending {
    limit: Credits,
    /// Whoever has it reads the balance, so that between two readings one call begins at most.
    book: Mutex<Balance>,
    open: StdMutex<InFlight>,
}

/// What was read of the balance, and what that tells. There is one, and who has it may begin a call.
#[derive(Debug)]
pub(crate) struct Balance {
    prices: BTreeMap<String, Credits>,
    measured: BTreeMap<String, Credits>,
    spent: Credits,
    balance: Option<Credits>,
    /// The operation that began after the last reading, with nothing else in flight.
    alone: Option<String>,
    /// Whether a call began after the last reading whose price nobody knows.
    unpriced: bool,
}

/// What the balance may still be charged with.
#[derive(Debug, Clone, Default)]
pub(crate) struct InFlight {
    calls: usize,
    price: Credits,
    /// The prices of all that were in flight at any time since the last reading, and are not in doubt.
    since: Credits,
    doubts: Vec<Unconfirmed>,
}

/// A call of which nobody knows what came of it.
#[derive(Debug, Clone)]
struct Unconfirmed {
    receipt: Option<ReceiptId>,
    price: Credits,
}

impl InFlight {
    /// The receipts of calls of which nobody knows what came of them.
    pub(crate) fn in_doubt(&self) -> impl Iterator<Item = ReceiptId> {
        self.doubts.iter().filter_map(|doubt| doubt.receipt)
    }

    fn doubted(&self) -> Credits {
        self.doubts.iter().fold(Credits::default(), |sum, doubt| sum + doubt.price)
    }

    /// Ends the doubts of which it is known by now what came of them, and pays the others from a fall of the balance that
    /// nothing else accounts for. Should somebody else have spent it, it is counted as ours, and so this still holds.
    fn settle(&mut self, known: &[ReceiptId], mut rest: Credits) {
        let is_known = |doubt: &mut Unconfirmed| doubt.receipt.is_some_and(|receipt| known.contains(&receipt));
        for known in self.doubts.extract_if(.., is_known) {
            rest = rest - known.price;
        }
        rest = rest.max(Credits::default());
        self.doubts.retain_mut(|doubt| {
            let paid = doubt.price.min(rest);
            (doubt.price, rest) = (doubt.price - paid, rest - paid);
            doubt.price > Credits::default()
        });
    }
}

/// The price of a call that the budget allows.
#[derive(Debug, PartialEq)]
pub(crate) struct CallPrice {
    pub(crate) credits: Credits,
    /// Whether nobody has told it and it was never measured.
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
        let book = Mutex::new(Balance { prices, measured, spent, balance: None, alone: None, unpriced: false });
        Self { limit, book, open: StdMutex::default() }
    }

    pub(crate) fn limit(&self) -> Credits {
        self.limit
    }

    /// Waits for the book, which is to be had before the balance is read.
    pub(crate) async fn book(&self) -> MutexGuard<'_, Balance> {
        self.book.lock().await
    }

    /// What is open now. What ends while the balance is read may be missing from it, and so counts as open.
    pub(crate) fn open(&self) -> InFlight {
        self.with_open(|open| open.clone())
    }

    /// Keeps the price of one more call from the budget. `balance` was read while `before` was open, after it had become known
    /// what came of the calls of the `known` receipts.
    pub(crate) fn admit(
        &self,
        book: &mut Balance,
        operation: &str,
        (balance, before): (Credits, &InFlight),
        known: &[ReceiptId],
    ) -> Result<CallPrice, Insufficient> {
        let rest = book.read(balance, before);
        self.with_open(|open| {
            open.since = open.since + before.price - before.since;
            open.settle(known, rest);
            let known = book.price(operation);
            let (price, left) = (known.unwrap_or_default(), self.limit - book.spent - before.price - open.doubted());
            if price > left || known.is_none() && left <= Credits::default() {
                return Err(Insufficient { price, left });
            }
            book.alone = (before.calls == 0).then(|| operation.to_owned());
            book.unpriced = known.is_none();
            open.calls += 1;
            open.price = open.price + price;
            open.since = open.since + price;
            Ok(CallPrice { credits: price, is_unknown: known.is_none() })
        })
    }

    /// Ends a call. Its price is given back, or stays in doubt while nobody knows what came of the call; what was taken shows in
    /// the balance that is read next.
    pub(crate) fn release(&self, price: Credits, in_doubt: bool, receipt: Option<ReceiptId>) {
        self.with_open(|open| {
            open.calls -= 1;
            open.price = open.price - price;
            if in_doubt && price > Credits::default() {
                open.since = open.since - price;
                open.doubts.push(Unconfirmed { receipt, price });
            }
        });
    }

    fn with_open<T>(&self, change: impl FnOnce(&mut InFlight) -> T) -> T {
        change(&mut self.open.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Balance {
    /// Takes in a balance, which was asked for while so much was open, and returns how much of its fall nothing that is
    /// known accounts for.
    fn read(&mut self, balance: Credits, before: &InFlight) -> Credits {
        let nothing = Credits::default();
        let fall = self.balance.map_or(nothing, |last| last - balance).max(nothing);
        self.balance = Some(balance);
        self.spent = self.spent + fall;
        // What came to nothing has not told its price.
        if let Some(operation) = self.alone.take().filter(|_| before.calls == 0 && fall > nothing) {
            let price = self.measured.entry(operation).or_default();
            *price = fall.max(*price);
        }
        if mem::take(&mut self.unpriced) { nothing } else { fall - before.since }
    }

    fn price(&self, operation: &str) -> Option<Credits> {
        self.prices.get(operation).or_else(|| self.measured.get(operation)).copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn credits(number: f64) -> Credits {
        Credits::new(number)
    }

    fn spending(limit: f64) -> Spending {
        Spending::new(Budget::new(credits(limit)).price("priced", credits(10.0)))
    }

    /// Asks for a call at a moment when the balance is this.
    fn ask(spending: &Spending, operation: &str, balance: f64, known: &[ReceiptId]) -> Result<Credits, Insufficient> {
        let mut book = spending.book.try_lock().unwrap_or_else(|_| unreachable!("nobody else has it"));
        let before = spending.open();
        spending.admit(&mut book, operation, (credits(balance), &before), known).map(|price| price.credits)
    }

    #[test]
    fn what_is_in_flight_is_kept_from_the_budget() {
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
    fn a_fall_of_the_balance_is_spent_and_a_rise_is_not_given_back() {
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
    fn a_price_is_measured_by_a_call_that_was_alone() {
        let spending = spending(100.0);
        assert_eq!(ask(&spending, "new", 100.0, &[]), Ok(credits(0.0)));
        spending.release(credits(0.0), false, None);
        assert_eq!(ask(&spending, "new", 93.0, &[]), Ok(credits(7.0)));
    }

    #[test]
    fn a_doubt_stays_until_it_is_known_or_paid() {
        let receipt: ReceiptId = "000102030405060708090a0b0c0d0e0f".parse().unwrap_or_else(|_| unreachable!());
        let refused = Err(Insufficient { price: credits(10.0), left: credits(5.0) });

        let known = spending(15.0);
        assert_eq!(ask(&known, "priced", 100.0, &[]), Ok(credits(10.0)));
        known.release(credits(10.0), true, Some(receipt));
        assert_eq!(known.open().in_doubt().collect::<Vec<_>>(), [receipt]);
        assert_eq!(ask(&known, "priced", 100.0, &[]), refused);
        assert_eq!(ask(&known, "priced", 100.0, &[receipt]), Ok(credits(10.0)), "it was not taken");

        let paid = spending(25.0);
        assert_eq!(ask(&paid, "priced", 100.0, &[]), Ok(credits(10.0)));
        paid.release(credits(10.0), true, Some(receipt));
        assert_eq!(ask(&paid, "priced", 90.0, &[]), Ok(credits(10.0)), "its price is in the balance, and counts once");
    }
}
