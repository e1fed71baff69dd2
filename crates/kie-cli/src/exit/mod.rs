//! How a command ends when it does not end well.

mod code;
mod document;
mod interrupt;
mod stop;
mod tell;
mod words;

pub(crate) use interrupt::Interrupt;
pub(crate) use stop::Stop;
