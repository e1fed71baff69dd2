//! The exit codes.

use kie_suno::{
    Charged, Error,
    requests::{
        Effect,
        catalog::{OPERATIONS, Operation},
    },
};

use crate::exit::{exit_error::ExitError, interrupt::INTERRUPTED};

impl ExitError {
    /// Returns the exit code of the process.
    pub(crate) fn exit_code(&self) -> u8 {
        match self {
            Self::Client { error, .. } => match error {
                Error::Invalid(_) | Error::NameTaken(_) => 3,
                Error::Api(_) if may_be_charged(error) => 7,
                Error::Api(_) => 4,
                Error::Failed(_) => 5,
                Error::TimedOut(_) => 6,
                Error::OverBudget(_) => 9,
                Error::OutcomeUnknown(_) => 7,
                Error::NotResumed(error) if error.is_timeout() => 7,
                _ => 1,
            },
            Self::Usage(_) => 2,
            Self::Options(_) | Self::Invalid(_) => 3,
            Self::NoKey(_) => 8,
            Self::OverBudget(_) | Self::NotConfirmed(_) => 9,
            Self::Interrupted { .. } | Self::InterruptedCall { .. } | Self::InterruptedWait { .. } => INTERRUPTED,
            Self::Reported(code) => *code,
            Self::Other(_) => 1,
        }
    }
}

/// Returns `true` if the service may have charged a call although it refused the call. A lookup costs nothing.
pub(super) fn may_be_charged(error: &Error) -> bool {
    let is_it = |operation: &&Operation| Some(operation.name) == error.operation();
    let creates = OPERATIONS.iter().find(is_it).is_some_and(|operation| operation.effect != Effect::Reads);
    creates && error.charged() != Charged::No
}
