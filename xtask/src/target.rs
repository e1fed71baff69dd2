//! Where cargo puts what it builds.

use std::{
    env,
    path::{Path, PathBuf},
};

/// The folder for what is built of the workspace.
pub(crate) fn target() -> PathBuf {
    env::var_os("CARGO_TARGET_DIR").map_or_else(|| xtask().with_file_name("target"), PathBuf::from)
}

/// The package of the chores.
pub(crate) fn xtask() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}
