//! Options of a ledger in PostgreSQL.

use std::{fmt, time::Duration};

use kie_ledger::LedgerError;

use super::{postgres_ledger::PostgresLedger, retention::RETENTION};
use crate::database::DatabaseOptions;

/// Maximum length of the name of a schema. PostgreSQL permits 63 characters.
const MAX_SCHEMA: usize = 63;

/// Options of a ledger in PostgreSQL. Made by [`PostgresLedger::builder`].
///
/// ```no_run
/// # async fn demo() -> Result<(), kie_ledger::LedgerError> {
/// use kie_ledger_postgres::PostgresLedger;
///
/// let ledger = PostgresLedger::builder("postgres://music@db.example/shop").schema("songs").connections(4).connect().await?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
#[must_use = "no ledger is opened until `connect` is called"]
pub struct PostgresLedgerBuilder {
    options: DatabaseOptions,
    keep_finished: Duration,
}

impl PostgresLedgerBuilder {
    pub(crate) fn new(url: String) -> Self {
        let options = DatabaseOptions {
            url,
            schema: "kie_ledger".to_owned(),
            connections: 8,
            timeout: Duration::from_secs(25),
            root_certificates: Vec::new(),
        };
        Self { options, keep_finished: RETENTION }
    }

    /// Sets the name of the schema that holds the tables of the ledger. The default is `kie_ledger`. The name consists of
    /// lower-case letters, digits and underscores, and does not begin with a digit.
    ///
    /// Several ledgers, such as those of two accounts, can be in one database if their schemas have different names.
    pub fn schema(mut self, name: impl Into<String>) -> Self {
        self.options.schema = name.into();
        self
    }

    /// Sets the maximum number of connections of this process. The default is 8. One more connection is open while the
    /// client waits for callbacks.
    pub fn connections(mut self, most: usize) -> Self {
        self.options.connections = most;
        self
    }

    /// Sets the maximum time of one operation of the ledger, with all its attempts. The default is 25 seconds. So an
    /// operation survives a database that stops for 20 seconds, and ends before the 30 seconds after which a client gives
    /// it up. One attempt takes at most a third of this time, and at most 8 seconds.
    pub fn timeout(mut self, time: Duration) -> Self {
        self.options.timeout = time;
        self
    }

    /// Sets the time for which finished receipts without a name are kept after they were finished. The default is 62 days.
    /// [`Duration::MAX`] keeps them for ever.
    ///
    /// The option belongs to this process. If processes with different options share a ledger, the shortest time applies.
    pub fn keep_finished(mut self, time: Duration) -> Self {
        self.keep_finished = time;
        self
    }

    /// Trusts the certificates of this PEM document as roots, in addition to the root certificates of the platform.
    pub fn root_certificates(mut self, pem: impl AsRef<[u8]>) -> Self {
        self.options.root_certificates = pem.as_ref().to_vec();
        self
    }

    /// Connects to the database with these options, as [`PostgresLedger::connect`] does.
    ///
    /// # Errors
    ///
    /// The errors of [`PostgresLedger::connect`], and an error if an option is wrong.
    pub async fn connect(self) -> Result<PostgresLedger, LedgerError> {
        let schema = self.options.schema.as_bytes();
        let is_letter = |byte: &u8| byte.is_ascii_lowercase() || *byte == b'_';
        let is_name = schema.first().is_some_and(is_letter)
            && schema.iter().all(|byte| is_letter(byte) || byte.is_ascii_digit())
            && schema.len() <= MAX_SCHEMA
            && !self.options.schema.starts_with("pg_");
        if !is_name {
            let what = "the name of a schema has at most 63 lower-case letters, digits and underscores, begins with no \
                        digit, and not with pg_";
            return Err(LedgerError::new(what));
        }
        PostgresLedger::open(self.options, self.keep_finished).await
    }
}

/// Prints all options but the address, which may contain a password.
impl fmt::Debug for PostgresLedgerBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PostgresLedgerBuilder")
            .field("schema", &self.options.schema)
            .field("connections", &self.options.connections)
            .field("timeout", &self.options.timeout)
            .field("keep_finished", &self.keep_finished)
            .finish_non_exhaustive()
    }
}
