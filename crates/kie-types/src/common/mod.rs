//! The Common API pages of the documentation.

pub mod credits;
