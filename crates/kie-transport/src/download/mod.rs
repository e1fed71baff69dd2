//! Files: fetched as they come, proved to be the same after a cut, and written to the disk.

mod download;
mod format;
mod resume;
mod writer;

pub use download::{Download, Downloaded};
pub use format::FileFormat;
