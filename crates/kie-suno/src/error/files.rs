//! The error of files that could not be saved.

use std::path::{Path, PathBuf};

use kie_ledger::ReceiptId;
use kie_types::{Timestamp, text::one_line};

use super::expired::{self, Expired};
use crate::saved_file::SavedFile;

/// Some files of a task could not be saved.
#[derive(Debug, thiserror::Error)]
#[error("task {}: {missing} of {} files could not be saved, the first of them {}{}", one_line(task_id), saved.len() + missing, path.display(), expired::ExpiryReason(expired.as_ref()))]
pub struct SaveError {
    pub(crate) task_id: String,
    pub(crate) path: PathBuf,
    pub(crate) saved: Vec<SavedFile>,
    pub(crate) missing: usize,
    pub(crate) expired: Option<Expired>,
    pub(crate) receipt: Option<ReceiptId>,
    pub(crate) source: kie_transport::Error,
}

impl SaveError {
    /// Creates the error of a task with one missing file, for tests of error handling. `path` is the path of the
    /// missing file without its extension.
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
        Self {
            task_id: task_id.into(),
            path: path.into(),
            saved: Vec::new(),
            missing: 1,
            expired: None,
            receipt: None,
            source,
        }
    }

    /// Sets the files that were saved.
    #[must_use]
    pub fn with_saved(mut self, saved: impl IntoIterator<Item = SavedFile>) -> Self {
        self.saved = saved.into_iter().collect();
        self
    }

    /// Sets the receipt of the call that started the task.
    #[must_use]
    pub fn with_receipt(mut self, receipt: ReceiptId) -> Self {
        self.receipt = Some(receipt);
        self
    }

    /// Sets the number of missing files.
    #[must_use]
    pub fn with_missing(mut self, missing: usize) -> Self {
        self.missing = missing;
        self
    }

    /// Sets the creation time of the task. If the files of the task have expired by now,
    /// [`expired_since`](Self::expired_since) returns the time at which they expired.
    #[must_use]
    pub fn with_made(mut self, made: Timestamp) -> Self {
        self.expired = Expired::by_now(made);
        self
    }

    /// Returns the files that were saved.
    pub fn saved(&self) -> &[SavedFile] {
        &self.saved
    }

    /// Returns the number of missing files.
    pub fn missing(&self) -> usize {
        self.missing
    }

    /// Returns the path of the first missing file, without its extension.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Returns the time at which the files of the task expired. KIE documents that it keeps files for a [limited
    /// time](kie_types::Lifetime::GENERATED). When the files have expired, a retry cannot succeed. `None` if the files
    /// have not expired, if no host refused a missing file with the HTTP status 403, 404 or 410, or if the creation
    /// time of the task is not known.
    pub fn expired_since(&self) -> Option<&Timestamp> {
        self.expired.as_ref().map(Expired::since)
    }
}
