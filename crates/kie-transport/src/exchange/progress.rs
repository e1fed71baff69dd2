//! Progress of the transfer of a file.

use std::{fmt, sync::Arc};

/// A function that is called with the progress of a transfer. It gets the number of bytes that are transferred so far,
/// and the total number of bytes if the total is known.
///
/// The function is called during the transfer, so it must return quickly. The number becomes smaller when a new attempt
/// starts the transfer from the beginning.
#[derive(Clone)]
pub struct TransferProgress(Arc<dyn Fn(u64, Option<u64>) + Send + Sync>);

impl TransferProgress {
    /// Returns a [`TransferProgress`] that calls the function `report`.
    pub fn new(report: impl Fn(u64, Option<u64>) + Send + Sync + 'static) -> Self {
        Self(Arc::new(report))
    }

    /// Reports the number of bytes that are transferred so far, and the total number of bytes if it is known.
    pub fn report(&self, bytes: u64, total: Option<u64>) {
        (self.0)(bytes, total);
    }
}

impl fmt::Debug for TransferProgress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TransferProgress")
    }
}
