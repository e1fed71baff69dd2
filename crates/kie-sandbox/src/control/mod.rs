//! The sandbox's own paths, which the service does not have: faults while the sandbox runs, and its books.

mod books;
mod call;
mod queued;

pub(crate) use self::call::{ControlAnswer, serve};
pub use self::{
    books::{Books, Latest},
    queued::QueuedFaults,
};
