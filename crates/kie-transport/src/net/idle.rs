//! Connections at rest, kept for the next request.

use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError, Weak},
    time::Duration,
};

use http::Uri;
use tokio::{
    task::AbortHandle,
    time::{Instant, sleep_until},
};

use crate::{error::Error, exchange::connection::RequestSender, net::origin::Origin};

/// How many connections are kept, and for how long.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Keep {
    /// How long a connection rests before it is closed.
    pub(crate) idle: Duration,
    /// How many rest for one origin.
    pub(crate) per_origin: usize,
    /// How many rest in all.
    pub(crate) in_all: usize,
    /// How many are open to one origin, at rest or not.
    pub(crate) places: usize,
}

pub(crate) struct IdleConnections {
    keep: Keep,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    /// There are a handful, so they are looked through in order.
    shelves: Vec<PerOrigin>,
    /// Closes what rests for too long.
    sweeper: Option<AbortHandle>,
}

/// The connections of one origin.
struct PerOrigin {
    origin: Arc<Origin>,
    /// The one that came last is the last.
    resting: Vec<Idle>,
}

struct Idle {
    sender: RequestSender,
    since: Instant,
}

impl IdleConnections {
    pub(crate) fn new(keep: Keep) -> Self {
        Self { keep, state: Mutex::default() }
    }

    /// The origin of an address: the same one for as long as somebody uses it.
    pub(crate) fn origin(&self, uri: &Uri) -> Result<Arc<Origin>, Error> {
        let shelves = &mut self.lock().shelves;
        if let Some(shelf) = shelves.iter().find(|shelf| shelf.origin.is_of(uri)) {
            return Ok(shelf.origin.clone());
        }
        shelves.retain(PerOrigin::is_used);
        let origin = Arc::new(Origin::of(uri, self.keep.places)?);
        shelves.push(PerOrigin { origin: origin.clone(), resting: Vec::new() });
        Ok(origin)
    }

    /// The connection that came last, and for how long it has rested.
    pub(crate) fn take(&self, origin: &Arc<Origin>) -> Option<(RequestSender, Duration)> {
        let shelves = &mut self.lock().shelves;
        let shelf = shelves.iter_mut().find(|shelf| Arc::ptr_eq(&shelf.origin, origin))?;
        while let Some(Idle { sender, since }) = shelf.resting.pop() {
            let rested = since.elapsed();
            if rested < self.keep.idle && !sender.is_closed() {
                return Some((sender, rested));
            }
        }
        None
    }

    /// Puts a connection to rest, or closes it where enough are.
    pub(crate) fn put(self: &Arc<Self>, origin: &Arc<Origin>, sender: RequestSender) {
        let mut state = self.lock();
        let in_all: usize = state.shelves.iter().map(|shelf| shelf.resting.len()).sum();
        let Some(shelf) = state.shelves.iter_mut().find(|shelf| Arc::ptr_eq(&shelf.origin, origin)) else { return };
        if in_all < self.keep.in_all && shelf.resting.len() < self.keep.per_origin && !sender.is_closed() {
            shelf.resting.push(Idle { sender, since: Instant::now() });
            self.be_swept(&mut state);
        }
    }

    /// Lets a connection that is shared be closed when nobody has used it for long.
    #[cfg(feature = "http2")]
    pub(crate) fn watch(self: &Arc<Self>) {
        self.be_swept(&mut self.lock());
    }

    fn be_swept(self: &Arc<Self>, state: &mut State) {
        // The runtime in which it ran may be gone, and it with it.
        if state.sweeper.as_ref().is_none_or(AbortHandle::is_finished) {
            state.sweeper = Some(tokio::spawn(sweep(Arc::downgrade(self))).abort_handle());
        }
    }

    /// Closes what has rested for too long, and says when to look again.
    fn expire(&self) -> Instant {
        let now = Instant::now();
        let shelves = &mut self.lock().shelves;
        let mut oldest = now;
        for shelf in shelves.iter_mut() {
            shelf.resting.retain(|resting| now - resting.since < self.keep.idle && !resting.sender.is_closed());
            oldest = shelf.resting.first().map_or(oldest, |resting| oldest.min(resting.since));
            #[cfg(feature = "http2")]
            shelf.origin.shared.expire(self.keep.idle);
        }
        shelves.retain(PerOrigin::is_used);
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
        !self.resting.is_empty() || Arc::strong_count(&self.origin) > 1
    }
}

async fn sweep(kept: Weak<IdleConnections>) {
    loop {
        let Some(next) = kept.upgrade().map(|kept| kept.expire()) else { return };
        sleep_until(next).await;
    }
}

#[cfg(test)]
impl IdleConnections {
    pub(crate) fn origins(&self) -> usize {
        self.lock().shelves.len()
    }
}
