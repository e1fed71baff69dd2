//! What the service answers: the envelope, and what it says when it says no.

pub mod envelope;
mod error_kind;
mod refusal;

pub use error_kind::{Charged, ErrorKind};
pub use refusal::{Refusal, Unreadable};
