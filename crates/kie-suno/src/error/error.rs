//! What can go wrong, told apart by what to do about it.

use kie_ledger::{LedgerError, ReceiptId};
use kie_types::{Charged, ErrorKind, Invalid};

use super::{
    about::About,
    call::{ApiError, DecodeError, TransportError},
    files::SaveError,
    paid::{NameTaken, OutcomeUnknown, OverBudget},
    task::{NotResumed, TaskFailed, TimedOut},
};

/// Everything that can go wrong.
///
/// Whatever the variant, [`task_id`](Self::task_id) tells the task if one was started, [`charged`](Self::charged) what
/// is known of the money, and [`receipt`](Self::receipt) where it is written down.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The request breaks documented rules. Nothing was sent.
    #[error(transparent)]
    Invalid(#[from] Invalid),
    /// The service said no.
    #[error(transparent)]
    Api(Box<ApiError>),
    /// There was no answer, or nothing could be sent at all.
    #[error(transparent)]
    Transport(Box<TransportError>),
    /// An answer to a harmless call could not be read.
    #[error(transparent)]
    Decode(Box<DecodeError>),
    /// The task ended without a result.
    #[error(transparent)]
    Failed(Box<TaskFailed>),
    /// The task was not finished in time. It goes on at the service.
    #[error(transparent)]
    TimedOut(Box<TimedOut>),
    /// A call that creates something left, and nobody knows what came of it. **Do not send it again blindly**: it may
    /// have been paid for.
    #[error(transparent)]
    OutcomeUnknown(Box<OutcomeUnknown>),
    /// The files of a finished task could not be saved. They are still at the service.
    #[error(transparent)]
    Save(Box<SaveError>),
    /// The ledger cannot be read or written, or the client has none. Nothing was sent.
    #[error(transparent)]
    Ledger(#[from] LedgerError),
    /// The name of the call was given to another one before. Nothing was sent.
    #[error(transparent)]
    NameTaken(Box<NameTaken>),
    /// The budget does not allow for the call. Nothing was sent.
    #[error(transparent)]
    OverBudget(Box<OverBudget>),
    /// The task of a receipt is not known.
    #[error(transparent)]
    NotResumed(Box<NotResumed>),
}

impl Error {
    /// The task, if one was started before this went wrong.
    pub fn task_id(&self) -> Option<&str> {
        match self {
            Self::Invalid(_) | Self::OutcomeUnknown(_) | Self::Ledger(_) | Self::NameTaken(_) => None,
            Self::OverBudget(_) | Self::NotResumed(_) => None,
            Self::Api(error) => error.about.task_id.as_deref(),
            Self::Transport(error) => error.about.task_id.as_deref(),
            Self::Decode(error) => error.about.task_id.as_deref(),
            Self::Failed(error) => Some(&error.task_id),
            Self::TimedOut(error) => Some(&error.task_id),
            Self::Save(error) => Some(&error.task_id),
        }
    }

    /// The operation that was called, such as `generate-music`; for a task that was waited for or saved, none.
    pub fn operation(&self) -> Option<&str> {
        match self {
            Self::Invalid(error) => Some(error.operation()),
            Self::Api(error) => Some(&error.about.operation),
            Self::Transport(error) => Some(&error.about.operation),
            Self::Decode(error) => Some(&error.about.operation),
            Self::OutcomeUnknown(error) => Some(&error.about.operation),
            Self::NameTaken(error) => Some(&error.about.operation),
            Self::OverBudget(error) => Some(&error.about.operation),
            Self::NotResumed(error) => error.operation(),
            Self::Failed(_) | Self::TimedOut(_) | Self::Save(_) | Self::Ledger(_) => None,
        }
    }

    /// The receipt of the call that went wrong, where there is a [ledger](crate::ClientBuilder::ledger).
    pub fn receipt(&self) -> Option<ReceiptId> {
        match self {
            Self::Api(error) => error.about.receipt,
            Self::Transport(error) => error.about.receipt,
            Self::OutcomeUnknown(error) => error.about.receipt,
            Self::NameTaken(error) => error.about.receipt,
            Self::OverBudget(error) => error.about.receipt,
            Self::NotResumed(error) => Some(error.receipt()),
            _ => None,
        }
    }

    /// Whether the call, or the task that it started, was paid for.
    pub fn charged(&self) -> Charged {
        match self {
            Self::Invalid(_) | Self::Ledger(_) | Self::NameTaken(_) | Self::OverBudget(_) => Charged::No,
            Self::Failed(error) => error.failure.charged(),
            // A task was accepted before this went wrong, and nothing here says what became of the money.
            _ if self.task_id().is_some() => Charged::Unknown,
            Self::Api(error) => error.refusal.charged(),
            Self::Transport(error) if error.source.is_unsent() => Charged::No,
            _ => Charged::Unknown,
        }
    }

    /// Says which task this is about.
    pub(crate) fn of_task(mut self, id: &str) -> Self {
        let about = match &mut self {
            Self::Api(error) => &mut error.about,
            Self::Transport(error) => &mut error.about,
            Self::Decode(error) => &mut error.about,
            _ => return self,
        };
        about.task_id = Some(id.to_owned());
        self
    }

    /// Says which receipt this is about.
    pub(crate) fn with_receipt(mut self, id: ReceiptId) -> Self {
        let about = match &mut self {
            Self::Api(error) => &mut error.about,
            Self::Transport(error) => &mut error.about,
            Self::OutcomeUnknown(error) => &mut error.about,
            Self::OverBudget(error) => &mut error.about,
            _ => return self,
        };
        about.receipt = Some(id);
        self
    }

    /// Whether another look at a task may go better.
    pub(crate) fn is_passing(&self) -> bool {
        match self {
            Self::Transport(error) => error.kind() != kie_transport::ErrorKind::Setup,
            Self::Decode(_) => true,
            // What is not the service's own answer cannot speak for the task; only a wrong key will stay wrong.
            Self::Api(error) if !error.refusal.has_envelope() => error.kind() != ErrorKind::Auth,
            Self::Api(error) => {
                matches!(error.kind(), ErrorKind::RateLimited | ErrorKind::Server | ErrorKind::Maintenance)
            }
            _ => false,
        }
    }
}

impl From<kie_transport::Error> for Error {
    fn from(source: kie_transport::Error) -> Self {
        Self::Transport(Box::new(TransportError { about: About::new("the client"), source }))
    }
}
