//! The fuzz targets of `tests/fuzz`, for the programs in `fuzz_targets`.

#[path = "../../../tests/fuzz/targets/mod.rs"]
mod targets;

pub use targets::*;
