//! The options of one call.

use kie_transport::Timeouts;

/// The options of one call.
#[derive(Debug, Clone, Default)]
pub(crate) struct Options {
    pub(crate) unchecked: bool,
    /// Clocks in place of the client's.
    pub(crate) timeouts: Option<Timeouts>,
    pub(crate) name: Option<String>,
}

/// Writes the setters of a call, which has a `client` and `options`: the clocks, `unchecked`, or `named`.
macro_rules! setters {
    ($this:ident => $call:expr) => {
        /// Ends the call after this time, its wait in the queue and its retries included.
        ///
        /// A call whose turn in the queue cannot come in time is given up at once: nothing is sent, and nothing is paid. The
        /// clocks of a wait for the task that it starts are those of the [wait](crate::Wait).
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

        /// Sets every clock of the call, in place of [the client's](crate::ClientBuilder::timeouts).
        pub fn timeouts(mut $this, timeouts: crate::Timeouts) -> Self {
            $call.options.timeouts = Some(timeouts);
            $this
        }
    };
    (unchecked $this:ident => $call:expr) => {
        /// Leaves out the check before sending.
        ///
        /// An escape hatch: the service moves its limits, and may take today what our tables still refuse.
        pub fn unchecked(mut $this) -> Self {
            $call.options.unchecked = true;
            $this
        }
    };
    (named $this:ident => $call:expr) => {
        /// Gives the call a name of the caller's own, such as an order number.
        ///
        /// Two calls of one name are one call: the second is not sent, and answered as the first was, after a restart too. Where
        /// it is not known what came of the first, the second is [`Error::OutcomeUnknown`](crate::Error::OutcomeUnknown), and
        /// where the first was refused, or [dropped](crate::CallFuture) before it left, it is sent. Asking for something else under
        /// the same name is [`Error::NameTaken`](crate::Error::NameTaken). The name needs a
        /// [ledger](crate::ClientBuilder::ledger), and must not be empty.
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
