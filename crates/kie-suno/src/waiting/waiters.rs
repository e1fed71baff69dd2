//! The waits that callbacks wake.

use std::{
    collections::HashMap,
    fmt,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use tokio::{
    sync::Notify,
    time::{Instant, sleep_until},
};

use super::{polling::SHORTEST, recent::Recent};

/// Every wait that callbacks can wake, by its task. Clones are the same.
#[derive(Clone, Default)]
pub(crate) struct Waiters(Arc<Mutex<Register>>);

#[derive(Default)]
struct Register {
    waiting: HashMap<String, Bells>,
    /// The tasks that callbacks came for, so that a wait which begins after its callback is woken too.
    called: Recent<Arc<str>>,
}

/// The waits for one task.
#[derive(Default)]
struct Bells {
    bells: Vec<Arc<Notify>>,
    /// When the task may be looked at again for a callback: all of its waits keep to the service's rate together.
    next_poll: Option<Instant>,
}

impl Waiters {
    /// Enters a wait for this task, until it is dropped.
    pub(crate) fn enter(&self, task_id: &str) -> Waiter {
        let bell = Arc::new(Notify::new());
        let mut register = self.lock();
        // A bell that was rung before anybody listens rings on.
        if register.called.contains(task_id) {
            bell.notify_one();
        }
        register.waiting.entry(task_id.to_owned()).or_default().bells.push(Arc::clone(&bell));
        Waiter { waiters: self.clone(), task_id: task_id.to_owned(), bell }
    }

    /// Wakes every wait for this task, those too that begin later.
    pub(crate) fn wake(&self, task_id: &str) {
        let mut register = self.lock();
        register.called.insert(task_id.into());
        for bell in register.waiting.get(task_id).iter().flat_map(|waiting| &waiting.bells) {
            bell.notify_one();
        }
    }

    fn lock(&self) -> MutexGuard<'_, Register> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for Waiters {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Waiters({})", self.lock().waiting.len())
    }
}

/// A wait that callbacks can wake.
#[derive(Debug)]
pub(crate) struct Waiter {
    waiters: Waiters,
    task_id: String,
    bell: Arc<Notify>,
}

impl Waiter {
    /// Returns when a callback has come since the last time, however long ago, and the task may be looked at again: not
    /// before `earliest`, and 3 times a second at most. If it is dropped half-way, the task is to be looked at.
    pub(crate) async fn woken(&self, earliest: Instant) {
        self.bell.notified().await;
        let turn = self.turn(earliest);
        sleep_until(turn).await;
    }

    fn turn(&self, earliest: Instant) -> Instant {
        let soonest = earliest.max(Instant::now());
        let mut register = self.waiters.lock();
        let waiting = register.waiting.entry(self.task_id.clone()).or_default();
        let turn = waiting.next_poll.map_or(soonest, |next| next.max(soonest));
        waiting.next_poll = Some(turn + SHORTEST);
        turn
    }
}

impl Drop for Waiter {
    fn drop(&mut self) {
        let mut register = self.waiters.lock();
        if let Some(waiting) = register.waiting.get_mut(&self.task_id) {
            waiting.bells.retain(|bell| !Arc::ptr_eq(bell, &self.bell));
            if waiting.bells.is_empty() {
                register.waiting.remove(&self.task_id);
            }
        }
    }
}
