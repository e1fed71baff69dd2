//! What can go wrong, told apart by what to do about it.

use kie_ledger::{LedgerError, ReceiptId};
use kie_transport::ConfigError;
use kie_types::{Charged, Invalid, RefusalKind};

use super::{
    call::{ApiError, DecodeError, TransportError},
    files::SaveError,
    paid::{NameTaken, OutcomeUnknown, OverBudget},
    task::{NotResumed, TaskFailed, TimedOut},
};

/// Everything that can go wrong.
///
/// Whatever the variant, [`task_id`](Self::task_id) tells the task if one was started, [`charged`](Self::charged) what
/// is known of the money, and [`receipt`](Self::receipt) where it is written down.
///
/// Each variant holds one type, which can be built for a test: `Error::from(TimedOut::new(…))` and so on for the types of
/// this crate, and `Error::Invalid(…)`, `Error::Ledger(…)` and `Error::config(…)` for those that your own code meets too.
///
/// ```
/// use kie_suno::{Charged, Error};
///
/// /// What a queue does with a job that ended like this.
/// fn next_step(error: &Error) -> &'static str {
///     match error {
///         Error::Config(_) | Error::Invalid(_) => "give up",
///         Error::TimedOut(_) | Error::Save(_) => "take the task up again",
///         Error::OutcomeUnknown(_) => "wait for its callback",
///         error if error.task_id().is_none() && error.charged() == Charged::No => "start it again",
///         _ => "show it to somebody",
///     }
/// }
/// # let wrong = Error::config(kie_suno::errors::ConfigError::new("api_key", "the API key is empty"));
/// # assert_eq!(next_step(&wrong), "give up");
/// ```
///
/// Where your code asks a ledger itself, checks a request or parses a setting, it says which variant its error is, if it is
/// one at all:
///
/// ```
/// use kie_suno::{Error, Result, receipts::{Ledger, Receipt}, requests::{Endpoint, GenerateMusic}, transport::BaseUrl};
///
/// async fn open_orders(ledger: &dyn Ledger) -> Result<Vec<Receipt>> {
///     Ok(ledger.unfinished().await.map_err(Error::Ledger)?)
/// }
///
/// fn accept(request: &GenerateMusic) -> Result<()> {
///     Ok(request.validate().map_err(Error::Invalid)?)
/// }
///
/// fn address(of: &str) -> Result<BaseUrl> {
///     Ok(of.parse().map_err(Error::config)?)
/// }
/// ```
///
/// `?` alone does not compile there, since these variants say of a call that nothing was sent:
///
/// ```compile_fail,E0277
/// # use kie_suno::{Result, receipts::{Ledger, Receipt}};
/// async fn open_orders(ledger: &dyn Ledger) -> Result<Vec<Receipt>> {
///     Ok(ledger.unfinished().await?)
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
/// fn address(of: &str) -> Result<BaseUrl> {
///     Ok(of.parse::<BaseUrl>()?)
/// }
/// ```
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A setting of the client cannot be used, the missing API key included. Nothing was sent.
    ///
    /// *What to do:* correct the setting that [`ConfigError::field`] names. The same settings fail again.
    #[error(transparent)]
    Config(Box<ConfigError>),
    /// The request breaks documented rules. Nothing was sent.
    ///
    /// *What to do:* correct the fields that [`Invalid::violations`] lists. If the service has moved a limit since, send the
    /// request unchecked.
    #[error(transparent)]
    Invalid(Invalid),
    /// The service said no.
    ///
    /// *What to do:* go by [`ApiError::kind`]. Refusals for rate were tried again already: slow down. Of missing credits
    /// or a wrong key, tell whoever pays. Before sending anything again that costs money, ask [`charged`](Self::charged).
    #[error(transparent)]
    Api(Box<ApiError>),
    /// There was no answer, and nothing came of the call: either it only reads, or none of it had left.
    ///
    /// *What to do:* try again later; all that is worth repeating at once was tried [already](TransportError::attempts). With
    /// the kind `Setup`, correct the address, the file or the certificate store first.
    #[error(transparent)]
    Transport(Box<TransportError>),
    /// An answer to a harmless call could not be read.
    ///
    /// *What to do:* try again later. If it stays, the service has changed: report [`DecodeError::answer`], and read the
    /// answer as JSON meanwhile.
    #[error(transparent)]
    Decode(Box<DecodeError>),
    /// The task ended without a result.
    ///
    /// *What to do:* go by [`TaskFailed::kind`]. Failures about the content need another request; failures of the service
    /// may go better as a new task, which is paid for anew unless [`charged`](Self::charged) says `Refunded`.
    #[error(transparent)]
    Failed(Box<TaskFailed>),
    /// The task was not finished in time. It goes on at the service.
    ///
    /// *What to do:* wait again for the task with this [id](Self::task_id), in another process too. Do not start it again: it
    /// is paid for. If polls are [failing](TimedOut::failing), look to the network or the key first.
    #[error(transparent)]
    TimedOut(Box<TimedOut>),
    /// A call that creates something left, and nobody knows what came of it. **Do not send it again blindly**: it may
    /// have been paid for.
    ///
    /// *What to do:* with a [receipt](OutcomeUnknown::receipt), wait for its callback by
    /// [`Client::resume`](crate::Client::resume). Without one, look at the account's log page before sending it again.
    #[error(transparent)]
    OutcomeUnknown(Box<OutcomeUnknown>),
    /// The files of a finished task could not be saved. They are still at the service.
    ///
    /// *What to do:* make room or mend the network, and save the task again; what was [saved](SaveError::saved) is kept. Where
    /// the time of the files [is over](SaveError::gone_since), nothing brings them back.
    #[error(transparent)]
    Save(Box<SaveError>),
    /// The ledger cannot be read or written, or the client has none. Nothing was sent.
    ///
    /// *What to do:* mend the ledger, or give the client one; then make the same call again.
    #[error(transparent)]
    Ledger(LedgerError),
    /// The name of the call was given to another one before. Nothing was sent.
    ///
    /// *What to do:* choose another name, or look up the call that has it by its [receipt](NameTaken::receipt).
    #[error(transparent)]
    NameTaken(Box<NameTaken>),
    /// The budget does not allow for the call. Nothing was sent.
    ///
    /// *What to do:* raise the budget, or wait until calls in flight are settled. Where the balance could not be read, the
    /// cause says why.
    #[error(transparent)]
    OverBudget(Box<OverBudget>),
    /// The task of a receipt is not known.
    ///
    /// *What to do:* if only [the time was over](NotResumed::is_timeout), resume it later; if it is
    /// [unsent](NotResumed::is_unsent), make the call again. Anything else is the wrong receipt, or the wrong kind of task.
    #[error(transparent)]
    NotResumed(Box<NotResumed>),
}

impl Error {
    /// The error of a setting that cannot be used: [`Error::Config`].
    pub fn config(error: ConfigError) -> Self {
        Self::Config(Box::new(error))
    }

    /// The task, if one was started before this went wrong.
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
            Self::Config(_) | Self::Failed(_) | Self::TimedOut(_) | Self::Save(_) | Self::Ledger(_) => None,
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
            Self::Config(_) | Self::Invalid(_) | Self::Ledger(_) | Self::NameTaken(_) => Charged::No,
            Self::OverBudget(_) => Charged::No,
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
            Self::Api(error) if !error.refusal.has_envelope() => error.kind() != RefusalKind::Auth,
            Self::Api(error) => {
                matches!(error.kind(), RefusalKind::RateLimited | RefusalKind::Server | RefusalKind::Maintenance)
            }
            _ => false,
        }
    }
}

/// An error type of this crate is an error of its variant. Types of the crates below are not: an application meets them
/// without the client, where nothing of what the variant says may be true.
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
