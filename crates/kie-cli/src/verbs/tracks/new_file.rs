//! New files of a command. A file that exists is never replaced.

use std::{
    fs::{self, File},
    io::Write as _,
    path::Path,
};

use anyhow::Context as _;
use kie_suno::types::text::one_line;

use crate::{
    exit::{ExitError, Interrupt},
    follow::try_folder,
};

/// Checks that a file can be written, before the call whose result is written is paid for. The file may exist only if
/// `may_exist` is `true`, for a call that was made before.
pub(super) async fn check_new(path: &Path, may_exist: bool, interrupt: &Interrupt) -> Result<(), ExitError> {
    if path.exists() && !may_exist {
        let path = one_line(&path.to_string_lossy()).to_string();
        return Err(ExitError::Invalid(format!("{path} exists already: remove it, or name another file")));
    }
    try_folder(folder(path), interrupt).await
}

/// Writes a new file. Returns its size in bytes. Fails if there is a file with other content.
pub(super) async fn write_new(path: &Path, text: &str, interrupt: &Interrupt) -> Result<u64, ExitError> {
    let (path, text) = (path.to_owned(), text.to_owned());
    let write = move || {
        if fs::read(&path).is_ok_and(|found| found == text.as_bytes()) {
            return Ok(text.len() as u64);
        }
        let written = File::create_new(&path).and_then(|mut file| {
            let written = file.write_all(text.as_bytes()).and_then(|()| file.sync_all());
            written.inspect_err(|_| drop(fs::remove_file(&path)))
        });
        written.with_context(|| format!("{} cannot be saved", path.display()))?;
        Ok(text.len() as u64)
    };
    interrupt.during_blocking("saving a file", write).await
}

fn folder(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}
