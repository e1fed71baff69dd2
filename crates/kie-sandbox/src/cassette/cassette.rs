//! The cassette: recorded exchanges, in memory and in a file.

use std::{fs, path::Path};

use serde::{Deserialize, Serialize};

use super::{error::CassetteError, exchange::Exchange, redaction::Texts};

/// Version of the format.
const VERSION: u32 = 1;
/// Maximum size of a file, in bytes.
const MOST_BYTES: u64 = 64 << 20;
/// Maximum number of exchanges.
pub(super) const MOST_EXCHANGES: usize = 10_000;

/// Exchanges that were recorded, in the order of their requests. See the [module](crate::cassette) for the rules of redaction.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Cassette {
    version: u32,
    /// Tells if the texts of the user were kept.
    pub(super) texts: Texts,
    /// The exchanges.
    pub exchanges: Vec<Exchange>,
    /// Number of exchanges that are missing, because there were too many.
    #[serde(skip)]
    pub(super) missing: usize,
}

impl Cassette {
    pub(super) fn new(texts: Texts, exchanges: Vec<Exchange>, missing: usize) -> Self {
        Self { version: VERSION, texts, exchanges, missing }
    }

    /// Reads the file of a cassette.
    ///
    /// # Errors
    ///
    /// [`CassetteError`] if the file cannot be read, has more than 64 MiB, is no cassette, or has the format of a later
    /// version of this crate.
    pub fn load(path: impl AsRef<Path>) -> Result<Self, CassetteError> {
        let path = path.as_ref();
        let fails = |what: &str| CassetteError::new(path, what);
        let unreadable = |error| fails("the cassette cannot be read").with_source(error);
        if fs::metadata(path).map_err(unreadable)?.len() > MOST_BYTES {
            return Err(fails("a cassette has at most 64 MiB"));
        }
        let text = fs::read_to_string(path).map_err(unreadable)?;
        Self::from_json(&text).map_err(|error| fails(&error.to_string()))
    }

    /// Reads a cassette from JSON, for example from `include_str!("song.json")`.
    ///
    /// # Errors
    ///
    /// [`CassetteError`] if the text is no cassette, or has the format of a later version of this crate.
    pub fn from_json(text: &str) -> Result<Self, CassetteError> {
        #[derive(Deserialize)]
        struct Head {
            version: u32,
        }
        let wrong = |error| CassetteError::new("", "the text is no cassette").with_source(error);
        let head: Head = serde_json::from_str(text).map_err(wrong)?;
        if head.version != VERSION {
            let what = format!("the cassette has version {}, and this program reads version {VERSION}", head.version);
            return Err(CassetteError::new("", what));
        }
        serde_json::from_str(text).map_err(wrong)
    }

    /// Returns the content of the file.
    pub fn to_json(&self) -> String {
        let mut text = serde_json::to_string_pretty(self).unwrap_or_default();
        text.push('\n');
        text
    }

    /// Writes the file, and the folders to it that are missing. Replaces a file that exists.
    ///
    /// # Errors
    ///
    /// [`CassetteError`] if the file cannot be written, or the cassette has more than 10,000 exchanges or 64 MiB.
    pub fn save(&self, path: impl AsRef<Path>) -> Result<(), CassetteError> {
        let path = path.as_ref();
        let fails = |what: &str| CassetteError::new(path, what);
        let unwritable = |error| fails("the cassette cannot be written").with_source(error);
        if self.missing > 0 {
            return Err(fails("a cassette has at most 10,000 exchanges"));
        }
        let text = self.to_json();
        if text.len() as u64 > MOST_BYTES {
            return Err(fails("a cassette has at most 64 MiB"));
        }
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder).map_err(unwritable)?;
        }
        fs::write(path, text).map_err(unwritable)
    }
}
