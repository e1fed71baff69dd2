//! Making calls: those that only read, and those that can cost money.

mod ask;
mod asked;
mod call;
mod leaving;
mod options;
mod pay;
mod raw;
mod reserve;
mod running;
mod time_left;
mod withdrawal;

pub(crate) use asked::Asked;
pub use call::Call;
pub(crate) use options::{Options, setters};
pub use raw::Raw;
pub use running::Running;
