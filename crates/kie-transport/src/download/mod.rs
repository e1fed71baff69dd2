//! Files: fetched as they come, proved to be the same after a cut, and written to the disk.

mod fetch;
mod format;
mod range;
mod writer;

pub use fetch::{Arrived, Fetch};
pub use format::Format;
