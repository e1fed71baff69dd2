//! The word for an error in JSON documents.

use kie_suno::{Error, errors::RefusalKind, transport::ErrorKind};

use crate::exit::exit_error::ExitError;

impl ExitError {
    /// Returns the word for the cause of the error, such as `noKey`. A program can decide by this word what to do next.
    pub(super) fn word(&self) -> &'static str {
        match self {
            Self::Client { error, .. } => of_client(error),
            Self::Usage(_) => "usage",
            Self::Options(_) | Self::Invalid(_) => "invalid",
            Self::NoKey(_) => "noKey",
            Self::NotConfirmed(_) => "notConfirmed",
            Self::Interrupted { .. } | Self::InterruptedCall { .. } | Self::InterruptedWait { .. } => "interrupted",
            Self::Reported(_) | Self::Other(_) => "other",
        }
    }
}

fn of_client(error: &Error) -> &'static str {
    match error {
        Error::Config(wrong) if wrong.field() == "api_key" => "noKey",
        Error::Config(_) => "badSetting",
        Error::Invalid(_) => "invalid",
        Error::NameTaken(_) => "nameTaken",
        Error::Api(refused) => match refused.kind() {
            RefusalKind::Auth => "badKey",
            RefusalKind::InsufficientCredits => "noCredits",
            RefusalKind::RateLimited | RefusalKind::QuotaExceeded => "rateLimited",
            RefusalKind::Content => "content",
            RefusalKind::NotFound => "notFound",
            RefusalKind::Maintenance => "maintenance",
            _ => "refused",
        },
        Error::Transport(error) if error.kind() == ErrorKind::Setup => "badSetting",
        Error::Transport(_) => "noConnection",
        Error::Decode(_) => "unreadable",
        Error::Failed(_) => "taskFailed",
        Error::TimedOut(_) => "notFinished",
        Error::OutcomeUnknown(_) => "outcomeUnknown",
        Error::NotResumed(_) => "noTask",
        Error::Save(_) => "notSaved",
        Error::Ledger(_) => "ledger",
        Error::OverBudget(_) => "overBudget",
        _ => "other",
    }
}
