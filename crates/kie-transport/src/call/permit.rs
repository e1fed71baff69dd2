//! Somebody else's say in when a call leaves.

use std::{pin::Pin, time::Duration};

use crate::error::Error;

/// Somebody else's say in when a call leaves: a rate that several processes keep to together, a book that is written before
/// each attempt.
///
/// It is asked before each attempt of the [`ApiCall`](crate::ApiCall) that carries it. A call that waits in line asks at the head
/// of the line, so nobody overtakes it meanwhile, and whoever is behind it asks after it.
///
/// The trait is open: anybody may implement it. A method that is added to it later has a default.
pub trait Permit: Send + Sync {
    /// Returns when the attempt may leave.
    ///
    /// That should be within `patience`, which is what the call has left, or [`Duration::MAX`] where nothing bounds it: a
    /// permit that cannot come in time says so at once. When the time is over, the future is dropped.
    ///
    /// # Errors
    ///
    /// An error that is [unsent](Error::is_unsent) ends the call with it: nothing of this attempt leaves, and there is no
    /// other.
    ///
    /// `None` lets it leave at once.
    fn ask(&self, patience: Duration) -> Option<PermitFuture<'_>>;

    /// Called at the moment in which the attempt leaves: from here on the service may act on it.
    fn departs(&self) {}

    /// Called when it is certain that nothing came of the attempt, and there is time for another one. `false` ends the call without
    /// it, with the answer to this attempt.
    fn came_back(&self) -> bool {
        true
    }
}

/// The future of a [`Permit`].
pub type PermitFuture<'a> = Pin<Box<dyn Future<Output = Result<(), Error>> + Send + 'a>>;
