//! What a test tells the sandbox beforehand: what goes wrong, by which chance, and how fast tasks go on.

mod fault;
mod luck;
mod speed;
mod words;

pub use self::{
    fault::{Fate, Fault, Mishap},
    luck::Luck,
    speed::Speed,
};
