//! The budget of a client.

use std::collections::BTreeMap;

use kie_types::Credits;

/// The maximum that a client may spend, in credits. A call that would exceed the budget fails with
/// [`Error::OverBudget`](crate::Error::OverBudget), and is not sent.
///
/// Before each call that creates something, the client reads the balance of the account. The credits spent are the sum
/// of all decreases of the balance from one reading to the next. They include the spending of other users of the
/// account. Increases do not count. But if credits are added to the account between two readings, they hide a decrease
/// of the same amount. A call is sent only if the credits spent, the prices of the calls in flight and the price of the
/// call itself add up to no more than the budget. A call in flight may count twice: by its price, and by the decrease
/// of the balance. A call near the limit may therefore fail too early. Uploads are free, and the budget does not apply
/// to them.
///
/// If the response to a call was lost, or the runtime ended before the response arrived, the call may have been paid
/// for. Its price stays counted until the balance decreases by more than the other calls explain. With a
/// [ledger](crate::ClientBuilder::ledger), the price also stops counting when the receipt of the call is no longer
/// [unknown](crate::receipts::ReceiptState::Sent).
///
/// For an operation without a given [price](Self::price), the client uses the highest price that it has measured. The
/// measured price is the decrease of the balance over a call that was the only one in flight. Before the first
/// measurement, the client uses the [listed price](kie_types::Endpoint::price) of the request. The list is a part of
/// this library. If the service has raised a price since this list was made, the calls before the first measurement may
/// exceed the budget by the difference. A price that is neither measured nor listed counts as 0. A call with such a
/// price may exceed the budget by its own price. While it is in flight, no other call that creates something is sent.
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
    /// Creates a budget of `limit` credits for all calls of a client and its clones.
    pub fn new(limit: Credits) -> Self {
        Self { limit, prices: BTreeMap::new() }
    }

    /// Sets the maximum price, in credits, of one call of an operation such as `generate-music`.
    pub fn price(mut self, operation: impl Into<String>, price: Credits) -> Self {
        self.prices.insert(operation.into(), price);
        self
    }
}
