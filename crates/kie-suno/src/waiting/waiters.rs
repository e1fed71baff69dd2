//! Registry of the code that waits for tasks, so that a callback can wake this code.

use std::{
    collections::HashMap,
    fmt,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use kie_ledger::ReceivedCallback;
use tokio::{
    sync::{Notify, watch},
    time::{Instant, sleep_until},
};

use super::{polling::SHORTEST, recent::Recent};

/// Registry of [`Waiter`]s. The key is the id of the task or of the receipt for which the code waits. A callback wakes
/// the waiters of its task and of its receipt. Clones share one registry.
#[derive(Clone, Default)]
pub(crate) struct Waiters(Arc<Shared>);

#[derive(Default)]
struct Shared {
    registry: Mutex<Registry>,
    /// `true` if code waits for a task.
    is_any: watch::Sender<bool>,
}

#[derive(Default)]
struct Registry {
    waiting: HashMap<String, TaskWaits>,
    /// Tasks with a received callback. A [`Waiter`] that is registered after the callback is woken too.
    with_callback: Recent<Arc<str>>,
    /// Digests of the callbacks that the receiver of this process has received. Their waiters are woken already.
    received: Recent<[u8; 32]>,
}

/// All [`Waiter`]s for one task.
#[derive(Default)]
struct TaskWaits {
    notifies: Vec<Arc<Notify>>,
    /// Earliest time of the next poll that a callback causes. The service limits the polls of a task, and all
    /// [`Waiter`]s for the task share this limit.
    next_poll: Option<Instant>,
}

impl Waiters {
    /// Registers code that waits for this task. Dropping the returned [`Waiter`] removes the registration.
    pub(crate) fn register(&self, task_id: &str) -> Waiter {
        let notify = Arc::new(Notify::new());
        let mut registry = self.lock();
        // `notify_one` stores a permit, so a callback that arrived before this registration still wakes the waiter.
        if registry.with_callback.contains(task_id) {
            notify.notify_one();
        }
        registry.waiting.entry(task_id.to_owned()).or_default().notifies.push(Arc::clone(&notify));
        self.0.is_any.send_replace(true);
        Waiter { waiters: self.clone(), task_id: task_id.to_owned(), notify }
    }

    /// Wakes every [`Waiter`] for this task, also one that is registered later.
    pub(crate) fn wake(&self, task_id: &str) {
        let mut registry = self.lock();
        registry.with_callback.insert(task_id.into());
        for notify in registry.waiting.get(task_id).iter().flat_map(|waiting| &waiting.notifies) {
            notify.notify_one();
        }
    }

    /// Notes that the receiver of this process has received the callback with this digest.
    #[cfg(feature = "callbacks")]
    pub(crate) fn insert_received(&self, digest: [u8; 32]) {
        self.lock().received.insert(digest);
    }

    /// Wakes every [`Waiter`] for the task and the receipt of a callback that a process has recorded in the ledger. Does
    /// nothing if the receiver of this process has received the callback.
    pub(crate) fn wake_by(&self, callback: &ReceivedCallback) {
        if self.lock().received.contains(&callback.digest) {
            return;
        }
        self.wake(&callback.task_id);
        if let Some(receipt) = callback.receipt {
            self.wake(&receipt.to_string());
        }
    }

    /// Returns when code waits for a task, or when no code waits.
    pub(crate) async fn until(&self, is_any: bool) {
        let mut changes = self.0.is_any.subscribe();
        // The sender is in `self`, so it is not closed.
        let _ = changes.wait_for(|now| *now == is_any).await;
    }

    fn lock(&self) -> MutexGuard<'_, Registry> {
        self.0.registry.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for Waiters {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Waiters({})", self.lock().waiting.len())
    }
}

/// Registration of code that waits for a task. A callback of the task wakes this code.
#[derive(Debug)]
pub(crate) struct Waiter {
    waiters: Waiters,
    task_id: String,
    notify: Arc<Notify>,
}

impl Waiter {
    /// Returns when a callback has arrived since the last return, and the task may be polled again. Returns at
    /// `earliest` or later, and at most 3 times per second and task. If the future is dropped early, the caller must
    /// poll the task, because the callback may be consumed already.
    pub(crate) async fn woken(&self, earliest: Instant) {
        self.notify.notified().await;
        let slot = self.reserve_poll(earliest);
        sleep_until(slot).await;
    }

    /// Reserves the next poll that the service's limit allows, and returns the time of this poll.
    fn reserve_poll(&self, earliest: Instant) -> Instant {
        let soonest = earliest.max(Instant::now());
        let mut registry = self.waiters.lock();
        let waiting = registry.waiting.entry(self.task_id.clone()).or_default();
        let slot = waiting.next_poll.map_or(soonest, |next| next.max(soonest));
        waiting.next_poll = Some(slot + SHORTEST);
        slot
    }
}

impl Drop for Waiter {
    fn drop(&mut self) {
        let mut registry = self.waiters.lock();
        if let Some(waiting) = registry.waiting.get_mut(&self.task_id) {
            waiting.notifies.retain(|notify| !Arc::ptr_eq(notify, &self.notify));
            if waiting.notifies.is_empty() {
                registry.waiting.remove(&self.task_id);
            }
        }
        self.waiters.0.is_any.send_replace(!registry.waiting.is_empty());
    }
}
