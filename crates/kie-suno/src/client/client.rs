//! The client, and the state that all of its calls share.

use std::{
    fmt,
    sync::{Arc, OnceLock},
    time::{Duration, SystemTime},
};

use kie_ledger::{Ledger, LedgerError};
use kie_transport::Transport;
use kie_types::{Endpoint, Route};

use super::{dropped::Dropped, target::Hosts};
use crate::{
    budget::Spending,
    error::Error,
    waiting::{Feeding, Polling, Waiter, Waiters},
};

/// A client of the API. It is cheap to clone. All clones share their connections and one rate limit.
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
    /// Route of all calls.
    pub(crate) route: Route,
    /// Operations that have another route, by their names.
    pub(crate) routes: Vec<(&'static str, Route)>,
    /// Registry of the tasks that code is waiting for, so that callbacks can wake this code. `None` if the client has
    /// no receiver, and no ledger that tells of callbacks.
    pub(crate) waiters: Option<Waiters>,
    /// Reader of the callbacks that all processes record in the ledger. `None` if the ledger does not tell of them.
    pub(crate) feeding: Option<Feeding>,
    /// Ledger to which the receiver of the client writes. Another client can set it later. `None` if the client has no
    /// receiver.
    pub(crate) receiver_ledger: Option<Arc<OnceLock<Arc<dyn Ledger>>>>,
    /// Poll intervals and time limits for waiting. `None` if they were not set, so that the defaults apply.
    pub(crate) polling: Option<Polling>,
    pub(crate) ledger: Option<Arc<dyn Ledger>>,
    /// Rate limit of calls that create something: the maximum number of sends, and the time span in which at most this
    /// number is sent.
    pub(crate) rate: (usize, Duration),
    pub(crate) spending: Option<Spending>,
    pub(crate) dropped: Dropped,
}

impl Client {
    /// Returns the ledgers that can have the callbacks of the client's tasks: the client's own, and that of its
    /// receiver if this is another one.
    pub(crate) fn callback_ledgers(&self) -> impl Iterator<Item = &Arc<dyn Ledger>> {
        let own = self.inner.ledger.as_ref();
        let of_receiver = self.inner.receiver_ledger.as_ref().and_then(|ledger| ledger.get());
        let other = of_receiver.filter(|other| own.is_none_or(|own| !Arc::ptr_eq(own, other)));
        own.into_iter().chain(other)
    }

    /// Returns the ledger of the client, or an error if the client has no ledger.
    pub(crate) fn ledger(&self) -> Result<&dyn Ledger, Error> {
        self.inner.ledger.as_deref().ok_or_else(no_ledger)
    }

    /// Returns the current time of the clock from which the receipts have their times.
    pub(crate) fn now(&self) -> SystemTime {
        self.inner.ledger.as_deref().map_or_else(SystemTime::now, Ledger::now)
    }

    /// Returns the route on which an operation is called. An operation without a form on the market route, such as a
    /// query of the balance, has the same address on both routes.
    pub(crate) fn route_of<E: Endpoint>(&self) -> Route {
        if E::MARKET.is_none() {
            return Route::Classic;
        }
        self.route_named(E::NAME)
    }

    /// Returns the route on which the operation with this name is called, if it has a form on the market route.
    pub(crate) fn route_named(&self, operation: &str) -> Route {
        let own = self.inner.routes.iter().rev().find(|(name, _)| *name == operation);
        own.map_or(self.inner.route, |(_, route)| *route)
    }

    pub(crate) fn transport(&self) -> &Transport {
        &self.transport
    }

    /// Returns the poll intervals and time limits for code that waits for a task.
    pub(crate) fn polling(&self) -> Polling {
        let has_receiver = self.inner.receiver_ledger.is_some();
        let default = || if has_receiver { Polling::sweep() } else { Polling::default() };
        self.inner.polling.unwrap_or_else(default)
    }

    /// Registers code that waits for the task or the receipt with this id. Returns `None` if no callback can wake the code.
    pub(crate) fn waiter(&self, id: &str) -> Option<Waiter> {
        let waiters = self.inner.waiters.as_ref()?;
        let waiter = waiters.register(id);
        if let Some(feeding) = &self.inner.feeding {
            feeding.begin(waiters);
        }
        Some(waiter)
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

/// Returns the error for an operation that needs a ledger, on a client without a ledger.
pub(crate) fn no_ledger() -> Error {
    Error::Ledger(LedgerError::new("the client has no ledger; names and receipts need one (`ClientBuilder::ledger`)"))
}
