//! Files of this machine: `kie upload`, and paths where a request asks for an address.

use std::path::Path;

use kie_suno::{files::Upload, records::Timestamp};
use serde_json::{Value, json};

use crate::{
    args::{self, OutputFormat},
    exit::ExitError,
    output::{ProgressLine, moment, note, out, print_json},
    session::Session,
};

/// The fields of requests that ask for the address of a file.
const ADDRESSES: [&str; 5] = ["uploadUrl", "uploadUrlList", "audioUrl", "voiceUrl", "verifyUrl"];

/// `kie upload`.
pub(crate) async fn upload(caller: &Session, args: &args::UploadArgs) -> Result<(), ExitError> {
    let (upload, progress) = begin(caller, &args.file);
    let file = if args.base64 { upload.base64() } else { upload }.answer().await?;
    drop(progress);
    let (url, until) = (file.url(), file.kept_until());
    if caller.format == OutputFormat::Json {
        return Ok(print_json(&json!({ "url": url, "keptUntil": until.as_ref().and_then(Timestamp::as_millis) }))?);
    }
    out!("{}", url.map_or("", |url| url.as_str()));
    if let Some(until) = until {
        note!("kept until {} at least", moment(&until));
    }
    Ok(())
}

fn begin(caller: &Session, file: &Path) -> (Upload, ProgressLine) {
    let progress = ProgressLine::new(&format!("uploading {}", file.display()));
    (caller.client.upload(file).progress(progress.bytes()), progress)
}

/// The request with an address in the place of each path, for a check before anything is uploaded.
pub(crate) fn as_if_uploaded(request: &Value) -> Value {
    let mut request = request.clone();
    for path in paths(&mut request) {
        *path = "https://upload.invalid/".into();
    }
    request
}

/// Whether the request names files of this machine.
pub(crate) fn has_paths(request: &mut Value) -> bool {
    !paths(request).is_empty()
}

/// Uploads the files that the request names by their paths, and puts their links in.
pub(crate) async fn upload_paths(caller: &Session, request: &mut Value) -> Result<(), ExitError> {
    for path in paths(request) {
        let file = path.as_str().unwrap_or_default().to_owned();
        let (upload, _progress) = begin(caller, Path::new(&file));
        *path = json!(upload.await?);
    }
    Ok(())
}

/// Where the request has the path of a file that is there in place of an address.
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
