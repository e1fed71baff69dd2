//! Callbacks: their receivers and their delivery.

mod deliver;
mod due;
mod endpoint;
mod headers;

pub(crate) use self::{deliver::follow, due::all};
