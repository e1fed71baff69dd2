//! Error types: the content of the variants of [`Error`](crate::Error).

#[doc(inline)]
pub use kie_ledger::LedgerError;
#[doc(inline)]
pub use kie_types::{Invalid, Refusal, RefusalKind, Rule, Unreadable, Violation, envelope};

#[doc(inline)]
pub use crate::error::{
    ApiError, ConfigError, DecodeError, Failing, NameTaken, NotResumed, OutcomeUnknown, OverBudget, SaveError,
    TaskFailed, TimedOut, TransportError,
};
