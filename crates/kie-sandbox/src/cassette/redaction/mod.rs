//! Redaction: what a file may not contain, and what replaces it.

mod clean;
mod files;
mod ids;
mod names;
mod redactor;

pub(super) use ids::{Part, parts};
pub(super) use names::{Holds, holds};
pub(super) use redactor::{Redactor, Texts, base64, hex};
