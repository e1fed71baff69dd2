//! Progress of the transfer of a file.

use std::{fmt, sync::Arc};

/// A callback for the progress of a transfer: it gets the number of bytes transferred so far, and the total number if
/// it is known.
///
/// It is called during the transfer, so it must be quick. The number falls back when an attempt starts again.
#[derive(Clone)]
pub struct TransferProgress(Arc<dyn Fn(u64, Option<u64>) + Send + Sync>);

impl TransferProgress {
    /// Returns a progress that calls this function.
    pub fn new(report: impl Fn(u64, Option<u64>) + Send + Sync + 'static) -> Self {
        Self(Arc::new(report))
    }

    /// Reports the number of bytes transferred so far, and the total number.
    pub fn report(&self, bytes: u64, total: Option<u64>) {
        (self.0)(bytes, total);
    }
}

impl fmt::Debug for TransferProgress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TransferProgress")
    }
}
