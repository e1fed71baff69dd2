//! Callbacks: who takes them, and how they get there.

mod deliver;
mod receiver;

pub(crate) use self::deliver::follow;
