//! Texts as errors and `Debug` show them: short, on one line, without secrets.

mod excerpt;
pub(crate) mod redacted;

pub(crate) use excerpt::{excerpt, kept, nature};
