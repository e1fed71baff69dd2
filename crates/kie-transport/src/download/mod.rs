//! Downloads. Files are written while their data arrives. After a broken connection, a file is continued if it has not
//! changed.

mod download;
mod format;
mod resume;
mod writer;

pub use download::{Download, Downloaded};
pub use format::FileFormat;
