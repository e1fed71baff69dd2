//! Opens connections: those of the pool, and the one that listens.

use std::{
    future::poll_fn,
    pin::Pin,
    sync::Arc,
    time::{Duration, SystemTime},
};

use deadpool_postgres::Connect;
use kie_ledger::LedgerError;
use tokio::{sync::Notify, task::JoinHandle, time::timeout};
use tokio_postgres::{AsyncMessage, Client, Config, Error, SimpleQueryMessage};
use tokio_postgres_rustls::MakeRustlsConnect;

use super::{clock::Clock, hosts::Hosts};
use crate::error::Failure;

/// Settings of each session. Each statement then ends, even if its client has gone. The functions of the ledger rely on
/// `read committed`. A change that was reported must survive a loss of power, so `synchronous_commit` must not be off.
const SESSION: &str = "
    SET statement_timeout = '10s';
    SET idle_in_transaction_session_timeout = '60s';
    SET default_transaction_isolation = 'read committed';
    SELECT set_config('synchronous_commit', 'on', false) WHERE current_setting('synchronous_commit') = 'off';
    SELECT (extract(epoch FROM clock_timestamp()) * 1000000)::bigint AS now_us;
";

/// Time in which the database must respond to a connection that listens.
const RESPONSE: Duration = Duration::from_secs(2);

/// Opens the connections of the pool, and sets the clock with each of them.
#[derive(Clone)]
pub(super) struct Connector {
    pub(super) tls: MakeRustlsConnect,
    pub(super) hosts: Hosts,
    pub(super) clock: Arc<Clock>,
}

impl Connector {
    /// Opens a connection to one host, and runs the first statements of its session.
    async fn open(&self, config: Config) -> Result<(Client, JoinHandle<()>), Error> {
        let (client, connection) = config.connect(self.tls.clone()).await?;
        let running = tokio::spawn(async move {
            if let Err(error) = connection.await {
                let error: &dyn std::error::Error = &error;
                tracing::debug!(error, "a connection to the database has ended");
            }
        });
        for message in client.simple_query(SESSION).await? {
            if let SimpleQueryMessage::Row(row) = message
                && let Ok(Some(micros)) = row.try_get("now_us")
                && let Ok(micros) = micros.parse()
            {
                self.clock.set(SystemTime::UNIX_EPOCH + Duration::from_micros(micros));
            }
        }
        Ok((client, running))
    }
}

impl Connect for Connector {
    fn connect(
        &self,
        _config: &Config,
    ) -> Pin<Box<dyn Future<Output = Result<(Client, JoinHandle<()>), Error>> + Send + '_>> {
        Box::pin(self.hosts.first(|config| self.open(config)))
    }
}

/// A connection that listens for callbacks. It is closed when this value is dropped.
pub(crate) struct Listener {
    heard: Arc<Notify>,
    running: JoinHandle<()>,
    client: Client,
}

impl Listener {
    pub(super) async fn open(connector: &Connector, channel: &str) -> Result<Self, LedgerError> {
        let opened = connector.hosts.first(|config| Self::open_one(connector.tls.clone(), config, channel)).await;
        opened.map_err(|error| Failure::from(error).error)
    }

    async fn open_one(tls: MakeRustlsConnect, config: Config, channel: &str) -> Result<Self, Error> {
        let (client, mut connection) = config.connect(tls).await?;
        let heard = Arc::new(Notify::new());
        let told = Arc::clone(&heard);
        let running = tokio::spawn(async move {
            while let Some(Ok(message)) = poll_fn(|context| connection.poll_message(context)).await {
                if let AsyncMessage::Notification(_) = message {
                    told.notify_one();
                }
            }
            // The reader finds that the connection has ended, and opens another one.
            told.notify_one();
        });
        let listener = Self { heard, running, client };
        listener.client.batch_execute(&format!("LISTEN {channel}")).await?;
        Ok(listener)
    }

    /// Returns `false` if the connection has ended.
    pub(crate) fn is_open(&self) -> bool {
        !self.running.is_finished()
    }

    /// Waits until a callback was recorded, or the connection ends, but not longer than `most`. Returns at once if this
    /// happened since the last return. Returns `false` if the connection is lost.
    ///
    /// A connection that a firewall has cut, or whose host has vanished, stays open. So if nothing was heard, the database is
    /// asked for a response.
    pub(crate) async fn heard(&self, most: Duration) -> bool {
        let is_heard = timeout(most, self.heard.notified()).await.is_ok();
        is_heard || timeout(RESPONSE, self.client.simple_query("")).await.is_ok_and(|response| response.is_ok())
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        self.running.abort();
    }
}
