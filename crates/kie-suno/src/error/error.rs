//! The error type of the client.

use kie_ledger::{LedgerError, ReceiptId};
use kie_transport::ConfigError;
use kie_types::{Charged, Invalid, RefusalKind};

use super::{
    call::{ApiError, DecodeError, TransportError},
    files::SaveError,
    paid::{NameTaken, OutcomeUnknown, OverBudget},
    task::{NotResumed, TaskFailed, TimedOut},
};

/// The error type of the client. Each variant needs a different reaction.
///
/// Three methods apply to every variant. [`task_id`](Self::task_id) returns the id of the task, if it is known.
/// [`charged`](Self::charged) tells if the call was paid for. [`receipt`](Self::receipt) returns the receipt of the
/// call, if the error has it.
///
/// Each variant contains a value of one type. For tests of error handling, build the types of this crate with
/// `Error::from(TimedOut::new(…))` and so on. For the types of other crates (`Invalid`, `LedgerError` and
/// `ConfigError`), use `Error::Invalid(…)`, `Error::Ledger(…)` and `Error::config(…)`.
///
/// ```
/// use kie_suno::{Charged, Error};
///
/// /// Returns the next step of a job queue after this error.
/// fn next_step(error: &Error) -> &'static str {
///     match error {
///         Error::Config(_) | Error::Invalid(_) => "give up",
///         Error::TimedOut(_) | Error::Save(_) => "resume the task",
///         Error::OutcomeUnknown(_) => "wait for its callback",
///         error if error.task_id().is_none() && error.charged() == Charged::No => "start it again",
///         _ => "ask a person",
///     }
/// }
/// # let wrong = Error::config(kie_suno::errors::ConfigError::new("api_key", "the API key is empty"));
/// # assert_eq!(next_step(&wrong), "give up");
/// ```
///
/// If your own code reads a ledger, checks a request or parses a setting, it must choose the variant for the error
/// itself:
///
/// ```
/// use kie_suno::{Error, Result, receipts::{Ledger, Receipt}, requests::{Endpoint, GenerateMusic}, transport::BaseUrl};
///
/// async fn open_orders(ledger: &dyn Ledger) -> Result<Vec<Receipt>> {
///     Ok(ledger.unfinished(None, usize::MAX).await.map_err(Error::Ledger)?)
/// }
///
/// fn accept(request: &GenerateMusic) -> Result<()> {
///     Ok(request.validate().map_err(Error::Invalid)?)
/// }
///
/// fn address(text: &str) -> Result<BaseUrl> {
///     Ok(text.parse().map_err(Error::config)?)
/// }
/// ```
///
/// `?` without `map_err` does not compile in these functions, because these error types are not converted
/// automatically. They also occur outside of a call, but the variants state that a call was not sent:
///
/// ```compile_fail,E0277
/// # use kie_suno::{Result, receipts::{Ledger, Receipt}};
/// async fn open_orders(ledger: &dyn Ledger) -> Result<Vec<Receipt>> {
///     Ok(ledger.unfinished(None, usize::MAX).await?)
/// }
/// ```
///
/// ```compile_fail,E0277
/// # use kie_suno::{Result, requests::{Endpoint, GenerateMusic}};
/// fn accept(request: &GenerateMusic) -> Result<()> {
///     Ok(request.validate()?)
/// }
/// ```
///
/// ```compile_fail,E0277
/// # use kie_suno::{Result, transport::BaseUrl};
/// fn address(text: &str) -> Result<BaseUrl> {
///     Ok(text.parse::<BaseUrl>()?)
/// }
/// ```
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A setting of the client is invalid, or the API key is missing. Nothing was sent.
    ///
    /// *What to do:* correct the setting that [`ConfigError::field`] names. The same settings fail again.
    #[error(transparent)]
    Config(Box<ConfigError>),
    /// The request breaks documented rules. Nothing was sent.
    ///
    /// *What to do:* correct the fields that [`Invalid::violations`] lists. If the service now accepts more than these
    /// rules allow, send the request unchecked.
    #[error(transparent)]
    Invalid(Invalid),
    /// The service refused the call.
    ///
    /// *What to do:* check [`ApiError::kind`]. If the rate limit was exceeded, send fewer calls; the client has already
    /// retried. If credits are missing or the key is wrong, tell the owner of the account. Before you send a paid call
    /// again, check [`charged`](Self::charged).
    #[error(transparent)]
    Api(Box<ApiError>),
    /// The call got no complete response, and had no effect: either it only reads, or nothing of it was sent.
    ///
    /// *What to do:* try again later. The client has already [retried](TransportError::attempts) where a retry can
    /// help. If the kind is `Setup`, correct the address, the certificate, the proxy or the file first.
    #[error(transparent)]
    Transport(Box<TransportError>),
    /// The client could not parse the response to a call that only reads, the record of a finished task shows no
    /// result, or the response to an upload has no link.
    ///
    /// *What to do:* try again later. If the error persists, the service has changed: report [`DecodeError::response`],
    /// and read the response as JSON until this library is corrected.
    #[error(transparent)]
    Decode(Box<DecodeError>),
    /// The task failed, or its callback could not be delivered and no result appeared in time.
    ///
    /// *What to do:* check [`TaskFailed::kind`]. After a failure because of the content, change the request. After a
    /// failure of the service, a new task may succeed. Unless [`charged`](Self::charged) returns `Refunded`, you may
    /// pay for both tasks.
    #[error(transparent)]
    Failed(Box<TaskFailed>),
    /// The task was not finished in time, or its polls failed for longer than
    /// [`max_error_time`](crate::Polling#structfield.max_error_time). The service does not stop the task.
    ///
    /// *What to do:* wait again for the task with this [id](Self::task_id), in this process or in another one. Do not
    /// start a second task: you would pay for it too. If polls are [failing](TimedOut::failing), check the network and
    /// the API key first.
    #[error(transparent)]
    TimedOut(Box<TimedOut>),
    /// A call that creates something was sent, and its outcome is not known. **Do not send the call again without a
    /// check**: it may have been paid for. An upload is free, and can be repeated.
    ///
    /// *What to do:* if the call has a [receipt](OutcomeUnknown::receipt), wait for its callback with
    /// [`Client::resume`](crate::Client::resume). If the call has no receipt, check the log page of the account before
    /// you send the call again.
    #[error(transparent)]
    OutcomeUnknown(Box<OutcomeUnknown>),
    /// Some files of a task could not be saved. The service keeps them until they expire.
    ///
    /// *What to do:* free disk space or repair the network, and save the task again. The files that were
    /// [saved](SaveError::saved) are kept. Files that have [expired](SaveError::expired_since) cannot be restored.
    #[error(transparent)]
    Save(Box<SaveError>),
    /// The ledger cannot be read or written, the client has no ledger, or the name of the call is not allowed. The call
    /// was not sent, or all its attempts were refused.
    ///
    /// *What to do:* repair the ledger, or set a ledger for the client. Then make the same call again.
    #[error(transparent)]
    Ledger(LedgerError),
    /// The name of the call already belongs to a call with another operation or request. Nothing was sent.
    ///
    /// *What to do:* choose another name, or use the [receipt](NameTaken::receipt) to find the call that already has
    /// this name.
    #[error(transparent)]
    NameTaken(Box<NameTaken>),
    /// The budget does not allow the call. Nothing was sent.
    ///
    /// *What to do:* raise the budget, or wait until the calls in flight have ended. If the balance could not be read,
    /// see the source of the error.
    #[error(transparent)]
    OverBudget(Box<OverBudget>),
    /// No task was found for a receipt.
    ///
    /// *What to do:* after a [timeout](NotResumed::is_timeout), resume the receipt later. If the call was [not
    /// sent](NotResumed::is_unsent), make the call again. In all other cases, the ledger does not have the receipt, the
    /// receipt was forgotten, or its call started no task of this kind.
    #[error(transparent)]
    NotResumed(Box<NotResumed>),
}

impl Error {
    /// Creates [`Error::Config`], the error of an invalid setting.
    pub fn config(error: ConfigError) -> Self {
        Self::Config(Box::new(error))
    }

    /// Returns the id of the task that the error is about. `None` if there is no task, or if the id of the task is not
    /// known.
    pub fn task_id(&self) -> Option<&str> {
        match self {
            Self::Config(_) | Self::Invalid(_) | Self::OutcomeUnknown(_) | Self::Ledger(_) => None,
            Self::NameTaken(_) | Self::OverBudget(_) | Self::NotResumed(_) => None,
            Self::Api(error) => error.about.task_id.as_deref(),
            Self::Transport(error) => error.about.task_id.as_deref(),
            Self::Decode(error) => error.about.task_id.as_deref(),
            Self::Failed(error) => Some(&error.task_id),
            Self::TimedOut(error) => Some(&error.task_id),
            Self::Save(error) => Some(&error.task_id),
        }
    }

    /// Returns the operation that was called, such as `generate-music`. `None` for a task that failed or timed out, for
    /// files that were not saved, for settings, for the ledger, and for a receipt that the ledger does not have.
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
            Self::Config(_) | Self::Failed(_) | Self::TimedOut(_) | Self::Save(_) | Self::Ledger(_) => None,
        }
    }

    /// Returns the receipt of the failed call. If the error is about a task, returns the receipt of the call that
    /// started the task. Receipts exist only if the client has a [ledger](crate::ClientBuilder::ledger). For
    /// `NameTaken`, returns the receipt of the call that already has the name. `None` for calls that have no receipt,
    /// for tasks whose [receipt](crate::Task::receipt) is not known, and for the variants `Config`, `Invalid` and
    /// `Ledger`.
    pub fn receipt(&self) -> Option<ReceiptId> {
        match self {
            Self::Api(error) => error.about.receipt,
            Self::Transport(error) => error.about.receipt,
            Self::OutcomeUnknown(error) => error.about.receipt,
            Self::NameTaken(error) => error.about.receipt,
            Self::OverBudget(error) => error.about.receipt,
            Self::NotResumed(error) => Some(error.receipt()),
            Self::Decode(error) => error.about.receipt,
            Self::Failed(error) => error.receipt,
            Self::TimedOut(error) => error.receipt,
            Self::Save(error) => error.receipt,
            Self::Config(_) | Self::Invalid(_) | Self::Ledger(_) => None,
        }
    }

    /// Returns [`Charged`], which tells if the call, or the task that it started, was paid for.
    pub fn charged(&self) -> Charged {
        match self {
            Self::Config(_) | Self::Invalid(_) | Self::Ledger(_) | Self::NameTaken(_) => Charged::No,
            Self::OverBudget(_) => Charged::No,
            Self::Failed(error) => error.failure.charged(),
            // A task was accepted before the error. The error does not tell if the task was charged.
            _ if self.task_id().is_some() => Charged::Unknown,
            Self::Api(error) => error.refusal.charged(),
            // The call only reads, or is free, or nothing of it was sent.
            Self::Transport(_) | Self::Decode(_) => Charged::No,
            Self::NotResumed(error) if error.is_unsent() => Charged::No,
            _ => Charged::Unknown,
        }
    }

    /// Sets the id of the task. Errors other than `Api`, `Transport` and `Decode` stay unchanged.
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

    /// Sets the receipt of the call, or of the call that started the task. The errors `Config`, `Invalid`, `Ledger`,
    /// `NameTaken` and `NotResumed` stay unchanged.
    pub(crate) fn with_receipt(mut self, id: ReceiptId) -> Self {
        let receipt = match &mut self {
            Self::Api(error) => &mut error.about.receipt,
            Self::Transport(error) => &mut error.about.receipt,
            Self::Decode(error) => &mut error.about.receipt,
            Self::OutcomeUnknown(error) => &mut error.about.receipt,
            Self::OverBudget(error) => &mut error.about.receipt,
            Self::Failed(error) => &mut error.receipt,
            Self::TimedOut(error) => &mut error.receipt,
            Self::Save(error) => &mut error.receipt,
            _ => return self,
        };
        *receipt = Some(id);
        self
    }

    /// Returns `true` if the error of a poll is temporary, so that a later poll may succeed.
    pub(crate) fn is_passing(&self) -> bool {
        match self {
            Self::Transport(error) => error.kind() != kie_transport::ErrorKind::Setup,
            Self::Decode(error) => !error.answer.is_final(),
            // A response without the service's envelope, such as a response of a proxy, says nothing about the task. Of
            // these errors, only a wrong API key is permanent.
            Self::Api(error) if !error.refusal.has_envelope() => error.kind() != RefusalKind::Auth,
            Self::Api(error) => {
                matches!(error.kind(), RefusalKind::RateLimited | RefusalKind::Server | RefusalKind::Maintenance)
            }
            _ => false,
        }
    }
}

/// Converts the error types of this crate into their variants. The error types of other crates are left out, because
/// they also occur without a client. For such an error, the statement of the variant, such as "Nothing was sent", could
/// be false.
macro_rules! variants {
    ($($variant:ident($error:ident),)+) => {
        $(
            impl From<$error> for Error {
                fn from(error: $error) -> Self {
                    Self::$variant(Box::new(error))
                }
            }
        )+
    };
}

variants! {
    Api(ApiError),
    Transport(TransportError),
    Decode(DecodeError),
    Failed(TaskFailed),
    TimedOut(TimedOut),
    OutcomeUnknown(OutcomeUnknown),
    Save(SaveError),
    NameTaken(NameTaken),
    OverBudget(OverBudget),
    NotResumed(NotResumed),
}
