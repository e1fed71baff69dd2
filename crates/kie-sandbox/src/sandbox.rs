//! The public handle of a simulated account.

use std::{fmt, io, net::SocketAddr, sync::Arc};

use kie_types::Credits;
use tokio::{io::DuplexStream, time::Instant};

use crate::{
    account::{Received, SandboxInner, SentCallback, TaskEntry},
    http::{Server, server},
    script::{CallbackFault, Fault, TaskScript},
    wire::Wire,
};

/// A simulated account of the service, in memory. Clones share one account.
#[derive(Clone)]
pub struct Sandbox(Arc<SandboxInner>);

impl Sandbox {
    pub(crate) fn new(inner: SandboxInner) -> Self {
        Self(Arc::new(inner))
    }

    /// Serves the account at a loopback address until the [`Server`] is dropped. Port 0 takes a free one.
    ///
    /// # Errors
    ///
    /// If the address is not a loopback address, or cannot be bound.
    pub async fn listen(&self, address: impl Into<SocketAddr>) -> io::Result<Server> {
        let inner = Arc::clone(&self.0);
        server::listen(address.into(), move |stream| server::serve(stream, Arc::clone(&inner))).await
    }

    /// Serves the account over a pipe in memory and returns the client's end. The connection speaks HTTP/1.1.
    ///
    /// Needs a tokio runtime. Outside of one, the returned pipe is already closed.
    pub fn connect(&self) -> DuplexStream {
        server::connect(Arc::clone(&self.0))
    }

    /// Returns a [`Wire`]: another way to connect to this account, with scripted faults on the connections.
    pub fn wire(&self) -> Wire {
        Wire::new(Arc::clone(&self.0))
    }

    /// Adds a fault for the next request to this operation. The faults of one operation form a queue.
    pub fn fault(&self, operation: impl Into<String>, fault: Fault) {
        self.0.account().faults.entry(operation.into()).or_default().push_back(fault);
    }

    /// Sets a function that chooses a fault for each request from now on, for example at [random](crate::SeededRng). It
    /// is not called for a request that takes a queued [`fault`](Self::fault). It must not call the sandbox, because the
    /// account is locked.
    pub fn faults(&self, decide: impl FnMut(&Received) -> Option<Fault> + Send + 'static) {
        self.0.account().other_faults = Some(Box::new(decide));
    }

    /// Sets the script of the next task that is created. Scripts form a queue.
    pub fn script_task(&self, script: TaskScript) {
        self.0.account().task_scripts.push_back(script);
    }

    /// Adds a fault for the next callback. These faults form a queue.
    pub fn callback_fault(&self, callback_fault: CallbackFault) {
        self.0.account().callback_faults.push_back(callback_fault);
    }

    /// Sets a function that chooses a fault for each callback from now on. It is not called for a callback that takes a
    /// queued [`callback_fault`](Self::callback_fault). It must not call the sandbox, because the account is locked.
    pub fn callback_faults(&self, decide: impl FnMut(&SentCallback) -> Option<CallbackFault> + Send + 'static) {
        self.0.account().other_callback_faults = Some(Box::new(decide));
    }

    /// Returns every request to this operation, in the order of arrival. Requests for files are under
    /// [`FILES`](crate::FILES).
    pub fn requests(&self, operation: &str) -> Vec<Received> {
        let account = self.0.account();
        account.requests.iter().filter(|request| request.operation == operation).cloned().collect()
    }

    /// Returns every task that a request started, in the order of creation.
    pub fn tasks(&self) -> Vec<TaskEntry> {
        self.0.account().entries(Instant::now())
    }

    /// Returns every callback so far, in order, including those that were recorded but not sent.
    pub fn callbacks(&self) -> Vec<SentCallback> {
        self.0.account().callbacks.clone()
    }

    /// Returns the balance in credits.
    pub fn balance(&self) -> Credits {
        self.0.account().balance(Instant::now())
    }
}

impl fmt::Debug for Sandbox {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sandbox").field("speed", &self.0.speed).finish_non_exhaustive()
    }
}
