//! What a client may spend.

use std::collections::BTreeMap;

use kie_types::Credits;

/// What a client may spend, in credits. A call that would exceed it is refused before it is sent, as
/// [`Error::OverBudget`](crate::Error::OverBudget).
///
/// What was spent is read from the account's balance before each call that creates something: every fall of it counts, also
/// if somebody else spends from the same account, and no rise does. To that come the prices of what is in flight, and the
/// price of the call itself. A call in flight can count twice for a moment, by its price and in the balance, so what is too
/// much for a moment may be refused early. Uploads cost nothing and are not asked for.
///
/// A call of which nobody knows what came of it, because its answer got lost or its runtime ended first, may
/// be paid for later, and its price stays counted until the balance falls by more than the other calls account for. With a
/// [ledger](crate::ClientBuilder::ledger) it also ends when the receipt is no longer [unknown](crate::receipts::ReceiptState::Sent).
///
/// Prices change, so none are built in. Where the caller gives no [price](Self::price), the highest counts that this client
/// has measured: by how much the balance fell over a call that was in flight alone. Until it has fallen, calls of the
/// operation go one at a time, and the price counts as 0: so the first of an operation may exceed the budget, by its own
/// price.
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
    pub(crate) limit: Credits,
    pub(crate) prices: BTreeMap<String, Credits>,
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
