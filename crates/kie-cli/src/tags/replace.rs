//! Replacing a file by a new one, in one step.

use std::{
    fs::{self, File, Metadata},
    hash::{BuildHasher as _, RandomState},
    io::{self, BufWriter, Write as _},
    path::{Path, PathBuf},
};

use super::format::{Part, copy};

/// Writes the parts to a new file in the same folder, and renames it to `path`. Returns the size in bytes. `old` is the
/// file at this path, and `before` its metadata before it was read.
///
/// # Errors
///
/// The old file is unchanged after an error. If another program has changed it meanwhile, this is an error too.
pub(super) fn replace(path: &Path, old: &mut File, before: &Metadata, parts: &[Part]) -> io::Result<u64> {
    let folder = path.parent().unwrap_or(Path::new(""));
    // Files with these names are deleted after some hours if the process is killed. The client saves files under such
    // names too. The name is random, so no other program can put a link in its place.
    let temporary = Temporary(folder.join(format!(".kie-{:016x}.part", RandomState::new().hash_one(()))));
    let mut new = BufWriter::new(File::create_new(&temporary.0)?);
    copy(parts, old, &mut new)?;
    new.flush()?;
    let new = new.into_inner().map_err(io::IntoInnerError::into_error)?;
    new.set_permissions(before.permissions())?;
    new.sync_all()?;
    let bytes = new.metadata()?.len();
    let now = fs::symlink_metadata(path)?;
    if now.len() != before.len() || now.modified().ok() != before.modified().ok() {
        return Err(io::Error::other("another program has changed the file"));
    }
    fs::rename(&temporary.0, path)?;
    // Syncing the folder puts the new name on the disk. Not every platform can sync a folder.
    #[cfg(unix)]
    drop(File::open(if folder.as_os_str().is_empty() { Path::new(".") } else { folder }).and_then(|it| it.sync_all()));
    Ok(bytes)
}

/// Path of a temporary file. Dropping this value deletes the file, unless it was renamed.
struct Temporary(PathBuf);

impl Drop for Temporary {
    fn drop(&mut self) {
        // A temporary file that cannot be deleted does no harm: its name is hidden and unique.
        let _ = fs::remove_file(&self.0);
    }
}
