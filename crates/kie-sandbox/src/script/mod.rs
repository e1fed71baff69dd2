//! Scripts that a test gives to the sandbox in advance: faults, task scripts, random decisions and the speed of tasks.

mod fault;
mod forms;
mod market;
mod names;
mod rng;
mod speed;
pub(crate) mod words;

pub use self::{
    fault::{CallbackFault, Fault, TaskScript},
    market::MarketCallbacks,
    rng::SeededRng,
    speed::Speed,
};
pub(crate) use self::{market::MarketSettings, rng::random_seed};
