//! Everything that can go wrong, told apart by what to do about it.

mod about;
mod call;
mod error;
mod files;
mod gone;
mod paid;
mod task;

pub(crate) use about::About;
pub use call::{ApiError, DecodeError, TransportError};
pub use error::Error;
pub use files::SaveError;
pub(crate) use gone::Gone;
pub(crate) use paid::{LostAnswer, OverBudgetReason};
pub use paid::{NameTaken, OutcomeUnknown, OverBudget};
pub(crate) use task::NotResumedReason;
pub use task::{NotResumed, TaskFailed, TimedOut};
