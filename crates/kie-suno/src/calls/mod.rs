//! The steps of every call: checks, receipt, budget, and sending.

mod ask;
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

pub use call_future::CallFuture;
pub(crate) use options::{Options, setters};
pub(crate) use pending_send::only_task_id;
pub(crate) use prepared_call::{CallOrigin, PreparedCall, check_json};
pub use raw::Raw;
