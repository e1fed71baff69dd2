//! Callbacks: who takes them, and how they get there.

mod deliver;
mod endpoint;

pub(crate) use self::deliver::follow;
