//! The file of stored API keys: one key for each address of the service.

use std::{
    collections::BTreeMap,
    fs::{self, DirBuilder, File, OpenOptions},
    hash::{BuildHasher as _, RandomState},
    io::{self, Read as _, Write as _},
    path::{Path, PathBuf},
};

use anyhow::{Context as _, anyhow};

use crate::{exit::ExitError, settings::data_folder};

/// The keys by their addresses.
pub(crate) type Keys = BTreeMap<String, String>;

/// Maximum size of the file, in bytes.
const LARGEST: u64 = 64 * 1024;

/// Returns the path of the file. It is in the data folder and not in the configuration folder, because people publish
/// their configuration.
pub(crate) fn path() -> Option<PathBuf> {
    Some(data_folder()?.join("kie").join("keys.json"))
}

/// Reads the keys. There are none if there is no file. Fails if the file is not a file of this user only.
pub(crate) fn read() -> Result<Keys, ExitError> {
    let Some(path) = path() else { return Ok(Keys::new()) };
    let file = match open(&path) {
        Ok(file) => file,
        // The folder is missing, or is of another user, whose environment this process has inherited.
        Err(_) if fs::symlink_metadata(&path).is_err() => return Ok(Keys::new()),
        Err(error) => return Err(refused(&path, &error.to_string())),
    };
    check(&file, &path)?;
    let mut text = String::new();
    file.take(LARGEST).read_to_string(&mut text).map_err(|error| refused(&path, &error.to_string()))?;
    serde_json::from_str(&text).map_err(|_| refused(&path, "it is damaged; remove it, and run kie login again"))
}

/// Writes the keys to a new file with mode 0600, which then replaces the old file. Without keys, removes the file.
pub(crate) fn write(keys: &Keys) -> anyhow::Result<()> {
    let path = path().ok_or_else(|| anyhow!("there is no data folder for the file of the API key"))?;
    let doing = || format!("{} cannot be written", path.display());
    if keys.is_empty() {
        return match fs::remove_file(&path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error).with_context(doing),
            _ => Ok(()),
        };
    }
    let folder = path.parent().unwrap_or(Path::new("."));
    make_private(folder).with_context(doing)?;
    let new = folder.join(format!(".keys-{:016x}.part", RandomState::new().hash_one(())));
    let written =
        write_new(&new, serde_json::to_string_pretty(keys)?.as_bytes()).and_then(|()| fs::rename(&new, &path));
    if written.is_err() {
        drop(fs::remove_file(&new));
    }
    written.with_context(doing)
}

fn write_new(path: &Path, content: &[u8]) -> io::Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path)?;
    file.write_all(content)?;
    file.sync_all()
}

fn make_private(folder: &Path) -> io::Result<()> {
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}

fn refused(path: &Path, why: &str) -> ExitError {
    ExitError::NoKey(format!("the file with the API key, {}, is not used: {why}", path.display()))
}

/// Opens the file. Does not follow a symbolic link, and does not wait for the writer of a named pipe.
#[cfg(unix)]
fn open(path: &Path) -> io::Result<File> {
    use std::os::unix::fs::OpenOptionsExt as _;

    use rustix::{fs::OFlags, io::Errno};

    let flags = OFlags::NOFOLLOW | OFlags::NONBLOCK;
    OpenOptions::new().read(true).custom_flags(flags.bits() as i32).open(path).map_err(|error| {
        if Errno::from_io_error(&error) == Some(Errno::LOOP) {
            io::Error::other("it is a symbolic link")
        } else {
            error
        }
    })
}

#[cfg(not(unix))]
fn open(path: &Path) -> io::Result<File> {
    if fs::symlink_metadata(path)?.is_symlink() {
        return Err(io::Error::other("it is a symbolic link"));
    }
    File::open(path)
}

/// Refuses an open file that is no regular file, belongs to another user, or can be read by other users.
#[cfg(unix)]
fn check(file: &File, path: &Path) -> Result<(), ExitError> {
    use std::os::unix::fs::MetadataExt as _;

    let of = file.metadata()?;
    if !of.is_file() {
        return Err(refused(path, "it is not a regular file"));
    }
    if of.uid() != rustix::process::geteuid().as_raw() {
        return Err(refused(path, "it belongs to another user; remove it, and run kie login"));
    }
    let mode = of.mode() & 0o777;
    if mode & 0o077 != 0 {
        let mend = format!("other users can read or change it (mode {mode:o}); run: chmod 600 '{}'", path.display());
        return Err(refused(path, &mend));
    }
    Ok(())
}

/// The folder of the user is private on this system, so only the kind of the file is checked.
#[cfg(not(unix))]
fn check(file: &File, path: &Path) -> Result<(), ExitError> {
    if file.metadata()?.is_file() { Ok(()) } else { Err(refused(path, "it is not a regular file")) }
}
