//! The error of a file with faults.

use std::{error::Error, fmt};

use kie_types::text::one_line;
use serde::Serialize;

/// Maximum number of characters that are printed of the reason, which lists the accepted words.
const REASON: usize = 1_000;

/// Error: a text does not describe faults. The message names the field, such as `requests.generate-music[0].refuse`, the
/// rule, and the line and the column. In JSON, it is an object with the texts `field` and `reason`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FaultsError {
    field: String,
    reason: String,
}

impl FaultsError {
    pub(super) fn new(field: &impl ToString, reason: &serde_json::Error) -> Self {
        Self { field: field.to_string(), reason: reason.to_string() }
    }

    /// Returns the path of the wrong field, such as `requests.generate-music[0].refuse.code`. It is `.` if the text is
    /// not a JSON object.
    pub fn field(&self) -> &str {
        &self.field
    }
}

impl fmt::Display for FaultsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.field != "." {
            write!(f, "{}: ", one_line(&self.field))?;
        }
        write!(f, "{}", one_line(&self.reason).at_most(REASON))
    }
}

impl Error for FaultsError {}
