//! Faults from a file: the JSON that a file may contain, and its effect on an account.

mod error;
mod faults;
mod name;

pub use self::{error::FaultsError, faults::Faults};
