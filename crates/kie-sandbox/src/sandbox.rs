//! The sandbox: an account, and the doors to it.

use std::{fmt, io, net::SocketAddr, sync::Arc};

use kie_types::Credits;
use tokio::{io::DuplexStream, time::Instant};

use crate::{
    account::{Received, SandboxInner, SentCallback, TaskEntry},
    http::{Server, server},
    script::{CallbackFault, Fault, TaskScript},
    wire::Wire,
};

/// An account of the service, in memory. Clones are the same account.
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

    /// Serves the account over a pipe in memory, and hands out the client's end. It speaks HTTP/1.1.
    ///
    /// Outside of a tokio runtime nobody can serve, and the pipe is closed.
    pub fn connect(&self) -> DuplexStream {
        server::connect(Arc::clone(&self.0))
    }

    /// Another way to the account, on which connections break, stall and lie as told.
    pub fn wire(&self) -> Wire {
        Wire::new(Arc::clone(&self.0))
    }

    /// Lets something go wrong with the next request of this operation. Faults of one operation queue up.
    pub fn fault(&self, operation: impl Into<String>, fault: Fault) {
        self.0.account().faults.entry(operation.into()).or_default().push_back(fault);
    }

    /// Decides for each request from now on what goes wrong with it, unless a [`fault`](Self::fault) was meant for it: at
    /// [random](crate::SeededRng), say. The decision must not ask the sandbox anything.
    pub fn faults(&self, decide: impl FnMut(&Received) -> Option<Fault> + Send + 'static) {
        self.0.account().other_faults = Some(Box::new(decide));
    }

    /// Decides what becomes of the next task that is created. Fates queue up.
    pub fn script_task(&self, script: TaskScript) {
        self.0.account().fates.push_back(script);
    }

    /// Lets something go wrong with the next callback that is due. Mishaps queue up.
    pub fn callback_fault(&self, callback_fault: CallbackFault) {
        self.0.account().callback_faults.push_back(callback_fault);
    }

    /// Decides for each callback from now on what goes wrong with it, unless a [`callback_fault`](Self::callback_fault) was meant for it.
    /// The decision must not ask the sandbox anything.
    pub fn callback_faults(&self, decide: impl FnMut(&SentCallback) -> Option<CallbackFault> + Send + 'static) {
        self.0.account().other_mishaps = Some(Box::new(decide));
    }

    /// Every request of this operation that was received, in order. [`FILES`](crate::FILES) names those for files.
    pub fn requests(&self, operation: &str) -> Vec<Received> {
        let account = self.0.account();
        account.requests.iter().filter(|request| request.operation == operation).cloned().collect()
    }

    /// Every task that a request started, in order.
    pub fn tasks(&self) -> Vec<TaskEntry> {
        self.0.account().entries(Instant::now())
    }

    /// Every callback that was due so far, in order.
    pub fn callbacks(&self) -> Vec<SentCallback> {
        self.0.account().deliveries.clone()
    }

    /// What is left to spend.
    pub fn balance(&self) -> Credits {
        self.0.account().balance(Instant::now())
    }
}

impl fmt::Debug for Sandbox {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sandbox").field("speed", &self.0.speed).finish_non_exhaustive()
    }
}
