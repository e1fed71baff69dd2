//! What a test tells the sandbox beforehand: what goes wrong, by which chance, and how fast tasks go on.

mod fault;
mod rng;
mod speed;
mod words;

pub use self::{
    fault::{CallbackFault, Fault, TaskScript},
    rng::SeededRng,
    speed::Speed,
};
