//! States of a receipt.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

use crate::error::LedgerError;

/// State of a paid call. States can be compared in the order of the variants: `Prepared` is the smallest state, and
/// `Saved` is the greatest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum ReceiptState {
    /// The receipt is written, and the call was never sent. The call can be sent safely.
    Prepared,
    /// The call was sent, and there is no response so far. The call may be paid for, and is never sent again
    /// automatically.
    Sent,
    /// The service refused the call, or no part of the call was sent. The call can be sent again, unless the receipt
    /// is [forgotten](super::Receipt::forgotten).
    Refused,
    /// The service accepted the call, and the task is running.
    Running,
    /// The task ended and has no result.
    Failed,
    /// The task is finished, and the service has the result.
    Complete,
    /// The files of the result are saved by the caller. Also the state of a call whose caller has got the whole result:
    /// either its response is the result, or its task made a response without files.
    Saved,
}

impl ReceiptState {
    const ALL: [Self; 7] =
        [Self::Prepared, Self::Sent, Self::Refused, Self::Running, Self::Failed, Self::Complete, Self::Saved];

    /// Returns the word for the state in JSON, such as `prepared`.
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

    /// Returns `true` if nothing is left to do for a receipt in this state.
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
