//! Errors of reading and writing a cassette.

use std::{error::Error as StdError, fmt, path::PathBuf};

/// A cassette that cannot be read or written. The text names the file.
#[derive(Debug)]
pub struct CassetteError {
    path: PathBuf,
    what: String,
    source: Option<Box<dyn StdError + Send + Sync>>,
}

impl CassetteError {
    pub(super) fn new(path: impl Into<PathBuf>, what: impl Into<String>) -> Self {
        Self { path: path.into(), what: what.into(), source: None }
    }

    pub(super) fn with_source(mut self, source: impl StdError + Send + Sync + 'static) -> Self {
        self.what = format!("{}: {source}", self.what);
        self.source = Some(Box::new(source));
        self
    }
}

impl fmt::Display for CassetteError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.path.as_os_str().is_empty() {
            return f.write_str(&self.what);
        }
        write!(f, "{}: {}", self.path.display(), self.what)
    }
}

impl StdError for CassetteError {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.source.as_ref().map(|source| &**source as _)
    }
}
