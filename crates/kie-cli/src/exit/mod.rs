//! How a command ends when it does not end well.

mod stop;

pub(crate) use stop::{Interrupt, Stop, with_causes};
