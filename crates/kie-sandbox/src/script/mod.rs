//! Scripts that a test gives to the sandbox in advance: faults, task scripts, random decisions and the speed of tasks.

mod fault;
mod rng;
mod speed;
mod words;

pub use self::{
    fault::{CallbackFault, Fault, TaskScript},
    rng::SeededRng,
    speed::Speed,
};
