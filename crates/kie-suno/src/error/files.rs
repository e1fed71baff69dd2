//! Files that could not be saved.

use std::path::{Path, PathBuf};

use kie_types::Timestamp;

use super::expired::{self, Expired};
use crate::saved_file::SavedFile;

/// Files of a finished task could not be saved.
#[derive(Debug, thiserror::Error)]
#[error("task {task_id}: {missing} of {} files could not be saved, the first of them {}{}", saved.len() + missing, path.display(), expired::ExpiryReason(gone.as_ref()))]
pub struct SaveError {
    pub(crate) task_id: String,
    pub(crate) path: PathBuf,
    pub(crate) saved: Vec<SavedFile>,
    pub(crate) missing: usize,
    pub(crate) gone: Option<Expired>,
    pub(crate) source: kie_transport::Error,
}

impl SaveError {
    /// One file of a task that could not be saved at this path, for a test of whoever handles it.
    ///
    /// ```
    /// use kie_suno::{errors::SaveError, files::SavedFile, transport};
    ///
    /// let full = transport::Error::new(transport::ErrorKind::Disk, "the file could not be written");
    /// let error = SaveError::new("4be1c0d29f7a4f7f8d0b6c1e2a3f4d5e", "songs/Waltz-9c1d2e3f", full);
    /// let error = error.with_saved([SavedFile::new("songs/Waltz-7d0f3c52.mp3", 3_810_000)]);
    /// assert_eq!((error.saved().len(), error.missing()), (1, 1));
    /// ```
    pub fn new(task_id: impl Into<String>, path: impl Into<PathBuf>, source: kie_transport::Error) -> Self {
        Self { task_id: task_id.into(), path: path.into(), saved: Vec::new(), missing: 1, gone: None, source }
    }

    /// The same with these files saved.
    #[must_use]
    pub fn with_saved(mut self, saved: impl IntoIterator<Item = SavedFile>) -> Self {
        self.saved = saved.into_iter().collect();
        self
    }

    /// The same with so many files missing.
    #[must_use]
    pub fn with_missing(mut self, missing: usize) -> Self {
        self.missing = missing;
        self
    }

    /// The same of a task that was made then. [`gone_since`](Self::gone_since) tells if its files are past their time.
    #[must_use]
    pub fn with_made(mut self, made: Timestamp) -> Self {
        self.gone = Expired::by_now(made);
        self
    }

    /// The files that were saved all the same.
    pub fn saved(&self) -> &[SavedFile] {
        &self.saved
    }

    /// How many files are missing.
    pub fn missing(&self) -> usize {
        self.missing
    }

    /// Where the first of them was to go, without its ending.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// When the time was over for which the service [keeps](kie_types::Lifetime::GENERATED) what a task made, if it was over when the
    /// file was refused: another try will not bring it.
    pub fn gone_since(&self) -> Option<&Timestamp> {
        self.gone.as_ref().map(Expired::since)
    }
}
