//! How far several files have come together.

use std::sync::{Arc, Mutex, PoisonError};

use kie_transport::Meter;

/// How far several files have come together.
#[derive(Clone)]
pub(crate) struct Sum {
    meter: Meter,
    shares: Arc<Mutex<Vec<Share>>>,
}

#[derive(Clone, Default)]
struct Share {
    bytes: u64,
    total: Option<u64>,
}

impl Sum {
    pub(crate) fn new(meter: Meter, files: usize) -> Self {
        Self { meter, shares: Arc::new(Mutex::new(vec![Share::default(); files])) }
    }

    /// The meter of one of the files.
    pub(crate) fn share(&self, index: usize) -> Meter {
        let Self { meter, shares } = self.clone();
        Meter::new(move |bytes, total| {
            let mut shares = shares.lock().unwrap_or_else(PoisonError::into_inner);
            if let Some(share) = shares.get_mut(index) {
                *share = Share { bytes, total };
            }
            let bytes = shares.iter().map(|share| share.bytes).sum();
            let total = shares.iter().map(|share| share.total).sum();
            // Told while the others wait, so that the numbers come in their order.
            meter.tell(bytes, total);
        })
    }
}
