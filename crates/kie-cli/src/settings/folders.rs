//! The user's folders on this system.

use std::{
    env,
    path::{Path, PathBuf},
};

/// Returns the user's data folder.
pub(crate) fn data_folder() -> Option<PathBuf> {
    folder("LOCALAPPDATA", "XDG_DATA_HOME", ".local/share")
}

/// Returns the user's folder for configuration files.
pub(crate) fn config_folder() -> Option<PathBuf> {
    folder("APPDATA", "XDG_CONFIG_HOME", ".config")
}

fn folder(windows: &str, xdg: &str, below_home: &str) -> Option<PathBuf> {
    let named = |name| env::var_os(name).map(PathBuf::from).filter(|path| path.is_absolute());
    if cfg!(windows) {
        return named(windows);
    }
    if cfg!(target_os = "macos") {
        return Some(home()?.join("Library/Application Support"));
    }
    named(xdg).or_else(|| Some(home()?.join(below_home)))
}

/// Returns a path with `~` in place of the user's home folder.
pub(crate) fn from_home(path: &Path) -> PathBuf {
    let below = home().and_then(|home| path.strip_prefix(home).ok().map(|below| Path::new("~").join(below)));
    below.unwrap_or_else(|| path.to_owned())
}

/// Returns the user's home folder.
pub(super) fn home() -> Option<PathBuf> {
    env::home_dir().filter(|home| home.is_absolute())
}
