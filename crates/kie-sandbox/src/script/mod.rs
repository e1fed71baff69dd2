//! Scripts that a test gives to the sandbox in advance: faults, task scripts, random decisions and the speed of tasks.

mod fault;
mod market;
mod rng;
mod speed;
pub(crate) mod words;

pub(crate) use self::market::MarketSettings;
pub use self::{
    fault::{CallbackFault, Fault, TaskScript},
    market::MarketCallbacks,
    rng::SeededRng,
    speed::Speed,
};
