//! Paths of the build folder and of this package.

use std::{
    env,
    path::{Path, PathBuf},
};

/// Returns the folder into which cargo builds the workspace.
pub(crate) fn target() -> PathBuf {
    env::var_os("CARGO_TARGET_DIR").map_or_else(|| xtask().with_file_name("target"), PathBuf::from)
}

/// Returns the folder of the package xtask.
pub(crate) fn xtask() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}
