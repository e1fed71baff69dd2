//! What a release has: the packages for crates.io, and the files for each platform.

pub(crate) mod dist;
pub(crate) mod packages;
