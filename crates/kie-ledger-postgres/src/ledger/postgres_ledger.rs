//! Implements the ledger. Each method is one transaction, and most methods are one round trip to the database.

use std::{
    fmt,
    sync::Arc,
    time::{Duration, SystemTime},
};

use kie_ledger::{
    CallbackFeed, CallbackRecord, Ledger, LedgerError, LedgerFuture, Receipt, ReceiptId, ReceiptKey, ReceiptUpdate,
    SendId, SendPermit,
};
use tokio_postgres::types::Type;

use super::{builder::PostgresLedgerBuilder, feed::PostgresFeed, reads::missing, retention::Retention};
use crate::{
    database::{Database, DatabaseOptions},
    error::Lasting,
    receipts::{KnownReceipts, StoredReceipt},
    schema,
};

/// A ledger in PostgreSQL, which the processes of any number of machines can share.
///
/// * When a method returns, its changes are committed. They survive a crash of the database, and its fail-over if the
///   replication is synchronous.
/// * A paid call takes 3 round trips to the database: the receipt, the permission to send, and the response. One more round
///   trip is needed if another process has changed the receipt in between.
/// * The rate limit and the leases of claims use the clock of the database. Calls that wait for the rate limit are sent in
///   the order in which they first asked. A call whose process has died loses its place a second after its turn.
/// * No lock outlives its statement, and each statement ends after at most 10 seconds.
/// * If a connection is lost, if the database restarts, or if another machine takes over, an operation is tried again for 25
///   seconds, or as long as [`timeout`](PostgresLedgerBuilder::timeout) says. An attempt whose outcome is not known is never
///   counted twice.
/// * A callback that one process records wakes the waits of the clients in all processes. For this, the database sends a
///   notification. A lost notification delays the wake-up by at most 10 seconds.
/// * Finished receipts without a name are removed 62 days after they were finished, unless
///   [another time](PostgresLedgerBuilder::keep_finished) is set. Callbacks and their bodies are removed after 62 days.
/// * A database that is read-only, such as a replica, can be read, and a call that writes fails. With
///   `target_session_attrs=read-write` in the address, only a database that can be written is used. An address can have
///   several hosts: `postgres://music@one.example,two.example/shop?target_session_attrs=read-write`.
/// * The times on receipts are those of the database, so the clocks of the machines may differ.
///
/// PostgreSQL 13 or newer is needed. A proxy in front of it, such as `PgBouncer`, must assign a connection to a client for the
/// whole session.
pub struct PostgresLedger {
    pub(super) database: Arc<Database>,
    pub(super) known: KnownReceipts,
    pub(super) retention: Retention,
}

impl PostgresLedger {
    /// Connects to the database at this address, such as `postgres://user:password@host:5432/name?sslmode=require`. The
    /// [documentation of tokio-postgres](https://docs.rs/tokio-postgres/latest/tokio_postgres/config/struct.Config.html)
    /// lists all its options.
    ///
    /// Creates the schema `kie_ledger` if it is missing, and migrates it if an older version of this crate created it. Any
    /// number of processes can do this at the same time. If the schema exists, the user needs only the right to use it.
    ///
    /// With TLS, the certificate of the database must be valid, and trusted by this machine or by
    /// [`root_certificates`](PostgresLedgerBuilder::root_certificates). Without `sslmode`, TLS is used if the database offers
    /// it.
    ///
    /// # Errors
    ///
    /// [`LedgerError`] if the address is wrong, the database cannot be reached or refuses the user, the schema holds
    /// something else, or a newer version of this crate has changed it in a way that this version does not support. No text
    /// contains the password.
    pub async fn connect(url: impl Into<String>) -> Result<Self, LedgerError> {
        Self::builder(url).connect().await
    }

    /// Returns the options of a ledger at this address, with their default values.
    pub fn builder(url: impl Into<String>) -> PostgresLedgerBuilder {
        PostgresLedgerBuilder::new(url.into())
    }

    pub(super) async fn open(options: DatabaseOptions, keep_finished: Duration) -> Result<Self, LedgerError> {
        let database = Database::new(options)?;
        let mut connection = database.first_connection().await?;
        let migrated = schema::migrate(&mut connection, database.schema(), database.timeout()).await;
        migrated.map_err(|Lasting(error)| error)?;
        drop(connection);
        Ok(Self {
            database: Arc::new(database),
            known: KnownReceipts::default(),
            retention: Retention::new(keep_finished),
        })
    }
}

impl fmt::Debug for PostgresLedger {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PostgresLedger").field("database", &self.database).finish_non_exhaustive()
    }
}

/// Returns the future of a method.
fn method<'a, T: 'a>(work: impl Future<Output = Result<T, Lasting>> + Send + 'a) -> LedgerFuture<'a, T> {
    Box::pin(async move { work.await.map_err(|Lasting(error)| error) })
}

impl Ledger for PostgresLedger {
    fn now(&self) -> SystemTime {
        self.database.clock().now()
    }

    fn write<'a>(&'a self, receipt: &'a Receipt) -> LedgerFuture<'a, Option<Receipt>> {
        method(self.write_receipt(receipt))
    }

    fn acquire_send(&self, id: ReceiptId, send: SendId, most: usize, span: Duration) -> LedgerFuture<'_, SendPermit> {
        method(self.acquire(id, send, most, span))
    }

    fn update<'a>(&'a self, id: ReceiptId, update: &'a ReceiptUpdate) -> LedgerFuture<'a, ()> {
        method(self.update_receipt(id, update))
    }

    fn receive<'a>(&'a self, callback: &'a CallbackRecord) -> LedgerFuture<'a, bool> {
        method(self.receive_callback(callback))
    }

    fn callback_body<'a>(&'a self, task_id: &'a str) -> LedgerFuture<'a, Option<Vec<u8>>> {
        method(async move {
            let sql = &self.database.statements.callback_body;
            let rows = self.database.operation().rows(sql, &[(&task_id.as_bytes(), Type::BYTEA)]).await?;
            Ok(rows.first().map(|row| row.try_get(0)).transpose()?)
        })
    }

    fn callback_feed(&self) -> Option<Box<dyn CallbackFeed>> {
        Some(Box::new(PostgresFeed::new(Arc::clone(&self.database))))
    }

    fn find<'a>(&'a self, key: ReceiptKey<'a>) -> LedgerFuture<'a, Option<Receipt>> {
        method(async move {
            let stored = self.stored(&mut self.database.operation(), key).await?;
            Ok(stored.map(|stored| stored.receipt))
        })
    }

    fn unfinished(&self, after: Option<ReceiptId>, most: usize) -> LedgerFuture<'_, Vec<Receipt>> {
        method(self.unfinished_page(after, most))
    }

    fn recent(&self, before: Option<ReceiptId>, most: usize) -> LedgerFuture<'_, Vec<Receipt>> {
        method(self.recent_page(before, most))
    }

    fn unreadable(&self) -> LedgerFuture<'_, Vec<ReceiptId>> {
        method(self.unreadable_ids())
    }

    fn all_unreadable(&self) -> LedgerFuture<'_, Vec<ReceiptId>> {
        method(self.all_unreadable_ids())
    }

    fn claim<'a>(&'a self, id: ReceiptId, holder: &'a str, lease: Duration) -> LedgerFuture<'a, Option<Receipt>> {
        method(async move {
            let (sql, name) = (&self.database.statements.claim_receipt, id.to_string());
            let mut operation = self.database.operation();
            let rows = operation
                .rows(sql, &[(&name, Type::TEXT), (&holder.as_bytes(), Type::BYTEA), (&micros(lease), Type::INT8)])
                .await?;
            let row = rows.first().ok_or_else(|| missing(id))?;
            let claimed = StoredReceipt::known(row)?.filter(|_| row.try_get("is_claimed").unwrap_or(false));
            Ok(claimed.map(|stored| stored.receipt))
        })
    }

    fn release<'a>(&'a self, id: ReceiptId, holder: &'a str) -> LedgerFuture<'a, ()> {
        method(async move {
            let (sql, id) = (&self.database.statements.release_claim, id.to_string());
            let mut operation = self.database.operation();
            operation.rows(sql, &[(&id, Type::TEXT), (&holder.as_bytes(), Type::BYTEA)]).await?;
            Ok(())
        })
    }
}

/// Returns the duration in microseconds.
pub(super) fn micros(span: Duration) -> i64 {
    span.as_micros().try_into().unwrap_or(i64::MAX)
}
