//! The failure of a command: error, exit code and texts.

mod code;
mod document;
mod error_word;
mod exit_error;
mod flags;
mod interrupt;
mod tell;
mod words;

#[cfg(test)]
pub(crate) use document::ErrorDocument;
pub(crate) use exit_error::ExitError;
pub(crate) use flags::{flags, note_flags};
pub(crate) use interrupt::Interrupt;
pub(crate) use words::key_advice;
