//! How far several files have come together.

use std::sync::{Arc, Mutex, PoisonError};

use kie_transport::TransferProgress;

/// How far several files have come together.
#[derive(Clone)]
pub(crate) struct TotalProgress {
    progress: TransferProgress,
    shares: Arc<Mutex<Vec<FileProgress>>>,
}

#[derive(Clone, Default)]
struct FileProgress {
    bytes: u64,
    total: Option<u64>,
}

impl TotalProgress {
    pub(crate) fn new(progress: TransferProgress, files: usize) -> Self {
        Self { progress, shares: Arc::new(Mutex::new(vec![FileProgress::default(); files])) }
    }

    /// The meter of one of the files.
    pub(crate) fn share(&self, index: usize) -> TransferProgress {
        let Self { progress, shares } = self.clone();
        TransferProgress::new(move |bytes, total| {
            let mut shares = shares.lock().unwrap_or_else(PoisonError::into_inner);
            if let Some(share) = shares.get_mut(index) {
                *share = FileProgress { bytes, total };
            }
            let bytes = shares.iter().map(|share| share.bytes).sum();
            let total = shares.iter().map(|share| share.total).sum();
            // Told while the others wait, so that the numbers come in their order.
            progress.tell(bytes, total);
        })
    }
}
