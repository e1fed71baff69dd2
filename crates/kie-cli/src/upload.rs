//! Files of this machine: `kie upload`, and paths where a request asks for an address.

use std::path::Path;

use kie_suno::Link;
use serde_json::{Value, json};

use crate::{
    args::{self, Format},
    caller::Caller,
    document::print_json,
    progress::Progress,
    stop::Stop,
    terminal::out,
};

/// The fields of requests that ask for the address of a file.
const ADDRESSES: [&str; 5] = ["uploadUrl", "uploadUrlList", "audioUrl", "voiceUrl", "verifyUrl"];

/// `kie upload`.
pub(crate) async fn upload(caller: &Caller, args: &args::Upload) -> Result<(), Stop> {
    let link = send(caller, &args.file, args.base64).await?;
    match caller.format {
        Format::Json => print_json(&json!({ "url": link }))?,
        Format::Text => out!("{link}"),
    }
    Ok(())
}

async fn send(caller: &Caller, file: &Path, base64: bool) -> Result<Link, Stop> {
    let progress = Progress::new(&format!("uploading {}", file.display()));
    let upload = caller.client.upload(file).progress(progress.bytes());
    Ok(if base64 { upload.base64() } else { upload }.await?)
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
pub(crate) async fn upload_paths(caller: &Caller, request: &mut Value) -> Result<(), Stop> {
    for path in paths(request) {
        let file = path.as_str().unwrap_or_default().to_owned();
        *path = json!(send(caller, Path::new(&file), false).await?);
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
