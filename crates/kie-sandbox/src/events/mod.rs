//! Events: the log of a sandbox, for an observer.

mod event;
mod line;

pub use self::event::{CallbackEvent, CallbackOutcome, RequestEvent, SandboxEvent, TaskEvent};
pub(crate) use self::{
    event::word,
    line::{address, short},
};
