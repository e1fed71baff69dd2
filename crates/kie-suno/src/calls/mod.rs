//! Calls of operations: those that only read, and those that can cost money.

mod ask;
mod call;
mod call_future;
mod earlier_call;
mod options;
mod pay;
mod pending_send;
mod prepared_call;
mod raw;
mod reserve;
mod time_left;
mod withdrawal;

pub use call::Call;
pub use call_future::CallFuture;
pub(crate) use options::{Options, setters};
pub(crate) use prepared_call::{Origin, PreparedCall};
pub use raw::Raw;
