//! Texts for errors and `Debug`: short, on one line, without secrets.

mod excerpt;
pub(crate) mod redacted;

pub(crate) use excerpt::{describe_body, excerpt, truncate};
