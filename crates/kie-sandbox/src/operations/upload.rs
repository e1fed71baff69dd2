//! The upload host.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use bytes::Bytes;
use kie_types::{Endpoint, UploadFileBase64, UploadFileStream, UploadFileUrl};
use serde_json::{Value, json};

use crate::{
    account::{UPLOADS, Upload, ids},
    media::mp3,
};

use super::{
    incoming_call::IncomingCall,
    operation_result::{OperationResult, Refused},
};

/// The length in seconds of what stands for a file that would have to be fetched.
const PLACEHOLDER: f64 = 3.0;

/// What a file is, by its ending.
#[rustfmt::skip]
const TYPES: &[(&str, &str)] = &[
    ("mp3",  "audio/mpeg"),
    ("wav",  "audio/wav"),
    ("flac", "audio/flac"),
    ("ogg",  "audio/ogg"),
    ("m4a",  "audio/mp4"),
    ("webm", "video/webm"),
    ("mp4",  "video/mp4"),
    ("jpeg", "image/jpeg"),
    ("jpg",  "image/jpeg"),
    ("png",  "image/png"),
    ("txt",  "text/plain"),
];

/// `upload-file-base-64`: the page names `data:` addresses too, but live only plain Base64 was taken.
pub(crate) fn base_64(call: &mut IncomingCall<'_>) -> OperationResult {
    let request: UploadFileBase64 = accepted(call, &["base64Data", "uploadPath"])?;
    let bytes = STANDARD.decode(request.base64_data.trim());
    let bytes = bytes.map_err(|_| Refused::new(400, "Base64 decoding failed: Invalid Base64 format"))?;
    let ending = ending_of(&bytes);
    Ok(store(call, &request.upload_path, request.file_name.as_deref(), ending, bytes))
}

/// `upload-file-url`: nothing is fetched, so every address counts as fetched and leads to a short MP3.
pub(crate) fn url(call: &mut IncomingCall<'_>) -> OperationResult {
    let request: UploadFileUrl = accepted(call, &["fileUrl", "uploadPath"])?;
    let name = request.file_name.as_deref();
    let bytes = mp3::song("Uploaded file", "kie-sandbox", PLACEHOLDER);
    Ok(store(call, &request.upload_path, name, "mp3", bytes))
}

/// `upload-file-stream`: the file comes in a form.
pub(crate) fn stream(call: &mut IncomingCall<'_>) -> OperationResult {
    let request: UploadFileStream = accepted(call, &["file", "uploadPath"])?;
    let bytes = call.file.take().ok_or_else(|| Refused::new(400, "Missing required parameter: file"))?;
    let ending = ending_of(&bytes);
    Ok(store(call, &request.upload_path, request.file_name.as_deref(), ending, bytes))
}

/// The request, if nothing that it needs is missing and it keeps every documented rule.
fn accepted<E: Endpoint>(call: &IncomingCall<'_>, needed: &[&str]) -> Result<E, Refused> {
    let is_missing = |name: &&&str| call.fields.get(**name).is_none_or(|value| value.is_null() || value == "");
    match needed.iter().find(is_missing) {
        Some(name) => Err(Refused::new(400, format!("Missing required parameter: {name}"))),
        None => call.rules().map_err(|broken| Refused::new(400, broken)),
    }
}

/// Keeps a file, in place of one of the same name, and tells where it is.
pub(crate) fn store(
    call: &mut IncomingCall<'_>,
    folder: &str,
    name: Option<&str>,
    ending: &str,
    bytes: impl Into<Bytes>,
) -> Value {
    let bytes = bytes.into();
    let name = name
        .filter(|name| !name.is_empty())
        .map_or_else(|| format!("{}-{}.{ending}", call.clock.millis(call.now), &ids::task()[..10]), str::to_owned);
    let content_type = name.rsplit_once('.').and_then(|(_, ending)| type_of(ending)).or(type_of(ending));
    let content_type = content_type.unwrap_or("application/octet-stream");
    let path = format!("{UPLOADS}{}/{}", encoded(folder), encoded(&name));
    let answer = json!({
        "success": true,
        "fileName": name,
        "filePath": format!("{}{folder}/{name}", &UPLOADS[1..]),
        "downloadUrl": format!("http://{}{path}", call.host),
        "fileSize": bytes.len(),
        "mimeType": content_type,
        "uploadedAt": call.clock.iso(call.now),
    });
    call.account.uploads.insert(path, Upload { content_type, bytes, at: call.now });
    answer
}

fn type_of(ending: &str) -> Option<&'static str> {
    TYPES.iter().find(|(known, _)| known.eq_ignore_ascii_case(ending)).map(|(_, content_type)| *content_type)
}

/// The ending that the first bytes of a file call for.
pub(crate) fn ending_of(bytes: &[u8]) -> &'static str {
    match bytes {
        [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'A', b'V', b'E', ..] => "wav",
        [b'I', b'D', b'3', ..] | [0xff, 0xe2..=0xff, ..] => "mp3",
        [b'f', b'L', b'a', b'C', ..] => "flac",
        [b'O', b'g', b'g', b'S', ..] => "ogg",
        [_, _, _, _, b'f', b't', b'y', b'p', ..] => "mp4",
        [0x1a, 0x45, 0xdf, 0xa3, ..] => "webm",
        [0xff, 0xd8, ..] => "jpeg",
        [0x89, b'P', b'N', b'G', ..] => "png",
        _ => "bin",
    }
}

/// A path with everything escaped that an address could trip over.
fn encoded(path: &str) -> String {
    path.bytes().fold(String::new(), |mut encoded, byte| {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => {
                encoded.push(char::from(byte));
            }
            _ => encoded.push_str(&format!("%{byte:02X}")),
        }
        encoded
    })
}
