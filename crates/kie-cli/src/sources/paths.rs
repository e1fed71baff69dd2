//! Paths of local files in requests.

use std::path::Path;

use kie_suno::{files::Upload, types::text::one_line};
use serde_json::{Value, json};

use crate::{exit::ExitError, output::ProgressLine, session::Session};

/// Fields of requests that take the address of a file.
const ADDRESSES: [&str; 5] = ["uploadUrl", "uploadUrlList", "audioUrl", "voiceUrl", "verifyUrl"];

/// Placeholder for the address of a file that is not uploaded yet.
pub(super) const NOT_UPLOADED: &str = "https://upload.invalid/";

/// Begins the upload of a file, with its progress display.
pub(crate) fn begin_upload(session: &Session, file: &Path) -> (Upload, ProgressLine) {
    let progress = ProgressLine::new(&uploading(file));
    (session.client.upload(file).progress(progress.bytes()), progress)
}

/// Returns what an upload does, for progress and interrupts.
pub(crate) fn uploading(file: &Path) -> String {
    format!("uploading {}", one_line(&file.to_string_lossy()))
}

/// Returns the request with a placeholder address for each local path. The result is checked before anything is
/// uploaded.
pub(crate) fn as_if_uploaded(request: &Value) -> Value {
    let mut request = request.clone();
    for path in paths(&mut request) {
        *path = NOT_UPLOADED.into();
    }
    request
}

/// Checks that all local files of the request are below the folder `allowed`. The author of a request can be another
/// person, who must not choose files of this machine.
pub(crate) fn check_paths(request: &mut Value, allowed: Option<&Path>) -> Result<(), ExitError> {
    for path in paths(request) {
        let file = path.as_str().unwrap_or_default();
        // Both paths are resolved, because `..` or a symbolic link can lead out of the folder.
        let is_allowed = match (allowed.map(Path::canonicalize).transpose()?, Path::new(file).canonicalize()) {
            (Some(folder), Ok(file)) => file.starts_with(folder),
            _ => false,
        };
        if !is_allowed {
            let what = format!(
                "the request names the file {file} of this machine; to upload it, add --allow-files with its folder"
            );
            return Err(ExitError::Usage(what));
        }
    }
    Ok(())
}

/// Returns `true` if the request contains local paths.
pub(crate) fn has_paths(request: &mut Value) -> bool {
    !paths(request).is_empty()
}

/// Uploads the local files of a request and replaces their paths with links.
pub(crate) async fn upload_paths(session: &Session, request: &mut Value) -> Result<(), ExitError> {
    for path in paths(request) {
        let file = path.as_str().unwrap_or_default().to_owned();
        let (upload, _progress) = begin_upload(session, Path::new(&file));
        *path = json!(session.interrupt.during(&uploading(Path::new(&file)), upload).await??);
    }
    Ok(())
}

/// Returns the values of the request that are paths of existing local files.
fn paths(request: &mut Value) -> Vec<&mut Value> {
    let fields = request.as_object_mut().into_iter().flatten();
    let addresses = fields.filter(|(name, _)| ADDRESSES.contains(&name.as_str())).map(|(_, value)| value);
    let each = addresses.flat_map(|value| match value {
        Value::Array(items) => items.iter_mut().collect(),
        value => vec![value],
    });
    each.filter(|value| value.as_str().is_some_and(is_path)).collect()
}

fn is_path(text: &str) -> bool {
    !text.contains("://") && Path::new(text).is_file()
}
