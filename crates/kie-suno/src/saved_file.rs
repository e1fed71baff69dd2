//! A file that was saved.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

/// One file that was saved.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct SavedFile {
    /// Id of the result that the file contains, such as the id of a track.
    pub id: Option<String>,
    /// Path of the file.
    pub path: PathBuf,
    /// Size of the file in bytes.
    pub bytes: u64,
}

impl SavedFile {
    /// Makes a value for the tests of an application: a file at this path, with this size in bytes and no id.
    pub fn new(path: impl Into<PathBuf>, bytes: u64) -> Self {
        Self { id: None, path: path.into(), bytes }
    }

    /// Sets the id of the result that the file contains.
    #[must_use]
    pub fn with_id(mut self, id: impl Into<String>) -> Self {
        self.id = Some(id.into());
        self
    }
}
