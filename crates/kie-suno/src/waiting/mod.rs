//! The clocks of a wait, and what wakes it.

mod pace;
mod recent;
mod waiters;

pub use pace::Pace;
pub(crate) use pace::SHORTEST;
#[cfg(feature = "callbacks")]
pub(crate) use recent::Recent;
pub(crate) use waiters::{Waiter, Waiters};
