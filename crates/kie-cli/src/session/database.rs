//! The connection to a ledger in a database, with the feature `postgres`.

use std::sync::Arc;

use kie_ledger::Ledger;
use kie_suno::errors::LedgerError;

use crate::{exit::ExitError, settings::DatabaseAddress};

/// Maximum number of connections of a command.
pub(super) const CONNECTIONS: usize = 4;

/// Connects to a ledger, with at most so many connections. The outer error is one of the command line.
#[cfg(feature = "postgres")]
pub(super) async fn connect(
    address: &DatabaseAddress,
    connections: usize,
) -> Result<Result<Arc<dyn Ledger>, LedgerError>, ExitError> {
    use kie_ledger_postgres::PostgresLedger;

    use crate::session::ledger::FOR_EVER;

    let builder = PostgresLedger::builder(address.with_password()).schema(address.schema());
    let builder = builder.connections(connections).keep_finished(FOR_EVER);
    Ok(builder.connect().await.map(|ledger| Arc::new(ledger) as Arc<dyn Ledger>))
}

#[cfg(not(feature = "postgres"))]
#[expect(clippy::unused_async, reason = "with the feature, it waits")]
pub(super) async fn connect(
    address: &DatabaseAddress,
    _: usize,
) -> Result<Result<Arc<dyn Ledger>, LedgerError>, ExitError> {
    Err(ExitError::Usage(format!(
        "this kie was built without the feature postgres, which the ledger {address} needs: install it with \
         cargo install kie-cli --features postgres"
    )))
}
