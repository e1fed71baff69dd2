//! Callbacks: their receivers and their delivery.

mod deliver;
mod endpoint;

pub(crate) use self::deliver::follow;
