//! The states of a receipt.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

use crate::error::LedgerError;

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
    const ALL: [Self; 7] =
        [Self::Prepared, Self::Sent, Self::Refused, Self::Running, Self::Failed, Self::Complete, Self::Saved];

    /// The word that stands in JSON, such as `prepared`.
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

    /// Whether nobody has anything to do about it any more.
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
        state.ok_or_else(|| LedgerError::new(format!("{word:?} is no state of a receipt")))
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
