//! The database of a ledger: its address, its pool of connections, and the texts of its statements.

use std::{fmt, sync::Arc, time::Duration};

use deadpool_postgres::{Client, Manager, ManagerConfig, Object, Pool, RecyclingMethod, Runtime};
use kie_ledger::LedgerError;
use tokio::time::timeout;
use tokio_postgres::{Config, config::TargetSessionAttrs};

use super::{
    clock::Clock,
    connector::{Connector, Listener},
    hosts::Hosts,
    operation::Operation,
    tls,
};
use crate::{error::Failure, schema::Statements};

/// Maximum time of one attempt of an operation. After this time, the connection counts as lost, and the next attempt uses
/// another one.
const ATTEMPT: Duration = Duration::from_secs(8);
/// Smallest number of attempts in the time of an operation, if the database does not respond.
const ATTEMPTS: u32 = 3;
/// Default time after which a connection is closed if the database does not confirm what was sent.
const TCP_USER_TIMEOUT: Duration = Duration::from_secs(10);

/// Default time after which an idle connection sends a sign of life. Firewalls and load balancers drop a connection after some
/// minutes without one, and tell nobody.
const KEEPALIVE: Duration = Duration::from_secs(60);
/// Default of tokio-postgres for the same time.
const LIBRARY_KEEPALIVE: Duration = Duration::from_secs(2 * 60 * 60);

/// Options of the connections.
#[derive(Debug, Clone)]
pub(crate) struct DatabaseOptions {
    pub(crate) url: String,
    pub(crate) schema: String,
    pub(crate) connections: usize,
    pub(crate) timeout: Duration,
    pub(crate) root_certificates: Vec<u8>,
}

/// The database of a ledger.
pub(crate) struct Database {
    config: Config,
    connector: Connector,
    pool: Pool,
    timeout: Duration,
    /// Maximum time of one attempt of an operation.
    pub(super) attempt: Duration,
    schema: String,
    pub(crate) statements: Statements,
}

impl Database {
    /// Prepares the connections, and opens none.
    pub(crate) fn new(options: DatabaseOptions) -> Result<Self, LedgerError> {
        let DatabaseOptions { url, schema, connections, timeout, root_certificates } = options;
        let mut config: Config = url.parse().map_err(|error| wrong_address(&url, error))?;
        if config.get_application_name().is_none() {
            config.application_name("kie-ledger");
        }
        if config.get_tcp_user_timeout().is_none() {
            config.tcp_user_timeout(TCP_USER_TIMEOUT);
        }
        if config.get_keepalives_idle() == LIBRARY_KEEPALIVE {
            config.keepalives_idle(KEEPALIVE);
        }
        let added = if root_certificates.is_empty() { Vec::new() } else { tls::certificates(&root_certificates)? };
        let tls = tls::connector(config.get_ssl_mode(), added)?;
        let attempt = ATTEMPT.min(timeout / ATTEMPTS);
        // So an attempt reaches the second host, and the second address of a host.
        let for_host = attempt / 2;
        if config.get_connect_timeout().is_none() {
            config.connect_timeout(for_host / 2);
        }
        let hosts = Hosts::new(&config, for_host);
        let connector = Connector { tls, hosts, clock: Arc::default() };
        let recycling = ManagerConfig { recycling_method: RecyclingMethod::Fast };
        let manager = Manager::from_connect(config.clone(), connector.clone(), recycling);
        let pool = Pool::builder(manager)
            .max_size(connections.max(1))
            .runtime(Runtime::Tokio1)
            .create_timeout(Some(connector.hosts.limit()))
            .build();
        let pool = pool.map_err(|error| LedgerError::new("the pool of connections is wrong").with_source(error))?;
        let statements = Statements::new(&schema);
        Ok(Self { config, connector, pool, timeout, attempt, schema, statements })
    }

    pub(crate) fn schema(&self) -> &str {
        &self.schema
    }

    pub(crate) fn timeout(&self) -> Duration {
        self.timeout
    }

    pub(crate) fn clock(&self) -> &Clock {
        &self.connector.clock
    }

    /// Returns `true` if only a host that can be written may be used.
    pub(super) fn wants_primary(&self) -> bool {
        self.config.get_target_session_attrs() == TargetSessionAttrs::ReadWrite
    }

    /// Begins an operation, which ends within the time limit of the ledger.
    pub(crate) fn operation(&self) -> Operation<'_> {
        Operation::new(self, self.timeout)
    }

    /// Returns a free connection of the pool, or opens one.
    pub(crate) async fn connection(&self) -> Result<Client, Failure> {
        Ok(self.pool.get().await?)
    }

    /// Closes a connection that has failed, and the idle ones, which have probably failed too. So an operation meets at most
    /// one of the connections to a host that has vanished.
    pub(super) fn close(&self, failed: Client) {
        drop(Object::take(failed));
        self.pool.retain(|_, _| false);
    }

    /// Opens the first connection.
    pub(crate) async fn first_connection(&self) -> Result<Client, LedgerError> {
        let opened = timeout(self.timeout, self.connection()).await;
        opened.unwrap_or_else(|_| Err(Failure::late(false))).map_err(|failure| failure.error)
    }

    /// Opens a connection that listens for callbacks.
    pub(crate) async fn listen(&self) -> Result<Listener, LedgerError> {
        let opened = timeout(self.attempt, Listener::open(&self.connector, &self.schema)).await;
        opened.unwrap_or_else(|_| Err(Failure::late(false).error))
    }
}

/// Returns the error of an address that cannot be read. The cause can repeat a part of the address, so it is told only if
/// the address has no password.
fn wrong_address(url: &str, cause: tokio_postgres::Error) -> LedgerError {
    if url.contains('@') || url.contains("password") {
        return LedgerError::new(
            "the address of the database is wrong; the mistake is not shown, because it may be a part of the password",
        );
    }
    LedgerError::new("the address of the database is wrong").with_source(cause)
}

/// Prints the hosts, the name of the database and the schema, and no password.
impl fmt::Debug for Database {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Database")
            .field("hosts", &self.config.get_hosts())
            .field("name", &self.config.get_dbname())
            .field("schema", &self.schema)
            .finish_non_exhaustive()
    }
}
