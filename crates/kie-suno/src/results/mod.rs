//! Calls of operations that respond with their result.

mod call;
mod on_market;
mod result_job;

pub use call::Call;
