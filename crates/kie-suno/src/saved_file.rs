//! A file that was saved.

use std::{fmt, path::PathBuf};

use serde::{Deserialize, Serialize};

/// One file that was saved.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct SavedFile {
    /// Id of the result, such as the id of a track. A file with the lyrics or the cover image of a track has the id of
    /// the track. `None` for the record of a task, and for a result without an id.
    pub id: Option<String>,
    /// Path of the file.
    #[cfg_attr(feature = "schemars", schemars(with = "String"))]
    pub path: PathBuf,
    /// Size of the file in bytes.
    pub bytes: u64,
    /// Name of the link that served the file, such as `audioUrl`. It is `download-url` for a fresh link from the
    /// operation with this name. `None` if the response of the service contained the file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub link: Option<String>,
    /// Reason to doubt that the file is the whole result. `None` if there is no such reason.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub doubt: Option<Doubt>,
}

/// Reason to doubt that a saved file is the whole result. No link served a better file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[serde(tag = "kind", rename_all = "camelCase", rename_all_fields = "camelCase")]
#[non_exhaustive]
pub enum Doubt {
    /// The file is a stream of the finished track. A stream may end early, or have a lower quality. The receipt of the
    /// task stays open, so that a later [`save_all`](crate::Client::save_all) can save the finished file.
    Stream,
    /// The file is much shorter than the service says.
    TooShort {
        /// Duration that the record of the task states, in whole seconds.
        expected_s: u64,
        /// Duration of the file, in whole seconds.
        found_s: u64,
    },
}

impl Doubt {
    /// Returns the duration of a file that is too short, in whole seconds, or 0 for another doubt.
    pub(crate) fn found_s(self) -> u64 {
        if let Self::TooShort { found_s, .. } = self { found_s } else { 0 }
    }
}

/// Shows the doubt as the end of a sentence about the file, such as `plays 6 s instead of 13 s`.
impl fmt::Display for Doubt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Stream => f.write_str("is only a stream, because no host served the finished file"),
            Self::TooShort { expected_s, found_s } => write!(f, "plays {found_s} s instead of {expected_s} s"),
        }
    }
}

impl SavedFile {
    /// Makes a value for the tests of an application: a file at this path, with this size in bytes and no id.
    pub fn new(path: impl Into<PathBuf>, bytes: u64) -> Self {
        Self { id: None, path: path.into(), bytes, link: None, doubt: None }
    }

    /// Sets the [id](Self::id) of the result.
    #[must_use]
    pub fn with_id(mut self, id: impl Into<String>) -> Self {
        self.id = Some(id.into());
        self
    }

    /// Sets the reason to doubt the file.
    #[must_use]
    pub fn with_doubt(mut self, doubt: Doubt) -> Self {
        self.doubt = Some(doubt);
        self
    }
}
