//! What the service answers: the envelope, and what it says when it says no.

pub mod envelope;
mod refusal;
mod refusal_kind;

pub use refusal::{Refusal, Unreadable};
pub use refusal_kind::{Charged, RefusalKind};
