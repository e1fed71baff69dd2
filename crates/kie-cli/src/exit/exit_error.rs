//! The error type of all commands.

use kie_suno::{Error, Route, errors::Invalid, files::SavedFile, requests::catalog::OPERATIONS};
use strsim::osa_distance;

use crate::exit::code::may_be_charged;

/// Largest number of wrong letters in a word that is taken for a misspelled operation.
const WRONG_LETTERS: usize = 3;

/// The reason why a command ends early.
#[derive(Debug)]
pub(crate) enum ExitError {
    /// An error of the client, with the `kie` command that the user can run next, if there is one. `files` are the
    /// files that were saved in spite of the error.
    Client { error: Error, go_on: Option<String>, files: Vec<SavedFile> },
    /// Wrong usage of the command line.
    Usage(String),
    /// Options that make an invalid request. Nothing was sent.
    Options(Invalid),
    /// An argument that is certainly a mistake, such as a path in place of an id. Nothing was sent.
    Invalid(String),
    /// There is no API key that can be used. Nothing was sent.
    NoKey(String),
    /// The call may cost more than the budget of the day allows. Nothing was sent.
    #[cfg_attr(not(feature = "mcp"), expect(dead_code, reason = "only kie mcp has such a budget"))]
    OverBudget(String),
    /// The price of the call was not confirmed. Nothing was sent.
    NotConfirmed(String),
    /// Ctrl-C or SIGTERM during work that starts no task. `doing` describes the work in the text "interrupted while …".
    Interrupted { doing: Option<String> },
    /// Ctrl-C or SIGTERM during a call that creates something.
    InterruptedCall { operation: &'static str, go_on: Option<String> },
    /// Ctrl-C or SIGTERM while waiting for a task.
    InterruptedWait { task_id: String, go_on: Option<String> },
    /// Everything has been printed already; only the exit code is needed.
    Reported(u8),
    /// Any other error.
    Other(anyhow::Error),
}

impl ExitError {
    pub(crate) fn unknown_operation(name: &str) -> Self {
        let near = nearest(name).join(" or ");
        let guess = if near.is_empty() { near } else { format!("did you mean {near}? ") };
        Self::Usage(format!("there is no operation {name:?}; {guess}kie operations lists all of them"))
    }

    /// Creates the error of a client. The saved files are those that the error lists.
    pub(crate) fn client(error: Error, go_on: Option<String>) -> Self {
        let files = if let Error::Save(save) = &error { save.saved().to_vec() } else { Vec::new() };
        Self::Client { error, go_on, files }
    }

    pub(crate) fn invalid(invalid: Invalid) -> Self {
        Error::Invalid(invalid).into()
    }

    /// Returns the error of a request that was made from options. Its texts name the options.
    pub(crate) fn of_options(self) -> Self {
        match self {
            Self::Client { error: Error::Invalid(invalid), .. } => Self::Options(invalid),
            other => other,
        }
    }

    /// Returns the operation that the error belongs to, or `the client` for an invalid setting.
    pub(crate) fn operation(&self) -> Option<&str> {
        match self {
            Self::Client { error: Error::Config(_), .. } => Some("the client"),
            Self::Client { error, .. } => error.operation(),
            Self::Options(invalid) => Some(invalid.operation()),
            Self::InterruptedCall { operation, .. } => Some(operation),
            _ => None,
        }
    }

    /// Returns the other route, if the path of the call is gone and the call can be made on the other route.
    pub(crate) fn other_route(&self) -> Option<Route> {
        match self {
            Self::Client { error: Error::Api(refused), .. } => refused.other_route(),
            _ => None,
        }
    }

    /// Returns `true` if the service refused to make something a second time.
    pub(crate) fn is_conflict(&self) -> bool {
        matches!(self, Self::Client { error: Error::Api(refused), .. } if refused.code() == 409)
    }

    /// Returns `true` if the next command makes the call again, and the first call may have been charged. No program may
    /// run such a command by itself.
    pub(super) fn could_pay_twice(&self) -> bool {
        match self {
            Self::Client { error, .. } => self.other_route().is_some() && may_be_charged(error),
            _ => false,
        }
    }

    /// Returns the error of a client with this `kie` command as the next one. Other errors are returned unchanged.
    pub(crate) fn going_on(self, command: String) -> Self {
        match self {
            Self::Client { error, files, .. } => Self::Client { error, go_on: Some(command), files },
            other => other,
        }
    }

    /// Returns the `kie` command that the user can run after this error, if there is one.
    pub(crate) fn go_on(&self) -> Option<&str> {
        match self {
            Self::Client { go_on, .. } | Self::InterruptedCall { go_on, .. } | Self::InterruptedWait { go_on, .. } => {
                go_on.as_deref()
            }
            _ => None,
        }
    }
}

/// Returns the names of up to three operations that this word can mean, the nearest first: names with a few wrong letters,
/// and names that contain the word.
fn nearest(word: &str) -> Vec<&'static str> {
    let names = OPERATIONS.iter().map(|operation| operation.name);
    let mut near: Vec<(usize, &str)> = names
        .map(|name| (osa_distance(word, name), name))
        .filter(|(wrong, name)| *wrong <= WRONG_LETTERS || (word.len() >= WRONG_LETTERS && name.contains(word)))
        .collect();
    near.sort_unstable();
    near.into_iter().take(3).map(|(_, name)| name).collect()
}

impl From<Error> for ExitError {
    fn from(error: Error) -> Self {
        Self::client(error, None)
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
