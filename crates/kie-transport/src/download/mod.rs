//! Downloads: files are written while they arrive, and continued after a broken connection if they are still the same.

mod download;
mod format;
mod resume;
mod writer;

pub use download::{Download, Downloaded};
pub use format::FileFormat;
