//! Scripts that a test gives to the sandbox in advance: faults, task scripts, random decisions and the speed of tasks.

mod behaviour;
mod fault;
mod forms;
mod market;
mod names;
mod rng;
mod speed;
pub(crate) mod words;

pub(crate) use self::{behaviour::Behaviour, market::MarketSettings, rng::random_seed};
pub use self::{
    fault::{CallbackFault, Fault, TaskScript},
    market::MarketCallbacks,
    rng::SeededRng,
    speed::Speed,
};
