//! Calls of operations that respond with their result.

mod answer;
mod call;

pub use call::Call;
