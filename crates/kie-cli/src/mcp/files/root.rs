//! The only folder that agents reach.

use std::{
    fs,
    path::{Component, Path, PathBuf},
};

use anyhow::Context as _;
use kie_suno::types::text::one_line;

use crate::exit::ExitError;

/// Folder of `--root`. Files are saved below it, and local files are read from it.
#[derive(Debug, Clone)]
pub(crate) struct Root(PathBuf);

impl Root {
    /// Returns the folder. Creates it if it is missing.
    pub(crate) fn of(folder: &Path) -> Result<Self, ExitError> {
        let resolved = fs::create_dir_all(folder).and_then(|()| folder.canonicalize());
        Ok(Self(resolved.with_context(|| format!("the folder {} cannot be used", folder.display()))?))
    }

    /// Returns a folder below the root, which need not exist. Refuses `..`, absolute paths, and symbolic links that lead
    /// out of the root.
    pub(in crate::mcp) fn folder(&self, folder: &str) -> Result<PathBuf, ExitError> {
        let is_plain = Path::new(folder).components().all(|part| matches!(part, Component::Normal(_)));
        let path = self.0.join(folder);
        let existing = path.ancestors().find_map(|part| part.canonicalize().ok());
        if is_plain && existing.is_some_and(|existing| existing.starts_with(&self.0)) {
            Ok(path)
        } else {
            Err(outside(folder))
        }
    }

    /// Returns the resolved path of a file below the root. The path can be relative to the root. The error does not tell
    /// if there is a file outside of the root.
    pub(in crate::mcp) fn file(&self, file: &str) -> Result<PathBuf, ExitError> {
        self.resolved(Path::new(file)).ok_or_else(|| outside(file))
    }

    /// Returns the resolved path of a file, or `None` if it is not a file below the root.
    pub(in crate::mcp) fn resolved(&self, file: &Path) -> Option<PathBuf> {
        let file = self.0.join(file).canonicalize().ok()?;
        (file.starts_with(&self.0) && file.is_file()).then_some(file)
    }
}

fn outside(path: &str) -> ExitError {
    ExitError::Invalid(format!("\"{}\" is not below the folder of --root, or does not exist", one_line(path)))
}

#[cfg(all(test, unix))]
mod tests {
    use std::os::unix::fs::symlink;

    use tempfile::tempdir;

    use super::*;

    #[test]
    fn no_path_leads_out_of_the_root() -> anyhow::Result<()> {
        let outer = tempdir()?;
        let root = Root::of(&outer.path().join("root")).map_err(|error| anyhow::anyhow!("{error:?}"))?;
        fs::write(outer.path().join("secret.mp3"), "secret")?;
        fs::write(root.0.join("hum.mp3"), "hum")?;
        symlink(outer.path(), root.0.join("out"))?;
        symlink(outer.path().join("secret.mp3"), root.0.join("link.mp3"))?;
        let whole = root.0.join("hum.mp3");
        for inside in ["hum.mp3", "./hum.mp3", whole.to_str().unwrap_or_default()] {
            assert_eq!(root.file(inside).ok(), Some(whole.clone()), "{inside}");
        }
        let secret = outer.path().join("secret.mp3");
        for file in ["../secret.mp3", "out/secret.mp3", "link.mp3", secret.to_str().unwrap_or_default(), ".", ""] {
            assert!(root.file(file).is_err(), "{file}");
        }
        assert_eq!(root.folder("new/folder").ok(), Some(root.0.join("new/folder")));
        for folder in ["..", "new/../..", "out", "out/new", "/tmp", "hum.mp3/../.."] {
            assert!(root.folder(folder).is_err(), "{folder}");
        }
        Ok(())
    }
}
