//! Options of one call.

use kie_transport::Timeouts;
use kie_types::Route;

/// Options of one call.
#[derive(Debug, Clone, Default)]
pub(crate) struct Options {
    pub(crate) unchecked: bool,
    /// Timeouts that replace the timeouts of the client. `None` if the timeouts of the client apply.
    pub(crate) timeouts: Option<Timeouts>,
    pub(crate) name: Option<String>,
    /// Route that replaces the route of the client. `None` if the route of the client applies.
    pub(crate) route: Option<Route>,
}

/// Defines the setters of a call that has a `client` and `options`: the time limits, `unchecked`, or `named`.
macro_rules! setters {
    ($this:ident => $call:expr) => {
        /// Sets the time limit of the whole call, including its time in the queue and its retries.
        ///
        /// As soon as it is certain that the call cannot be sent within the limit, it fails: nothing is sent, and
        /// nothing is paid. With a [ledger](crate::ClientBuilder::ledger), the call can end a few seconds after the
        /// limit, because it writes its outcome to the receipt. The limit does not apply to a [`Wait`](crate::Wait) for
        /// the started task, which has its own time limits.
        ///
        /// ```no_run
        /// # async fn demo(client: kie_suno::Client) -> Result<(), kie_suno::Error> {
        /// # use kie_suno::requests::{GenerateMusic, Model};
        /// use std::time::Duration;
        ///
        /// let task = client.start(GenerateMusic::simple(Model::V5, "a waltz")).within(Duration::from_secs(20)).await?;
        /// # Ok(())
        /// # }
        /// ```
        pub fn within($this, overall: std::time::Duration) -> Self {
            let timeouts = $call.options.timeouts.unwrap_or_else(|| $call.client.transport.timeouts());
            $this.timeouts(timeouts.overall(overall))
        }

        /// Sets all timeouts of the call. They replace [those of the client](crate::ClientBuilder::timeouts).
        pub fn timeouts(mut $this, timeouts: crate::Timeouts) -> Self {
            $call.options.timeouts = Some(timeouts);
            $this
        }
    };
    (unchecked $this:ident => $call:expr) => {
        /// Sends the request without checking it first.
        ///
        /// The service changes its limits from time to time. Use this method if the service accepts a request that the
        /// built-in limits still refuse.
        pub fn unchecked(mut $this) -> Self {
            $call.options.unchecked = true;
            $this
        }

        /// Sends the request on this route, in place of the [route of the client](crate::ClientBuilder::route).
        pub fn route(mut $this, route: crate::Route) -> Self {
            $call.options.route = Some(route);
            $this
        }
    };
    (named $this:ident => $call:expr) => {
        /// Sets the name of the call: an idempotency key of your own, such as an order number.
        ///
        /// If the service accepted the first call with a name, a second call with the same name and the same request is
        /// not sent. The second call returns the response to the first call, also after a restart of the program. In
        /// all other cases:
        ///
        /// * The first call was sent and may still get its response: the second call waits for it, also if the first
        ///   call was made by another process. The wait ends at the [time limit](Self::within) of the second call,
        ///   and at the latest 3.5 minutes after the first call was sent, or later if the second call has longer
        ///   [timeouts](Self::timeouts). A first call whose process has ended is waited for in the same way.
        /// * The outcome of the first call did not become known: the second call fails with
        ///   [`Error::OutcomeUnknown`](crate::Error::OutcomeUnknown).
        /// * The first call was refused, or was [dropped](crate::CallFuture) before it was sent: the second call is
        ///   sent.
        /// * The second call has another operation or another request: it fails with
        ///   [`Error::NameTaken`](crate::Error::NameTaken).
        ///
        /// A name needs a [ledger](crate::ClientBuilder::ledger), and must not be empty.
        ///
        /// ```no_run
        /// # async fn demo(client: kie_suno::Client, request: kie_suno::requests::GenerateMusic) -> Result<(), kie_suno::Error> {
        /// let task = client.start(request).named("order-4711").await?;
        /// # Ok(())
        /// # }
        /// ```
        pub fn named(mut $this, name: impl Into<String>) -> Self {
            $call.options.name = Some(name.into());
            $this
        }
    };
}

pub(crate) use setters;
