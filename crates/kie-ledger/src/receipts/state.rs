//! The states of a receipt.

use serde::{Deserialize, Serialize};

/// How far a paid call has come. Later states are greater.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum ReceiptState {
    /// Written, and never sent: it can be sent without fear.
    Prepared,
    /// Sent, and no answer has come: it may have been taken and paid for, and is never sent again by itself.
    Sent,
    /// It came to nothing: the service refused it, or nothing of it left. It can be sent again, unless it is
    /// [forgotten](super::Receipt::forgotten).
    Refused,
    /// Taken, and its task goes on.
    Running,
    /// The task ended without a result.
    Failed,
    /// Everything is there, at the service.
    Complete,
    /// Everything is there, on this side.
    Saved,
}

impl ReceiptState {
    /// Whether nobody has anything to do about it any more.
    pub fn is_finished(self) -> bool {
        matches!(self, Self::Refused | Self::Failed | Self::Saved)
    }
}
