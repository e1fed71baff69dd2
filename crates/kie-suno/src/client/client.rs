//! The client: what all of its calls share.

use std::{fmt, sync::Arc, time::Duration};

use kie_ledger::{Ledger, LedgerError};
use kie_transport::Transport;

use super::{dropped::Dropped, target::Hosts};
use crate::{
    budget::Spending,
    error::Error,
    waiting::{Polling, Waiters},
};

/// A client of the API. Cheap to clone; all clones share connections and keep to the account's rate together.
///
/// ```no_run
/// # async fn demo() -> Result<(), kie_suno::Error> {
/// use kie_suno::{Client, requests::{GenerateMusic, Model}};
///
/// let client = Client::from_env()?;
/// let task = client.start(GenerateMusic::simple(Model::V5, "a slow waltz for two accordions")).await?;
/// let tracks = task.wait().await?;
/// task.save(&tracks, "songs").await?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct Client {
    pub(crate) inner: Arc<ClientInner>,
    pub(crate) transport: Transport,
}

pub(crate) struct ClientInner {
    pub(crate) hosts: Hosts,
    pub(crate) call_back_url: String,
    /// The waits that callbacks wake, where a receiver takes them in.
    pub(crate) waiters: Option<Waiters>,
    /// The clocks of waits, if they are not the usual ones.
    pub(crate) polling: Option<Polling>,
    pub(crate) ledger: Option<Arc<dyn Ledger>>,
    /// How many calls that create something may leave in any span of so long.
    pub(crate) rate: (usize, Duration),
    pub(crate) spending: Option<Spending>,
    pub(crate) dropped: Dropped,
}

impl Client {
    /// Where the client keeps its receipts.
    pub(crate) fn ledger(&self) -> Result<&dyn Ledger, Error> {
        self.inner.ledger.as_deref().ok_or_else(no_ledger)
    }

    pub(crate) fn transport(&self) -> &Transport {
        &self.transport
    }

    /// The clocks of a wait for one of its tasks.
    pub(crate) fn polling(&self) -> Polling {
        let usual = || if self.waiters().is_some() { Polling::sweep() } else { Polling::default() };
        self.inner.polling.unwrap_or_else(usual)
    }

    pub(crate) fn waiters(&self) -> Option<&Waiters> {
        self.inner.waiters.as_ref()
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client")
            .field("hosts", &self.inner.hosts)
            .field("transport", &self.transport)
            .finish_non_exhaustive()
    }
}

/// The error of a client without a ledger that is asked for receipts.
pub(crate) fn no_ledger() -> Error {
    Error::Ledger(LedgerError::new("the client has no ledger to keep receipts in"))
}
