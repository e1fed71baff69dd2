//! Error types. Each variant of [`Error`] needs a different reaction.

mod about;
mod call;
mod error;
mod expired;
mod failing;
mod files;
mod paid;
mod result;
mod task;

pub(crate) use about::About;
pub use call::{ApiError, DecodeError, TransportError};
pub use error::Error;
pub(crate) use expired::Expired;
pub use failing::Failing;
pub use files::SaveError;
pub use kie_transport::ConfigError;
pub(crate) use paid::{LostAnswer, OverBudgetReason};
pub use paid::{NameTaken, OutcomeUnknown, OverBudget};
pub use result::Result;
pub(crate) use task::NotResumedReason;
pub use task::{NotResumed, TaskFailed, TimedOut};
