//! How far a file has come.

use std::{fmt, sync::Arc};

/// A function that is told how many bytes of a file have passed, and how many there are in all where that is known.
///
/// It is called on the way, so it should be quick. Where an attempt starts over, the number falls back.
#[derive(Clone)]
pub struct TransferProgress(Arc<dyn Fn(u64, Option<u64>) + Send + Sync>);

impl TransferProgress {
    /// A meter that calls this function.
    pub fn new(tell: impl Fn(u64, Option<u64>) + Send + Sync + 'static) -> Self {
        Self(Arc::new(tell))
    }

    /// Tells how many bytes have passed, of how many in all.
    pub fn tell(&self, bytes: u64, total: Option<u64>) {
        (self.0)(bytes, total);
    }
}

impl fmt::Debug for TransferProgress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TransferProgress")
    }
}
