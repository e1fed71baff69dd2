//! Forms with a file, as `multipart/form-data`.

use bytes::Bytes;
use http::{HeaderMap, header};
use serde_json::{Map, Value};

/// A form that was received. `fields` is a JSON object with the fields of the form, and with the name of its file.
/// `file` is the content of the file.
pub(crate) struct ReceivedForm {
    pub(crate) fields: Value,
    pub(crate) file: Option<Bytes>,
}

/// Reads a form. Returns `None` if the headers do not announce a form, or if the body is not a form.
pub(crate) fn read(headers: &HeaderMap, body: &Bytes) -> Option<ReceivedForm> {
    let content_type = headers.get(header::CONTENT_TYPE)?.to_str().ok()?;
    let parameters = content_type.strip_prefix("multipart/form-data")?;
    let boundary = parameters.split(';').find_map(|parameter| parameter.trim().strip_prefix("boundary="))?;
    let delimiter = format!("--{}", boundary.trim_matches('"'));
    let mut fields = Map::new();
    let mut file = None;
    let mut rest = body.as_ref().strip_prefix(delimiter.as_bytes())?;
    while let Some(part) = rest.strip_prefix(b"\r\n") {
        let end = find(part, format!("\r\n{delimiter}").as_bytes())?;
        let head_end = find(&part[..end], b"\r\n\r\n")?;
        let head = String::from_utf8_lossy(&part[..head_end]);
        let content = &part[head_end + 4..end];
        let name = parameter(&head, "name")?;
        match parameter(&head, "filename") {
            Some(file_name) => {
                fields.insert(name, file_name.into());
                file = Some(body.slice_ref(content));
            }
            None => {
                fields.insert(name, String::from_utf8_lossy(content).into());
            }
        }
        rest = &part[end + 2 + delimiter.len()..];
    }
    Some(ReceivedForm { fields: fields.into(), file })
}

/// Returns the value of the parameter `name` from the headers of one part of the form. In `head`, the value is in
/// quotes.
fn parameter(head: &str, name: &str) -> Option<String> {
    let (_, value) = head.split_once(&format!("; {name}=\""))?;
    value.split('"').next().map(str::to_owned)
}

fn find(text: &[u8], wanted: &[u8]) -> Option<usize> {
    text.windows(wanted.len()).position(|window| window == wanted)
}
