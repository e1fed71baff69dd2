//! The exit codes.

use kie_suno::{
    Error,
    requests::{
        Effect,
        catalog::{OPERATIONS, Operation},
    },
};

use crate::exit::exit_error::ExitError;

impl ExitError {
    /// Returns the exit code of the process.
    pub(crate) fn exit_code(&self) -> u8 {
        match self {
            Self::Client { error, .. } => match error {
                Error::Invalid(_) | Error::NameTaken(_) => 3,
                // An error page of a proxy does not show whether the service accepted the call.
                Error::Api(refused) if !refused.refusal().has_envelope() && creates(error) => 7,
                Error::Api(_) => 4,
                Error::Failed(_) => 5,
                Error::TimedOut(_) => 6,
                Error::OutcomeUnknown(_) => 7,
                Error::NotResumed(error) if error.is_timeout() => 7,
                _ => 1,
            },
            Self::Usage(_) => 2,
            Self::Interrupted | Self::InterruptedCall { .. } | Self::InterruptedWait { .. } => 130,
            Self::Reported(code) => *code,
            Self::Other(_) => 1,
        }
    }
}

/// Returns `true` if the failed call would have created something.
fn creates(error: &Error) -> bool {
    let is_it = |operation: &&Operation| Some(operation.name) == error.operation();
    OPERATIONS.iter().find(is_it).is_some_and(|operation| operation.effect != Effect::Reads)
}
