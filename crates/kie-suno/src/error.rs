//! What can go wrong, told apart by what to do about it.

use std::{borrow::Cow, fmt, path::PathBuf, time::Duration};

use kie_types::{Charged, ErrorKind, Failure, Invalid, Item, Refusal, Report, Timestamp, Unreadable};

use crate::{
    budget::OverBudget,
    gone::{self, Gone},
    paid::NameTaken,
    resume::NotResumed,
    save::Download,
};
use kie_ledger::{LedgerError, ReceiptId};

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

/// What a call was about.
#[derive(Debug, Clone)]
pub(crate) struct About {
    pub(crate) operation: Cow<'static, str>,
    pub(crate) task_id: Option<String>,
    pub(crate) receipt: Option<ReceiptId>,
}

impl About {
    pub(crate) fn new(operation: impl Into<Cow<'static, str>>) -> Self {
        Self { operation: operation.into(), task_id: None, receipt: None }
    }

    /// The same, with the receipt of the call.
    pub(crate) fn with(self, receipt: ReceiptId) -> Self {
        Self { receipt: Some(receipt), ..self }
    }
}

impl fmt::Display for About {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.operation)?;
        match &self.task_id {
            Some(id) => write!(f, " of task {id}"),
            None => Ok(()),
        }
    }
}

/// The service said no.
#[derive(Debug, thiserror::Error)]
#[error("{about}: {refusal}")]
pub struct ApiError {
    pub(crate) about: About,
    pub(crate) refusal: Refusal,
}

impl ApiError {
    /// The service's code; the HTTP status where the answer was not one of the service's.
    pub fn code(&self) -> i64 {
        self.refusal.code()
    }

    /// What kind of refusal it is.
    pub fn kind(&self) -> ErrorKind {
        self.refusal.kind()
    }

    /// The whole answer: HTTP status, code, message and body.
    pub fn refusal(&self) -> &Refusal {
        &self.refusal
    }
}

/// There was no answer, or nothing could be sent at all.
#[derive(Debug)]
pub struct TransportError {
    pub(crate) about: About,
    pub(crate) source: kie_transport::Error,
}

impl TransportError {
    /// How the call failed.
    pub fn kind(&self) -> kie_transport::ErrorKind {
        self.source.kind()
    }
}

impl fmt::Display for TransportError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.about, self.source)
    }
}

/// The transport's own error has been said already, so the cause is what lies behind it.
impl std::error::Error for TransportError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.source.source()
    }
}

/// An answer to a harmless call could not be read.
#[derive(Debug, thiserror::Error)]
#[error("{about}: {answer}")]
pub struct DecodeError {
    pub(crate) about: About,
    pub(crate) answer: Unreadable,
}

impl DecodeError {
    /// The answer, with its HTTP status and the beginning of its body.
    pub fn answer(&self) -> &Unreadable {
        &self.answer
    }
}

/// The task ended without a result.
#[derive(Debug, thiserror::Error)]
#[error("task {task_id} failed: {failure}")]
pub struct TaskFailed {
    pub(crate) task_id: String,
    pub(crate) failure: Failure,
    pub(crate) items: Vec<Item>,
}

impl TaskFailed {
    /// Why, in the service's words.
    pub fn failure(&self) -> &Failure {
        &self.failure
    }

    /// What kind of failure it is: about the content, the service or the bill.
    pub fn kind(&self) -> ErrorKind {
        self.failure.kind()
    }

    /// What the task had made before it failed.
    pub fn items(&self) -> &[Item] {
        &self.items
    }
}

/// The task was not finished in time. It goes on at the service: look again with
/// [`Client::task`](crate::Client::task).
#[derive(Debug, thiserror::Error)]
#[error("task {task_id} was not finished after {} s{}", waited.as_secs(), if source.is_some() { ", and the last looks at it failed" } else { "" })]
pub struct TimedOut {
    pub(crate) task_id: String,
    pub(crate) waited: Duration,
    pub(crate) last: Option<Report>,
    pub(crate) source: Option<Error>,
}

impl TimedOut {
    /// How long was waited.
    pub fn waited(&self) -> Duration {
        self.waited
    }

    /// How the task stood when it was last seen.
    pub fn last(&self) -> Option<&Report> {
        self.last.as_ref()
    }
}

/// A call that creates something left, and nobody knows what came of it.
///
/// The service has no list of tasks and takes no idempotency key, so a task whose id got lost cannot be asked for. It
/// may show on the account's log page and in its balance; and its callback names it, by the [receipt](Self::receipt) in
/// its address: see [`Client::resume`](crate::Client::resume).
#[derive(Debug, thiserror::Error)]
#[error("{about}: it is not known whether the service took the call; it may have been charged{}", Named(about.receipt))]
pub struct OutcomeUnknown {
    pub(crate) about: About,
    pub(crate) source: LostAnswer,
}

impl OutcomeUnknown {
    /// The answer, if one came and could not be read.
    pub fn answer(&self) -> Option<&Unreadable> {
        match &self.source {
            LostAnswer::Unreadable(answer) => Some(answer),
            LostAnswer::Lost(_) | LostAnswer::Before => None,
        }
    }

    /// The receipt of the call, where there is a [ledger](crate::ClientBuilder::ledger).
    pub fn receipt(&self) -> Option<ReceiptId> {
        self.about.receipt
    }
}

/// The end of a sentence about a call that may have a receipt.
struct Named(Option<ReceiptId>);

impl fmt::Display for Named {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.map_or(Ok(()), |receipt| write!(f, "; its receipt is {receipt}"))
    }
}

/// How an answer got lost.
#[derive(Debug, thiserror::Error)]
pub(crate) enum LostAnswer {
    #[error(transparent)]
    Lost(kie_transport::Error),
    #[error("it was sent before, and no answer is known")]
    Before,
    #[error(transparent)]
    Unreadable(Unreadable),
}

/// Files of a finished task could not be saved.
#[derive(Debug, thiserror::Error)]
#[error("task {task_id}: {missing} of {} files could not be saved, the first of them {}{}", saved.len() + missing, path.display(), gone::Why(gone.as_ref()))]
pub struct SaveError {
    pub(crate) task_id: String,
    pub(crate) path: PathBuf,
    pub(crate) saved: Vec<Download>,
    pub(crate) missing: usize,
    pub(crate) gone: Option<Gone>,
    pub(crate) source: kie_transport::Error,
}

impl SaveError {
    /// The files that were saved all the same.
    pub fn saved(&self) -> &[Download] {
        &self.saved
    }

    /// How many files are missing.
    pub fn missing(&self) -> usize {
        self.missing
    }

    /// Where the first of them was to go, without its ending.
    pub fn path(&self) -> &std::path::Path {
        &self.path
    }

    /// When the time was over for which the service [keeps](kie_types::Lifetime::GENERATED) what a task made, if it was over when the
    /// file was refused: another try will not bring it.
    pub fn gone_since(&self) -> Option<&Timestamp> {
        self.gone.as_ref().map(Gone::since)
    }
}
