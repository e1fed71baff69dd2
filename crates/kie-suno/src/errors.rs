//! Error types: the values in the variants of [`Error`](crate::Error), and the types that these values use.

#[doc(inline)]
pub use kie_ledger::LedgerError;
#[doc(inline)]
pub use kie_types::{Invalid, Refusal, RefusalKind, Rule, Unreadable, Violation, envelope};

#[doc(inline)]
pub use crate::error::{
    ApiError, ConfigError, DecodeError, Failing, NameTaken, NotResumed, OutcomeUnknown, OverBudget, SaveError,
    TaskFailed, TimedOut, TransportError,
};
