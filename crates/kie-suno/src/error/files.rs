//! Files that could not be saved.

use std::path::PathBuf;

use kie_types::Timestamp;

use super::gone::{self, Gone};
use crate::download::Download;

/// Files of a finished task could not be saved.
#[derive(Debug, thiserror::Error)]
#[error("task {task_id}: {missing} of {} files could not be saved, the first of them {}{}", saved.len() + missing, path.display(), gone::Why(gone.as_ref()))]
pub struct SaveError {
    pub(crate) task_id: String,
    pub(crate) path: PathBuf,
    pub(crate) saved: Vec<Download>,
    pub(crate) missing: usize,
    pub(crate) gone: Option<Gone>,
    pub(crate) source: kie_transport::Error,
}

impl SaveError {
    /// The files that were saved all the same.
    pub fn saved(&self) -> &[Download] {
        &self.saved
    }

    /// How many files are missing.
    pub fn missing(&self) -> usize {
        self.missing
    }

    /// Where the first of them was to go, without its ending.
    pub fn path(&self) -> &std::path::Path {
        &self.path
    }

    /// When the time was over for which the service [keeps](kie_types::Lifetime::GENERATED) what a task made, if it was over when the
    /// file was refused: another try will not bring it.
    pub fn gone_since(&self) -> Option<&Timestamp> {
        self.gone.as_ref().map(Gone::since)
    }
}
