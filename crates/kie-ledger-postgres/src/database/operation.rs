//! An operation of the ledger: statements that are sent again after a failure that can pass.

use std::time::Duration;

use kie_ledger::LedgerError;
use tokio::time::{Instant, sleep, timeout};
use tokio_postgres::{
    Row,
    types::{ToSql, Type},
};

use super::database::Database;
use crate::error::Failure;

/// First pause between two attempts. Each pause is twice as long as the one before.
const FIRST_PAUSE: Duration = Duration::from_millis(20);
const LONGEST_PAUSE: Duration = Duration::from_secs(1);

/// Values of a statement with their types. With the types, a statement needs one round trip, and no preparation.
pub(super) type Values<'a> = &'a [(&'a (dyn ToSql + Sync), Type)];

/// An operation with its time limit. All statements of the ledger may run twice, so each is sent again after a failure
/// that can pass, until the time is over.
#[derive(Debug)]
pub(crate) struct Operation<'a> {
    database: &'a Database,
    end: Instant,
    /// `true` if an attempt failed, and the database may have run its statement, or may still run it.
    pub(crate) may_have_run: bool,
}

impl<'a> Operation<'a> {
    pub(super) fn new(database: &'a Database, time: Duration) -> Self {
        Self { database, end: Instant::now() + time, may_have_run: false }
    }

    /// Runs a statement, and returns its rows.
    pub(crate) async fn rows(&mut self, sql: &str, values: Values<'_>) -> Result<Vec<Row>, LedgerError> {
        let mut pause = FIRST_PAUSE;
        loop {
            let failure = match self.attempt(sql, values).await {
                Ok(rows) => return Ok(rows),
                Err(failure) => failure,
            };
            self.may_have_run |= failure.may_have_run;
            let is_passing = failure.is_passing || failure.is_read_only && self.database.wants_primary();
            if !is_passing || self.time_left() <= pause {
                return Err(failure.error);
            }
            sleep(pause).await;
            pause = LONGEST_PAUSE.min(pause * 2);
        }
    }

    /// Runs a statement, and returns its only row.
    pub(crate) async fn row(&mut self, sql: &str, values: Values<'_>) -> Result<Row, LedgerError> {
        let row = self.rows(sql, values).await?.pop();
        row.ok_or_else(|| LedgerError::new("a function of the ledger in the database returned nothing"))
    }

    /// Waits for this time. Fails at once if the operation ends before.
    pub(crate) async fn pause(&self, time: Duration) -> Result<(), LedgerError> {
        if time >= self.time_left() {
            return Err(Failure::late(self.may_have_run).error);
        }
        sleep(time).await;
        Ok(())
    }

    fn time_left(&self) -> Duration {
        self.end.saturating_duration_since(Instant::now())
    }

    async fn attempt(&self, sql: &str, values: Values<'_>) -> Result<Vec<Row>, Failure> {
        let end = Instant::now() + self.time_left().min(self.database.attempt);
        let left = || end.saturating_duration_since(Instant::now());
        let connecting = timeout(left(), self.database.connection()).await;
        let connection = connecting.unwrap_or_else(|_| Err(Failure::late(false)))?;
        let failure = match timeout(left(), connection.query_typed(sql, values)).await {
            Ok(Ok(rows)) => return Ok(rows),
            Ok(Err(error)) => Failure::from(error),
            Err(_) => Failure::late(true),
        };
        // After any other failure, the connection can still be used.
        if failure.may_have_run || failure.is_read_only {
            self.database.close(connection);
        }
        Err(failure)
    }
}
