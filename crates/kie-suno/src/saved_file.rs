//! A file that was saved.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

/// One file that was saved.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct SavedFile {
    /// The id of the thing that the file is, such as a track's.
    pub id: Option<String>,
    /// Where it lies.
    pub path: PathBuf,
    /// Its size in bytes.
    pub bytes: u64,
}

impl SavedFile {
    /// A file of so many bytes that lies at this path, for a test of whoever handles it.
    pub fn new(path: impl Into<PathBuf>, bytes: u64) -> Self {
        Self { id: None, path: path.into(), bytes }
    }

    /// The same of the thing with this id.
    #[must_use]
    pub fn with_id(mut self, id: impl Into<String>) -> Self {
        self.id = Some(id.into());
        self
    }
}
