//! What is known of what was spent on a budget.
//!
//! Whatever becomes of a call, what the client has really spent is never more than what is booked as spent, in flight and in
//! doubt together.

use std::{
    collections::BTreeMap,
    mem,
    sync::{
        Mutex as StdMutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use kie_transport::{Leave, Permit};
use kie_types::{Charged, Credits};
use tokio::sync::{Mutex, MutexGuard};

use crate::{
    budget::{Budget, OverBudget, Why},
    client::Client,
    error::{About, Error},
};
use kie_ledger::{Key, ReceiptId, ReceiptState};

/// A budget, and what is known of what was spent.
#[derive(Debug)]
pub(crate) struct Purse {
    limit: Credits,
    /// Whoever has it reads the balance, so that between two readings one call begins at most.
    book: Mutex<Book>,
    open: StdMutex<Open>,
}

#[derive(Debug)]
struct Book {
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
struct Open {
    calls: usize,
    price: Credits,
    /// The prices of all that were in flight at any time since the last reading, and are not in doubt.
    since: Credits,
    doubts: Vec<Doubt>,
}

/// A call of which nobody knows what came of it.
#[derive(Debug, Clone)]
struct Doubt {
    receipt: Option<ReceiptId>,
    price: Credits,
}

impl Open {
    fn doubted(&self) -> Credits {
        self.doubts.iter().fold(Credits::default(), |sum, doubt| sum + doubt.price)
    }

    /// Ends the doubts of which it is known by now what came of them, and pays the others from a fall of the balance that
    /// nothing else accounts for. Should somebody else have spent it, it is counted as ours, and so this still holds.
    fn settle(&mut self, known: &[ReceiptId], mut rest: Credits) {
        let is_known = |doubt: &mut Doubt| doubt.receipt.is_some_and(|receipt| known.contains(&receipt));
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

impl Purse {
    pub(crate) fn new(Budget { limit, prices }: Budget) -> Self {
        let (measured, spent) = (BTreeMap::new(), Credits::default());
        let book = Mutex::new(Book { prices, measured, spent, balance: None, alone: None, unpriced: false });
        Self { limit, book, open: StdMutex::default() }
    }

    fn with_open<T>(&self, change: impl FnOnce(&mut Open) -> T) -> T {
        change(&mut self.open.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Book {
    /// Takes in a balance, which was asked for while so much was open, and returns how much of its fall nothing that is
    /// known accounts for.
    fn read(&mut self, balance: Credits, before: &Open) -> Credits {
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

/// The part of a budget that is kept for a call, if there is a budget. When this is dropped, it is given back; unless nobody
/// knows what came of the call, and then it stays in doubt.
pub(crate) struct Reserved<'a> {
    purse: Option<&'a Purse>,
    receipt: Option<ReceiptId>,
    price: Credits,
    /// Who else has a say in when the call leaves.
    permit: Option<&'a dyn Permit>,
    /// Whether it has left, and nobody knows what came of it.
    in_doubt: AtomicBool,
    /// While nobody knows what the call costs, no other begins.
    alone: Option<MutexGuard<'a, Book>>,
}

impl Permit for Reserved<'_> {
    fn ask(&self, patience: Duration) -> Leave<'_> {
        Box::pin(async move {
            // Whoever is asked again came back refused.
            self.in_doubt.store(false, Ordering::Relaxed);
            if let Some(permit) = self.permit {
                permit.ask(patience).await?;
            }
            self.in_doubt.store(true, Ordering::Relaxed);
            Ok(())
        })
    }
}

impl Reserved<'_> {
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

impl Drop for Reserved<'_> {
    fn drop(&mut self) {
        let Self { purse: Some(purse), receipt, price, .. } = *self else { return };
        let in_doubt = *self.in_doubt.get_mut() && price > Credits::default();
        purse.with_open(|open| {
            open.calls -= 1;
            open.price = open.price - price;
            if in_doubt {
                open.since = open.since - price;
                open.doubts.push(Doubt { receipt, price });
            }
        });
    }
}

impl Client {
    /// Keeps the price of a call from the budget, if there is one.
    pub(crate) async fn reserve<'a>(
        &'a self,
        operation: &str,
        receipt: Option<ReceiptId>,
        permit: Option<&'a dyn Permit>,
    ) -> Result<Reserved<'a>, Error> {
        let price = Credits::default();
        let mut reserved =
            Reserved { purse: None, receipt, price, permit, in_doubt: AtomicBool::new(false), alone: None };
        let Some(purse) = &self.inner.purse else { return Ok(reserved) };
        let refuse = |why| {
            let about = About::new(operation.to_owned());
            Error::OverBudget(Box::new(OverBudget { about, limit: purse.limit, why }))
        };
        let mut book = purse.book.lock().await;
        // Before the balance is read, which then shows those of them that were taken.
        let known = self.no_longer_in_doubt(purse).await;
        // What ends while the balance is read may be missing from it, and so counts as open.
        let before = purse.with_open(|open| open.clone());
        let balance = self.credits().await.map_err(|error| refuse(Why::Unread(error)))?;
        let rest = book.read(balance, &before);
        let doubted = purse.with_open(|open| {
            open.since = open.since + before.price - before.since;
            open.settle(&known, rest);
            open.doubted()
        });
        let known = book.price(operation);
        let (price, left) = (known.unwrap_or_default(), purse.limit - book.spent - before.price - doubted);
        if price > left || known.is_none() && left <= Credits::default() {
            return Err(refuse(Why::TooLittle { price, left }));
        }
        book.alone = (before.calls == 0).then(|| operation.to_owned());
        book.unpriced = known.is_none();
        purse.with_open(|open| {
            open.calls += 1;
            open.price = open.price + price;
            open.since = open.since + price;
        });
        (reserved.purse, reserved.price) = (Some(purse), price);
        reserved.alone = known.is_none().then_some(book);
        Ok(reserved)
    }

    /// The receipts of calls in doubt of which it has become known what came of them.
    async fn no_longer_in_doubt(&self, purse: &Purse) -> Vec<ReceiptId> {
        let Some(ledger) = self.inner.ledger.as_deref() else { return Vec::new() };
        let mut known = Vec::new();
        let in_doubt: Vec<_> = purse.with_open(|open| open.doubts.iter().filter_map(|doubt| doubt.receipt).collect());
        for receipt in in_doubt {
            let found = ledger.find(Key::Id(receipt)).await;
            if found.is_ok_and(|found| found.is_some_and(|found| found.state != ReceiptState::Sent)) {
                known.push(receipt);
            }
        }
        known
    }
}
