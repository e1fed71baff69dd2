//! The files that tasks make.

pub(crate) mod mp3;
