//! Permission from outside of the transport to send a call.

use std::{pin::Pin, time::Duration};

use crate::error::Error;

/// Permission from outside of the transport to send a call. Examples are a rate limit that several processes share, and
/// a record that is written before each attempt.
///
/// It is asked before each attempt of the [`ApiCall`](crate::ApiCall) that carries it. A call that waits in the queue
/// asks at the head of the queue: no other call overtakes it meanwhile, and those behind it ask after it.
///
/// The trait is open for implementations. A method that is added to it later has a default.
pub trait Permit: Send + Sync {
    /// Returns a future that completes when the attempt may be sent, or `None` if it may be sent at once.
    ///
    /// The future should complete within `patience`: the time that the call has left, or [`Duration::MAX`] if it has no
    /// limit. If that is not possible, it should fail at once. It is dropped when the time is over.
    ///
    /// # Errors
    ///
    /// An error should be [unsent](Error::is_unsent). It ends the call: nothing of this attempt is sent, and there is
    /// no other attempt.
    fn acquire(&self, patience: Duration) -> Option<PermitFuture<'_>>;

    /// Called at the moment when the attempt is sent. From now on the service may act on it.
    fn on_send(&self) {}

    /// Called when the attempt certainly had no effect and there is time for another one. Returns `false` to end the
    /// call with the outcome of this attempt.
    fn allows_retry(&self) -> bool {
        true
    }
}

/// Future that [`Permit::acquire`] returns.
pub type PermitFuture<'a> = Pin<Box<dyn Future<Output = Result<(), Error>> + Send + 'a>>;
