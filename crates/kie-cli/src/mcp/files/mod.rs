//! The files that agents reach: those below the root folder.

pub(super) mod resources;
mod root;

pub(crate) use root::Root;
