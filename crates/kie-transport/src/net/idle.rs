//! Idle connections, which are kept for later requests.

use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError, Weak},
    time::Duration,
};

use http::Uri;
use tokio::{
    task::AbortHandle,
    time::{Instant, sleep_until},
};

use crate::{
    error::Error,
    exchange::{Reach, connection::RequestSender},
    net::origin::Origin,
};

/// Limits for connections: their number, and their idle time.
#[derive(Debug, Clone, Copy)]
pub(crate) struct PoolLimits {
    /// Idle time after which a connection is closed.
    pub(crate) idle: Duration,
    /// Maximum number of idle connections to one origin.
    pub(crate) per_origin: usize,
    /// Maximum number of idle connections to all origins together.
    pub(crate) in_all: usize,
    /// Maximum number of open HTTP/1.1 connections to one origin, idle or in use.
    pub(crate) max_open: usize,
}

impl PoolLimits {
    /// Adapts the limits of idle connections to `in_flight`, the maximum number of requests in flight: `per_origin`
    /// becomes at least `in_flight`, but never more than `max_open`. A `max_open` of 0 counts as 1. After a burst of
    /// requests, all its connections can then be kept.
    pub(crate) fn keep_for(&mut self, in_flight: usize) {
        self.per_origin = self.per_origin.max(in_flight).min(self.max_open.max(1));
        self.in_all = self.in_all.max(self.per_origin);
    }
}

pub(crate) struct IdleConnections {
    keep: PoolLimits,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    /// Origins with their idle connections. A search goes through the whole list, because there are only a few origins.
    origins: Vec<PerOrigin>,
    /// Task that closes connections after their idle time.
    sweeper: Option<AbortHandle>,
}

/// Idle connections to one origin.
struct PerOrigin {
    origin: Arc<Origin>,
    /// Idle connections. The connection that was used last is at the end of the list.
    idle: Vec<Idle>,
}

struct Idle {
    sender: RequestSender,
    since: Instant,
}

impl IdleConnections {
    pub(crate) fn new(keep: PoolLimits) -> Self {
        Self { keep, state: Mutex::default() }
    }

    /// Returns the origin of an address: its scheme, host and port. `reach` is `None` for a call, and has a value for a
    /// download. All requests with the same origin and `reach` share one [`Origin`] value while that value is in use.
    pub(crate) fn origin(&self, uri: &Uri, reach: Option<Reach>) -> Result<Arc<Origin>, Error> {
        let origins = &mut self.lock().origins;
        if let Some(entry) = origins.iter().find(|entry| entry.origin.is_of(uri, reach)) {
            return Ok(entry.origin.clone());
        }
        origins.retain(PerOrigin::is_used);
        let origin = Arc::new(Origin::of(uri, reach, self.keep.max_open)?);
        origins.push(PerOrigin { origin: origin.clone(), idle: Vec::new() });
        Ok(origin)
    }

    /// Takes the connection that was used last, and returns it with the time for which it was idle. A connection whose
    /// idle time is over, or that the host has closed, is dropped, and the next one is tried. Returns `None` if no
    /// connection is left.
    ///
    /// If the connection was idle for longer than `rested`, it is closed, and the result is `None`: all other
    /// connections were idle for even longer. They stay open. Only one connection is closed, because the request then
    /// makes one new connection.
    pub(crate) fn take(&self, origin: &Arc<Origin>, rested: Duration) -> Option<(RequestSender, Duration)> {
        let origins = &mut self.lock().origins;
        let entry = origins.iter_mut().find(|entry| Arc::ptr_eq(&entry.origin, origin))?;
        while let Some(Idle { sender, since }) = entry.idle.pop() {
            let idle_time = since.elapsed();
            if idle_time < self.keep.idle && !sender.is_closed() {
                return (idle_time <= rested).then_some((sender, idle_time));
            }
        }
        None
    }

    /// Keeps a connection as idle, or closes it if the maximum number of idle connections is reached.
    pub(crate) fn put(self: &Arc<Self>, origin: &Arc<Origin>, sender: RequestSender) {
        let mut state = self.lock();
        let in_all: usize = state.origins.iter().map(|entry| entry.idle.len()).sum();
        let Some(entry) = state.origins.iter_mut().find(|entry| Arc::ptr_eq(&entry.origin, origin)) else { return };
        if in_all < self.keep.in_all && entry.idle.len() < self.keep.per_origin && !sender.is_closed() {
            entry.idle.push(Idle { sender, since: Instant::now() });
            self.start_sweeper(&mut state);
        }
    }

    /// Starts the task that closes a shared HTTP/2 connection after its idle time, if the task is not running.
    #[cfg(feature = "http2")]
    pub(crate) fn watch(self: &Arc<Self>) {
        self.start_sweeper(&mut self.lock());
    }

    fn start_sweeper(self: &Arc<Self>, state: &mut State) {
        // Starts a new task if no task was started, or if the last task is finished. A task also counts as finished if
        // its tokio runtime has ended.
        if state.sweeper.as_ref().is_none_or(AbortHandle::is_finished) {
            state.sweeper = Some(tokio::spawn(sweep(Arc::downgrade(self))).abort_handle());
        }
    }

    /// Closes the connections whose idle time is over. Returns the time of the next check.
    fn expire(&self) -> Instant {
        let now = Instant::now();
        let origins = &mut self.lock().origins;
        let mut oldest = now;
        for entry in origins.iter_mut() {
            entry.idle.retain(|connection| now - connection.since < self.keep.idle && !connection.sender.is_closed());
            oldest = entry.idle.first().map_or(oldest, |connection| oldest.min(connection.since));
            #[cfg(feature = "http2")]
            entry.origin.shared.expire(self.keep.idle);
        }
        origins.retain(PerOrigin::is_used);
        oldest + self.keep.idle
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for IdleConnections {
    fn drop(&mut self) {
        if let Some(sweeper) = self.lock().sweeper.take() {
            sweeper.abort();
        }
    }
}

impl PerOrigin {
    fn is_used(&self) -> bool {
        #[cfg(feature = "http2")]
        if self.origin.shared.is_open() {
            return true;
        }
        !self.idle.is_empty() || Arc::strong_count(&self.origin) > 1
    }
}

async fn sweep(connections: Weak<IdleConnections>) {
    loop {
        let Some(next) = connections.upgrade().map(|connections| connections.expire()) else { return };
        sleep_until(next).await;
    }
}

#[cfg(test)]
impl IdleConnections {
    pub(crate) fn origins(&self) -> usize {
        self.lock().origins.len()
    }
}
