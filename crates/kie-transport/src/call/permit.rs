//! Permission from outside of the transport to send a call.

use std::{pin::Pin, time::Duration};

use crate::error::Error;

/// Permission from outside of the transport to send a call. For example, an implementation of this trait can share one
/// rate limit between several processes, or write a record to a file before each attempt.
///
/// The permit in [`ApiCall::permit`](crate::ApiCall::permit) is asked before each attempt of the call. A call that
/// counts against the rate limit asks its permit at the head of the queue. While the call waits for the answer, the
/// calls behind it in the queue cannot overtake it, and do not ask their permits yet.
///
/// Other crates may implement this trait. Methods that are added to the trait later will have a default implementation.
pub trait Permit: Send + Sync {
    /// Returns a future that completes when the attempt may be sent, or `None` if the attempt may be sent immediately.
    ///
    /// The future should complete within `patience`, the time that is left for the call. `patience` is
    /// [`Duration::MAX`] if the call has no time limit. If the future cannot complete in this time, it should fail
    /// immediately. The future is dropped when the time is over.
    ///
    /// # Errors
    ///
    /// [`is_unsent`](Error::is_unsent) of the error should be `true`. The error ends the call: this attempt is not
    /// sent, and no further attempt is made.
    fn acquire(&self, patience: Duration) -> Option<PermitFuture<'_>>;

    /// Called immediately before the attempt is sent. After this, the service may act on the attempt.
    fn on_send(&self) {}

    /// Called when the retry rules allow another attempt and there is enough time for it. Returns `false` to end the
    /// call with the outcome of the last attempt.
    fn allows_retry(&self) -> bool {
        true
    }
}

/// Future that [`Permit::acquire`] returns.
pub type PermitFuture<'a> = Pin<Box<dyn Future<Output = Result<(), Error>> + Send + 'a>>;
