//! Wakes the code that waits in this process after another process has received a callback.

use std::{
    fmt,
    future::poll_fn,
    pin::pin,
    sync::{Arc, Mutex, PoisonError},
    task::Poll,
    time::Duration,
};

use kie_ledger::{CallbackFeed, LedgerError};
use tokio::{runtime::Handle, sync, task::AbortHandle, time::sleep};

use super::waiters::Waiters;

/// Pause after a failure of the ledger.
const PAUSE: Duration = Duration::from_secs(5);

/// Reads the callbacks that all processes record in the ledger of a client, and wakes the waiters of their tasks. The
/// reading begins with the first wait, continues while code waits, and ends when this value is dropped.
pub(crate) struct Feeding {
    feed: Arc<sync::Mutex<Box<dyn CallbackFeed>>>,
    running: Mutex<Option<AbortHandle>>,
}

impl Feeding {
    pub(crate) fn new(feed: Box<dyn CallbackFeed>) -> Self {
        Self { feed: Arc::new(sync::Mutex::new(feed)), running: Mutex::default() }
    }

    /// Begins to read in the background, unless a task of a runtime that still runs reads already.
    pub(crate) fn begin(&self, waiters: &Waiters) {
        let mut running = self.running.lock().unwrap_or_else(PoisonError::into_inner);
        if running.as_ref().is_some_and(|running| !running.is_finished()) {
            return;
        }
        if let Ok(runtime) = Handle::try_current() {
            *running = Some(runtime.spawn(read(Arc::clone(&self.feed), waiters.clone())).abort_handle());
        }
    }
}

async fn read(feed: Arc<sync::Mutex<Box<dyn CallbackFeed>>>, waiters: Waiters) {
    let mut feed = feed.lock().await;
    loop {
        waiters.until(true).await;
        let callbacks = {
            let mut next = feed.next();
            let mut is_idle = pin!(waiters.until(false));
            let until_idle = poll_fn(|context| match next.as_mut().poll(context) {
                Poll::Ready(callbacks) => Poll::Ready(Some(callbacks)),
                Poll::Pending => is_idle.as_mut().poll(context).map(|()| None),
            });
            until_idle.await
        };
        match callbacks {
            Some(Ok(callbacks)) => callbacks.iter().for_each(|callback| waiters.wake_by(callback)),
            None => {}
            Some(Err(error)) => {
                log(&error);
                sleep(PAUSE).await;
            }
        }
    }
}

fn log(error: &LedgerError) {
    let error: &dyn std::error::Error = error;
    tracing::debug!(error, "the callbacks in the ledger could not be read, and wake no wait");
}

impl Drop for Feeding {
    fn drop(&mut self) {
        let running = self.running.get_mut().unwrap_or_else(PoisonError::into_inner);
        if let Some(running) = running.take() {
            running.abort();
        }
    }
}

impl fmt::Debug for Feeding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Feeding").finish_non_exhaustive()
    }
}
