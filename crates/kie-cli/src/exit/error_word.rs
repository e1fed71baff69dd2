//! The word for an error in JSON documents.

use kie_suno::{Error, errors::RefusalKind, transport::ErrorKind};
use serde::Serialize;

use crate::exit::exit_error::ExitError;

/// Cause of an error, in one word. A later version can have more words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(transform = open))]
#[serde(rename_all = "camelCase")]
pub(super) enum ErrorWord {
    /// Wrong usage of the command line.
    Usage,
    /// Invalid request or argument. Nothing was sent.
    Invalid,
    /// The name of the call was used for another request already.
    NameTaken,
    /// There is no API key.
    NoKey,
    /// The service does not accept the API key.
    BadKey,
    /// A setting is wrong, such as an address or a certificate.
    BadSetting,
    /// The account has too few credits.
    NoCredits,
    /// The call may cost more than the budget allows. Nothing was sent.
    OverBudget,
    /// The price of the call was not confirmed. Nothing was sent.
    NotConfirmed,
    /// Too many calls, or a quota is used up.
    RateLimited,
    /// The service refused the content of the request.
    Content,
    /// The service does not know what the request names.
    NotFound,
    /// The service is under maintenance.
    Maintenance,
    /// The service refused the call for another reason.
    Refused,
    /// There was no connection to the service.
    NoConnection,
    /// The response cannot be read.
    Unreadable,
    /// The task failed.
    TaskFailed,
    /// The task was not finished in time. It continues at the service.
    NotFinished,
    /// It is not known if the service accepted the call, which may have been charged.
    OutcomeUnknown,
    /// The task of the receipt is not known.
    NoTask,
    /// The task is finished, and some of its files could not be saved.
    NotSaved,
    /// The ledger cannot be read or written.
    Ledger,
    /// The command was interrupted.
    Interrupted,
    /// Another error, such as a full disk.
    Other,
}

/// Allows other words in the schema, because a later version can have more.
#[cfg(test)]
fn open(schema: &mut schemars::Schema) {
    let Some(serde_json::Value::Array(mut words)) = schema.remove("oneOf") else { return };
    words.push(serde_json::json!({ "description": "A word of a later version.", "type": "string" }));
    schema.insert("anyOf".into(), words.into());
}

impl ExitError {
    /// Returns the word for the cause of the error. A program can decide by this word what to do next.
    pub(super) fn word(&self) -> ErrorWord {
        match self {
            Self::Client { error, .. } => of_client(error),
            Self::Usage(_) => ErrorWord::Usage,
            Self::Options(_) | Self::Invalid(_) => ErrorWord::Invalid,
            Self::NoKey(_) => ErrorWord::NoKey,
            Self::OverBudget(_) => ErrorWord::OverBudget,
            Self::NotConfirmed(_) => ErrorWord::NotConfirmed,
            Self::Interrupted { .. } | Self::InterruptedCall { .. } | Self::InterruptedWait { .. } => {
                ErrorWord::Interrupted
            }
            Self::Reported(_) | Self::Other(_) => ErrorWord::Other,
        }
    }
}

fn of_client(error: &Error) -> ErrorWord {
    match error {
        Error::Config(wrong) if wrong.field() == "api_key" => ErrorWord::NoKey,
        Error::Config(_) => ErrorWord::BadSetting,
        Error::Invalid(_) => ErrorWord::Invalid,
        Error::NameTaken(_) => ErrorWord::NameTaken,
        Error::Api(refused) => match refused.kind() {
            RefusalKind::Auth => ErrorWord::BadKey,
            RefusalKind::InsufficientCredits => ErrorWord::NoCredits,
            RefusalKind::RateLimited | RefusalKind::QuotaExceeded => ErrorWord::RateLimited,
            RefusalKind::Content => ErrorWord::Content,
            RefusalKind::NotFound => ErrorWord::NotFound,
            RefusalKind::Maintenance => ErrorWord::Maintenance,
            _ => ErrorWord::Refused,
        },
        Error::Transport(error) if error.kind() == ErrorKind::Setup => ErrorWord::BadSetting,
        Error::Transport(_) => ErrorWord::NoConnection,
        Error::Decode(_) => ErrorWord::Unreadable,
        Error::Failed(_) => ErrorWord::TaskFailed,
        Error::TimedOut(_) => ErrorWord::NotFinished,
        Error::OutcomeUnknown(_) => ErrorWord::OutcomeUnknown,
        Error::NotResumed(_) => ErrorWord::NoTask,
        Error::Save(_) => ErrorWord::NotSaved,
        Error::Ledger(_) => ErrorWord::Ledger,
        Error::OverBudget(_) => ErrorWord::OverBudget,
        _ => ErrorWord::Other,
    }
}
