//! The error type: why a command ends early.

use kie_suno::{Error, errors::Invalid, requests::catalog::OPERATIONS};

/// Why a command ends early.
#[derive(Debug)]
pub(crate) enum ExitError {
    /// What the client says, and the command that goes on with the task, if there is one.
    Client { error: Error, go_on: Option<String> },
    /// The command line asks for something that does not exist.
    Usage(String),
    /// Ctrl-C.
    Interrupted,
    /// Ctrl-C while a call that creates something was under way.
    Submitting { operation: &'static str, go_on: Option<String> },
    /// Ctrl-C while a task was waited for.
    Left { task_id: String, go_on: Option<String> },
    /// All has been said; only the exit code is left.
    Told(u8),
    /// Anything else.
    Other(anyhow::Error),
}

impl ExitError {
    pub(crate) fn unknown_operation(name: &str) -> Self {
        Self::Usage(format!("there is no operation {name:?}; `kie operations` lists them"))
    }

    /// Refuses a name that the catalog does not have, before any input is read.
    pub(crate) fn unless_known(name: &str) -> Result<(), Self> {
        let is_known = OPERATIONS.iter().any(|operation| operation.name == name);
        if is_known { Ok(()) } else { Err(Self::unknown_operation(name)) }
    }

    pub(crate) fn invalid(invalid: Invalid) -> Self {
        Error::Invalid(invalid).into()
    }

    /// The operation that it is about.
    pub(crate) fn operation(&self) -> Option<&str> {
        match self {
            Self::Client { error: Error::Config(_), .. } => Some("the client"),
            Self::Client { error, .. } => error.operation(),
            Self::Submitting { operation, .. } => Some(operation),
            _ => None,
        }
    }

    /// The command that goes on from here.
    pub(crate) fn go_on(&self) -> Option<&str> {
        match self {
            Self::Client { go_on, .. } | Self::Submitting { go_on, .. } | Self::Left { go_on, .. } => go_on.as_deref(),
            _ => None,
        }
    }
}

impl From<Error> for ExitError {
    fn from(error: Error) -> Self {
        Self::Client { error, go_on: None }
    }
}

impl From<std::io::Error> for ExitError {
    fn from(error: std::io::Error) -> Self {
        Self::Other(error.into())
    }
}

impl From<anyhow::Error> for ExitError {
    fn from(error: anyhow::Error) -> Self {
        Self::Other(error)
    }
}
