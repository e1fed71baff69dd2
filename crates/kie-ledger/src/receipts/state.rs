//! States of a receipt.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

use crate::error::LedgerError;

/// Progress of a paid call. Later states are greater.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum ReceiptState {
    /// Written and never sent. It can be sent safely.
    Prepared,
    /// Sent without a response so far. It may be paid for, and is never sent again automatically.
    Sent,
    /// The service refused the call, or nothing of it was sent. It can be sent again, unless the receipt is
    /// [forgotten](super::Receipt::forgotten).
    Refused,
    /// The service took the call, and its task runs.
    Running,
    /// The task ended without a result.
    Failed,
    /// The result is complete at the service.
    Complete,
    /// The result is saved on this side.
    Saved,
}

impl ReceiptState {
    const ALL: [Self; 7] =
        [Self::Prepared, Self::Sent, Self::Refused, Self::Running, Self::Failed, Self::Complete, Self::Saved];

    /// Returns the word for JSON, such as `prepared`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Prepared => "prepared",
            Self::Sent => "sent",
            Self::Refused => "refused",
            Self::Running => "running",
            Self::Failed => "failed",
            Self::Complete => "complete",
            Self::Saved => "saved",
        }
    }

    /// Returns `true` if nothing is left to do for this receipt.
    pub fn is_finished(self) -> bool {
        matches!(self, Self::Refused | Self::Failed | Self::Saved)
    }
}

impl fmt::Display for ReceiptState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl FromStr for ReceiptState {
    type Err = LedgerError;

    fn from_str(word: &str) -> Result<Self, LedgerError> {
        let state = Self::ALL.into_iter().find(|state| state.as_str() == word);
        state.ok_or_else(|| LedgerError::new(format!("{word:?} is not a state of a receipt")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_state_is_printed_and_read_as_it_is_serialized() {
        for state in ReceiptState::ALL {
            let json = serde_json::to_value(state).ok();
            assert_eq!(json, Some(state.to_string().into()));
            assert_eq!(state.to_string().parse::<ReceiptState>().ok(), Some(state));
        }
        assert!("Saved".parse::<ReceiptState>().is_err());
    }
}
