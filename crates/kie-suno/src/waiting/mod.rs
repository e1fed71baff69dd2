//! Waiting for tasks: poll intervals, time limits, and waking by callbacks.

mod feeding;
mod polling;
mod recent;
mod waiters;

pub(crate) use feeding::Feeding;
pub use polling::Polling;
pub(crate) use polling::SHORTEST;
#[cfg(feature = "callbacks")]
pub(crate) use recent::Recent;
pub(crate) use waiters::{Waiter, Waiters};
