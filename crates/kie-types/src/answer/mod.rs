//! Responses of the service: their envelope, refusals, and errors in reading.

pub mod envelope;
mod refusal;
mod refusal_kind;

pub use refusal::{Refusal, Unreadable};
pub use refusal_kind::{Charged, RefusalKind};
