//! Calls of operations that respond with their result.

mod answer;
mod any_call;
mod call;

pub use any_call::AnyCall;
pub use call::Call;
