//! A file that was saved.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

/// One file that was saved.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Download {
    /// The id of the thing that the file is, such as a track's.
    pub id: Option<String>,
    /// Where it lies.
    pub path: PathBuf,
    /// Its size in bytes.
    pub bytes: u64,
}
