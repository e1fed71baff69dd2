//! The failure of a command: error, exit code and texts.

mod code;
mod document;
mod exit_error;
mod interrupt;
mod tell;
mod words;

pub(crate) use exit_error::ExitError;
pub(crate) use interrupt::Interrupt;
pub(crate) use words::key_advice;
