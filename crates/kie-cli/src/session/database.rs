//! The connection to a ledger in a database, with the feature `postgres`.

use std::{sync::Arc, time::Duration};

use kie_ledger::Ledger;
use kie_suno::errors::LedgerError;

use crate::{exit::ExitError, settings::DatabaseAddress};

/// Maximum number of connections of a command.
pub(super) const CONNECTIONS: usize = 4;

/// Connects to a ledger that keeps finished receipts for this time. Opens at most this number of connections. The outer error
/// is one of the command line.
#[cfg(feature = "postgres")]
pub(super) async fn connect(
    address: &DatabaseAddress,
    connections: usize,
    keep_finished: Duration,
) -> Result<Result<Arc<dyn Ledger>, LedgerError>, ExitError> {
    use kie_ledger_postgres::PostgresLedger;

    let builder = PostgresLedger::builder(address.with_password()).schema(address.schema());
    let builder = builder.connections(connections).keep_finished(keep_finished);
    Ok(builder.connect().await.map(|ledger| Arc::new(ledger) as Arc<dyn Ledger>))
}

#[cfg(not(feature = "postgres"))]
pub(super) async fn connect(
    address: &DatabaseAddress,
    _: usize,
    _: Duration,
) -> Result<Result<Arc<dyn Ledger>, LedgerError>, ExitError> {
    Err(ExitError::Usage(format!(
        "this kie was built without the feature postgres, which the ledger {address} needs: install it with \
         cargo install kie-cli --features postgres"
    )))
}
