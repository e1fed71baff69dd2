//! The database and the account of the tests, and what the tests do with a ledger in it.

mod account;
mod proxy;

use kie_ledger::{Ledger, LedgerError, Receipt, ReceiptUpdate, SendId, SendPermit};

pub(crate) use kie_test_postgres::{Cluster, database, fresh_schema, local};

pub(crate) use account::{Account, song};
pub(crate) use proxy::Proxy;

/// The rate limit of calls in tests that are not about the rate limit.
pub(crate) const NO_LIMIT: (usize, std::time::Duration) = (0, std::time::Duration::ZERO);

pub(crate) fn receipt() -> Receipt {
    Receipt::new("generate-music", r#"{"prompt":"a slow waltz"}"#).unwrap()
}

/// Does what a client does for a paid call. Returns the receipt as it was written first.
pub(crate) async fn paid_call(ledger: &impl Ledger) -> Result<Receipt, LedgerError> {
    let receipt = receipt();
    assert_eq!(ledger.write(&receipt).await?, None);
    let permit = ledger.acquire_send(receipt.id, SendId::random()?, 20_000, std::time::Duration::from_secs(10)).await?;
    assert_eq!(permit, SendPermit::Granted);
    let task_id = Some(format!("task of {}", receipt.id));
    ledger.update(receipt.id, &ReceiptUpdate::Answered { task_id, response: "{}".into() }).await?;
    Ok(receipt)
}
