//! The operations of the upload host.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use bytes::Bytes;
use kie_types::{Endpoint, UploadFileBase64, UploadFileStream, UploadFileUrl};
use serde_json::{Value, json};

use crate::{
    account::{UPLOADS, Upload},
    media::mp3,
};

use super::{
    incoming_call::IncomingCall,
    operation_result::{OperationResult, Refused},
};

/// Duration in seconds of the MP3 that `upload-file-url` stores. The file at the requested URL is not fetched.
const PLACEHOLDER: f64 = 3.0;

/// Content types by file extension.
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

/// Handles `upload-file-base-64`. The documentation also allows `data:` URLs, but the live service accepted only plain
/// Base64.
pub(crate) fn base_64(call: &mut IncomingCall<'_>) -> OperationResult {
    let request: UploadFileBase64 = accepted(call, &["base64Data", "uploadPath"])?;
    let bytes = STANDARD.decode(request.base64_data.trim());
    let bytes = bytes.map_err(|_| Refused::new(400, "Base64 decoding failed: Invalid Base64 format"))?;
    let ending = ending_of(&bytes);
    Ok(store(call, &request.upload_path, request.file_name.as_deref(), ending, bytes))
}

/// Handles `upload-file-url`. No file is fetched: for every address, a short MP3 is stored.
pub(crate) fn url(call: &mut IncomingCall<'_>) -> OperationResult {
    let request: UploadFileUrl = accepted(call, &["fileUrl", "uploadPath"])?;
    let name = request.file_name.as_deref();
    let bytes = mp3::song("Uploaded file", "kie-sandbox", PLACEHOLDER);
    Ok(store(call, &request.upload_path, name, "mp3", bytes))
}

/// Handles `upload-file-stream`. The request is a multipart form that contains the file.
pub(crate) fn stream(call: &mut IncomingCall<'_>) -> OperationResult {
    let request: UploadFileStream = accepted(call, &["file", "uploadPath"])?;
    let bytes = call.file.take().ok_or_else(|| Refused::new(400, "Missing required parameter: file"))?;
    if bytes.is_empty() {
        // The words of the live service are not known.
        return Err(Refused::new(400, "The file is empty"));
    }
    let ending = ending_of(&bytes);
    Ok(store(call, &request.upload_path, request.file_name.as_deref(), ending, bytes))
}

/// Returns the request, or a refusal if a field of `needed` is missing or if the request breaks a documented rule.
fn accepted<E: Endpoint>(call: &IncomingCall<'_>, needed: &[&str]) -> Result<E, Refused> {
    let is_missing = |name: &&&str| call.fields.get(**name).is_none_or(|value| value.is_null() || value == "");
    match needed.iter().find(is_missing) {
        Some(name) => Err(Refused::new(400, format!("Missing required parameter: {name}"))),
        None => call.rules().map_err(|broken| Refused::new(400, broken)),
    }
}

/// Stores a file. Returns the JSON object that describes the file in the response. An earlier file with the same path
/// is replaced.
pub(crate) fn store(
    call: &mut IncomingCall<'_>,
    folder: &str,
    name: Option<&str>,
    ending: &str,
    bytes: impl Into<Bytes>,
) -> Value {
    let bytes = bytes.into();
    let name = name.filter(|name| !name.is_empty()).map_or_else(
        || format!("{}-{}.{ending}", call.clock.millis(call.now), &call.account.ids.task()[..10]),
        str::to_owned,
    );
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

/// Returns the file extension for a file that begins with these bytes, or `bin` if the format is unknown.
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

/// Percent-encodes every character that is not safe in the path of a URL.
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
