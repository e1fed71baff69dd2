//! The client: what all of its calls share.

use std::{fmt, sync::Arc, time::Duration};

use kie_ledger::{Ledger, LedgerError};
use kie_transport::{Timeouts, Transport};

use super::route::Hosts;
use crate::{budget::Purse, error::Error, waiting::Waiters};

/// A client of the API. Cheap to clone; all clones share connections and keep to the account's rate together.
///
/// ```no_run
/// # async fn demo() -> Result<(), kie_suno::Error> {
/// use kie_suno::{Client, GenerateMusic, Model};
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
    pub(crate) inner: Arc<Inner>,
    pub(crate) transport: Transport,
    pub(crate) checked: bool,
    /// The caller's own name for the one call that it is for.
    pub(crate) name: Option<Arc<str>>,
}

pub(crate) struct Inner {
    pub(crate) hosts: Hosts,
    pub(crate) call_back_url: String,
    /// The waits that callbacks wake, where a receiver takes them in.
    pub(crate) waiters: Option<Waiters>,
    pub(crate) ledger: Option<Arc<dyn Ledger>>,
    /// How many calls that create something may leave in any span of so long.
    pub(crate) rate: (usize, Duration),
    pub(crate) purse: Option<Purse>,
}

impl Client {
    /// An escape hatch: the same client without the check before sending.
    ///
    /// The service moves its limits, and may take today what our tables still refuse.
    #[must_use]
    pub fn unchecked(&self) -> Self {
        Self { checked: false, ..self.clone() }
    }

    /// The same client, each of whose calls is over within this time, its wait in line and its retries included.
    ///
    /// A start whose turn in line cannot come in time is given up at once: nothing is sent, and nothing is paid. A task that
    /// this client started is waited for with the clocks of the wait, and it is each look that is bounded.
    ///
    /// ```no_run
    /// # async fn demo(client: kie_suno::Client) -> Result<(), kie_suno::Error> {
    /// # use kie_suno::{GenerateMusic, Model};
    /// use std::time::Duration;
    ///
    /// let task = client.within(Duration::from_secs(20)).start(GenerateMusic::simple(Model::V5, "a waltz")).await?;
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn within(&self, overall: Duration) -> Self {
        self.with_timeouts(self.transport.timeouts().overall(overall))
    }

    /// The same client with other clocks for each call.
    #[must_use]
    pub fn with_timeouts(&self, timeouts: Timeouts) -> Self {
        Self { transport: self.transport.with_timeouts(timeouts), ..self.clone() }
    }

    /// The same client, for one call that creates something and has this name of the caller's own, such as an order number.
    ///
    /// Two calls of one name are one call: the second is not sent, and answered as the first was, after a restart too.
    /// Where it is not known what came of the first, the second is [`Error::OutcomeUnknown`], and where the first was
    /// refused, it is sent. Asking for something else under the same name is [`Error::NameTaken`]. The name needs a
    /// [ledger](ClientBuilder::ledger), must not be empty, and means nothing to calls that only read and to uploads.
    ///
    /// ```no_run
    /// # async fn demo(client: kie_suno::Client, request: kie_suno::GenerateMusic) -> Result<(), kie_suno::Error> {
    /// let task = client.named("order-4711").start(request).await?;
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn named(&self, name: impl Into<Arc<str>>) -> Self {
        Self { name: Some(name.into()), ..self.clone() }
    }

    /// Where the client keeps its receipts.
    pub(crate) fn ledger(&self) -> Result<&dyn Ledger, Error> {
        self.inner.ledger.as_deref().ok_or_else(no_ledger)
    }

    pub(crate) fn is_checked(&self) -> bool {
        self.checked
    }

    pub(crate) fn transport(&self) -> &Transport {
        &self.transport
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
            .field("checked", &self.checked)
            .finish_non_exhaustive()
    }
}

/// The error of a client without a ledger that is asked for receipts.
pub(crate) fn no_ledger() -> Error {
    LedgerError::new("the client has no ledger to keep receipts in").into()
}
