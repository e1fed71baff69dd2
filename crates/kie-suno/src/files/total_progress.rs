//! Progress of several transfers, added up.

use std::sync::{Arc, Mutex, PoisonError};

use kie_transport::TransferProgress;

/// Adds up the progress of several files, and reports the sum.
#[derive(Clone)]
pub(crate) struct TotalProgress {
    progress: TransferProgress,
    files: Arc<Mutex<Vec<FileProgress>>>,
}

#[derive(Clone, Default)]
struct FileProgress {
    bytes: u64,
    total: Option<u64>,
}

impl TotalProgress {
    pub(crate) fn new(progress: TransferProgress, files: usize) -> Self {
        Self { progress, files: Arc::new(Mutex::new(vec![FileProgress::default(); files])) }
    }

    /// Returns the progress callback for the file with this index. The bytes of the file are added to the sum.
    pub(crate) fn of_file(&self, index: usize) -> TransferProgress {
        let Self { progress, files } = self.clone();
        TransferProgress::new(move |bytes, total| {
            let mut files = files.lock().unwrap_or_else(PoisonError::into_inner);
            if let Some(file) = files.get_mut(index) {
                *file = FileProgress { bytes, total };
            }
            let bytes = files.iter().map(|file| file.bytes).sum();
            let total = files.iter().map(|file| file.total).sum();
            // Reported while the lock is held, so that the sums are reported in order.
            progress.report(bytes, total);
        })
    }
}
