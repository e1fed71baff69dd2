//! The public handle of a simulated account.

use std::{fmt, io, net::SocketAddr, sync::Arc};

use kie_types::Credits;
use tokio::{io::DuplexStream, time::Instant};

use crate::{
    account::{Received, SandboxInner, SentCallback, TaskEntry},
    callbacks,
    control::{Books, QueuedFaults},
    faults::Faults,
    http::{Server, server},
    script::{CallbackFault, Fault, TaskScript},
    wire::Wire,
};

/// A simulated account of the service, in memory. All clones of a sandbox share one account.
#[derive(Clone)]
pub struct Sandbox(Arc<SandboxInner>);

impl Sandbox {
    pub(crate) fn new(inner: SandboxInner) -> Self {
        Self(Arc::new(inner))
    }

    /// Serves the account at a loopback address until the [`Server`] is dropped. For port 0, a free port is chosen.
    ///
    /// # Errors
    ///
    /// If the address is not a loopback address, or cannot be bound.
    pub async fn listen(&self, address: impl Into<SocketAddr>) -> io::Result<Server> {
        let inner = Arc::clone(&self.0);
        server::listen(address.into(), move |stream| server::serve(stream, Arc::clone(&inner))).await
    }

    /// Serves the account over a pipe in memory, with HTTP/1.1. Returns the client's side of the pipe.
    ///
    /// Needs a tokio runtime. Outside of a tokio runtime, the returned pipe is already closed.
    pub fn connect(&self) -> DuplexStream {
        server::connect(Arc::clone(&self.0))
    }

    /// Returns a [`Wire`] for this account. Connections over a wire can have scripted faults.
    pub fn wire(&self) -> Wire {
        Wire::new(Arc::clone(&self.0))
    }

    /// Adds a fault for one request to this operation. The faults of one operation form a queue: each request takes the
    /// first fault of the queue.
    pub fn fault(&self, operation: impl Into<String>, fault: Fault) {
        self.0.account().faults.entry(operation.into()).or_default().push_back(Some(fault));
    }

    /// Sets a function that chooses a fault for each later request, for example at [random](crate::SeededRng). The
    /// function is not called for a request that takes a queued [`fault`](Self::fault). The function must not call the
    /// sandbox, because the account is locked while the function runs.
    pub fn faults(&self, decide: impl FnMut(&Received) -> Option<Fault> + Send + 'static) {
        self.0.account().other_faults = Some(Box::new(decide));
    }

    /// Adds the faults of a file, behind those that wait already, and changes the settings that the file has. Its random
    /// faults replace a function of [`faults`](Self::faults) or [`callback_faults`](Self::callback_faults). The path
    /// `POST /sandbox/faults` does the same.
    ///
    /// ```
    /// use kie_sandbox::{Faults, Sandbox};
    ///
    /// let sandbox = Sandbox::default();
    /// sandbox.add_faults(Faults::from_json(r#"{ "tasks": [{ "fails": { "code": 531 } }] }"#)?);
    /// assert_eq!(sandbox.queued_faults().tasks, [Some("fails")]);
    /// sandbox.clear_faults();
    /// assert!(sandbox.queued_faults().tasks.is_empty());
    /// # Ok::<(), kie_sandbox::FaultsError>(())
    /// ```
    pub fn add_faults(&self, faults: Faults) {
        faults.apply(&mut self.0.account(), self.0.seed);
    }

    /// Returns the faults that wait for later requests, tasks and callbacks. The path `GET /sandbox/faults` does the
    /// same.
    pub fn queued_faults(&self) -> QueuedFaults {
        QueuedFaults::of(&self.0.account())
    }

    /// Removes all faults of later requests, tasks and callbacks, also the functions that choose faults. Settings such as
    /// the speed stay. The path `DELETE /sandbox/faults` does the same.
    pub fn clear_faults(&self) {
        self.0.account().clear_faults();
    }

    /// Adds a script for one later task. The scripts form a queue: each new task takes the first script of the queue.
    pub fn script_task(&self, script: TaskScript) {
        self.0.account().task_scripts.push_back(Some(script));
    }

    /// Adds a fault for one callback. The faults of callbacks form a queue: each callback takes the first fault of the
    /// queue.
    pub fn callback_fault(&self, callback_fault: CallbackFault) {
        self.0.account().callback_faults.push_back(Some(callback_fault));
    }

    /// Sets a function that chooses a fault for each later callback. The function is not called for a callback that
    /// takes a queued [`callback_fault`](Self::callback_fault). The function must not call the sandbox, because the
    /// account is locked while the function runs.
    pub fn callback_faults(&self, decide: impl FnMut(&SentCallback) -> Option<CallbackFault> + Send + 'static) {
        self.0.account().other_callback_faults = Some(Box::new(decide));
    }

    /// Returns every request to the operation with this name, in the order of arrival. For requests for files, pass
    /// [`FILES`](crate::FILES) as `operation`.
    pub fn requests(&self, operation: &str) -> Vec<Received> {
        let account = self.0.account();
        account.requests.iter().filter(|request| request.operation == operation).cloned().collect()
    }

    /// Returns every task that a request started, in the order of creation.
    pub fn tasks(&self) -> Vec<TaskEntry> {
        self.0.account().entries(Instant::now())
    }

    /// Returns every callback so far, in the order of creation. Callbacks that were not sent are included.
    pub fn callbacks(&self) -> Vec<SentCallback> {
        self.0.account().callbacks.clone()
    }

    /// Returns all callbacks that the task with this id has from its start to its end, also those that are not due yet.
    /// Nothing is sent or recorded, and no [`CallbackFault`] applies. With a webhook key, the headers have a signature of
    /// this moment. Returns an empty list if the account has no such task, or if the task has no callback address.
    ///
    /// A test can pass these callbacks to the code that receives callbacks, without a socket:
    ///
    /// ```
    /// use kie_sandbox::{Sandbox, Speed};
    /// use kie_suno::{Client, requests::{GenerateMusic, Model}, transport::Pipe};
    /// use kie_types::{Callback, Music, TaskState};
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let sandbox = Sandbox::builder().speed(Speed::Live).webhook_key("whk").build();
    /// let account = sandbox.clone();
    /// let client = Client::builder().api_key("any").http(Pipe::new(move || account.connect())).build()?;
    /// let request = GenerateMusic::simple(Model::V5_5, "a slow waltz").call_back_url("https://music.example/kie");
    /// let task = client.start(request).await?;
    ///
    /// // The song would take more than a minute. Its callbacks can be read at once.
    /// let callbacks = sandbox.callbacks_of(task.id().as_str());
    /// assert_eq!(callbacks.len(), 3);
    /// let last = Callback::<Music>::parse(callbacks[2].body.to_string().as_bytes())?;
    /// assert_eq!(last.state(), TaskState::Complete);
    /// assert!(callbacks[2].headers.iter().any(|(name, _)| name == "X-Webhook-Signature"));
    /// # Ok(())
    /// # }
    /// ```
    pub fn callbacks_of(&self, task_id: &str) -> Vec<SentCallback> {
        let task = self.0.account().started(task_id);
        task.map(|task| callbacks::all(&self.0, &task)).unwrap_or_default()
    }

    /// Returns what the sandbox received and charged. The path `GET /sandbox/books` does the same.
    pub fn books(&self) -> Books {
        Books::of(&self.0.account(), Instant::now())
    }

    /// Returns the seed of everything that is random. [`SandboxBuilder::seed`](crate::SandboxBuilder::seed) explains it.
    pub fn seed(&self) -> u64 {
        self.0.seed
    }

    /// Returns the balance in credits.
    pub fn balance(&self) -> Credits {
        self.0.account().balance(Instant::now())
    }
}

impl fmt::Debug for Sandbox {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sandbox").field("speed", &self.0.account().behaviour.speed).finish_non_exhaustive()
    }
}
