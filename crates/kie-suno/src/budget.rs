//! What a client may spend.

use std::{
    collections::BTreeMap,
    sync::{Mutex as StdMutex, PoisonError},
};

use kie_types::Credits;
use tokio::sync::{Mutex, MutexGuard};

use crate::{
    client::Client,
    error::{About, Error},
};

/// What a client may spend, in credits. A call that would exceed it is refused before it is sent, as
/// [`Error::OverBudget`].
///
/// What was spent is read from the account's balance before each call that creates something: every fall of it counts, also
/// if somebody else spends from the same account, and no rise does. To that come the prices of what is in flight, and the
/// price of the call itself. A call in flight can count twice for a moment, by its price and in the balance, so what is too
/// much for a moment may be refused early; a call that is given up half-way counts when the balance shows it. Uploads cost
/// nothing and are not asked for.
///
/// Prices change, so none are built in. Where the caller gives no [price](Self::price), the highest counts that this client
/// has measured: by how much the balance fell over a call that was in flight alone. Until there is one, calls of the operation
/// go one at a time, and the price counts as 0: so the first of an operation may exceed the budget, by its own price.
///
/// ```
/// use kie_suno::{Budget, Client, Credits};
///
/// # fn demo() -> Result<(), kie_suno::Error> {
/// let budget = Budget::new(Credits::new(100.0)).price("generate-music", Credits::new(12.0));
/// let client = Client::builder().api_key("key").budget(budget).build()?;
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[must_use]
pub struct Budget {
    limit: Credits,
    prices: BTreeMap<String, Credits>,
}

impl Budget {
    /// So many credits for all calls of a client and its clones.
    pub fn new(limit: Credits) -> Self {
        Self { limit, prices: BTreeMap::new() }
    }

    /// What a call of this operation, such as `generate-music`, costs at most.
    pub fn price(mut self, operation: impl Into<String>, price: Credits) -> Self {
        self.prices.insert(operation.into(), price);
        self
    }
}

/// A budget, and what is known of what was spent.
#[derive(Debug)]
pub(crate) struct Purse {
    limit: Credits,
    /// Whoever has it reads the balance, so that between two readings one call begins at most.
    book: Mutex<Book>,
    in_flight: StdMutex<InFlight>,
}

#[derive(Debug)]
struct Book {
    prices: BTreeMap<String, Credits>,
    measured: BTreeMap<String, Credits>,
    spent: Credits,
    balance: Option<Credits>,
    /// The operation that began after the last reading, with nothing else in flight.
    alone: Option<String>,
}

#[derive(Debug, Clone, Copy, Default)]
struct InFlight {
    calls: usize,
    price: Credits,
}

impl Purse {
    pub(crate) fn new(Budget { limit, prices }: Budget) -> Self {
        let (measured, spent) = (BTreeMap::new(), Credits::default());
        let book = Mutex::new(Book { prices, measured, spent, balance: None, alone: None });
        Self { limit, book, in_flight: StdMutex::default() }
    }

    fn with_in_flight<T>(&self, change: impl FnOnce(&mut InFlight) -> T) -> T {
        change(&mut self.in_flight.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Book {
    /// Takes in a balance, which was asked for while so much was in flight.
    fn read(&mut self, balance: Credits, in_flight: InFlight) {
        let nothing = Credits::default();
        let fall = self.balance.map_or(nothing, |before| before - balance).max(nothing);
        self.balance = Some(balance);
        self.spent = self.spent + fall;
        if let Some(operation) = self.alone.take().filter(|_| in_flight.calls == 0) {
            let price = self.measured.entry(operation).or_default();
            *price = fall.max(*price);
        }
    }

    fn price(&self, operation: &str) -> Option<Credits> {
        self.prices.get(operation).or_else(|| self.measured.get(operation)).copied()
    }
}

/// The part of a budget that is kept for a call in flight, until this is dropped.
pub(crate) struct Reserved<'a> {
    purse: &'a Purse,
    price: Credits,
    /// While nobody knows what the call costs, no other begins.
    _alone: Option<MutexGuard<'a, Book>>,
}

impl Drop for Reserved<'_> {
    fn drop(&mut self) {
        self.purse.with_in_flight(|in_flight| {
            in_flight.calls -= 1;
            in_flight.price = in_flight.price - self.price;
        });
    }
}

impl Client {
    /// Keeps the price of a call from the budget, if there is one.
    pub(crate) async fn reserve(&self, operation: &str) -> Result<Option<Reserved<'_>>, Error> {
        let Some(purse) = &self.inner.purse else { return Ok(None) };
        let refuse = |why| {
            let about = About::new(operation.to_owned());
            Error::OverBudget(Box::new(OverBudget { about, limit: purse.limit, why }))
        };
        let mut book = purse.book.lock().await;
        // What ends while the balance is read may be missing from it, and so counts as in flight.
        let in_flight = purse.with_in_flight(|in_flight| *in_flight);
        let balance = self.credits().await.map_err(|error| refuse(Why::Unread(error)))?;
        book.read(balance, in_flight);
        let known = book.price(operation);
        let (price, left) = (known.unwrap_or_default(), purse.limit - book.spent - in_flight.price);
        if price > left || known.is_none() && left <= Credits::default() {
            return Err(refuse(Why::TooLittle { price, left }));
        }
        book.alone = (in_flight.calls == 0).then(|| operation.to_owned());
        purse.with_in_flight(|in_flight| {
            in_flight.calls += 1;
            in_flight.price = in_flight.price + price;
        });
        Ok(Some(Reserved { purse, price, _alone: known.is_none().then_some(book) }))
    }
}

/// The budget does not allow for a call. Nothing was sent.
#[derive(Debug, thiserror::Error)]
#[error("{about}: {why}")]
pub struct OverBudget {
    pub(crate) about: About,
    limit: Credits,
    #[source]
    why: Why,
}

#[derive(Debug, thiserror::Error)]
enum Why {
    #[error("it may cost {price} credits, and {left} are left of the budget")]
    TooLittle { price: Credits, left: Credits },
    #[error("nothing is sent on a budget while the balance cannot be read")]
    Unread(#[source] Error),
}

impl OverBudget {
    /// The whole budget.
    pub fn limit(&self) -> Credits {
        self.limit
    }

    /// What was left of it, without what was in flight; none if the balance could not be read.
    pub fn left(&self) -> Option<Credits> {
        match self.why {
            Why::TooLittle { left, .. } => Some(left),
            Why::Unread(_) => None,
        }
    }
}
