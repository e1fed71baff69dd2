//! A form with a file. The file is read from the disk while the form is sent.

use std::{
    fmt, io,
    path::{Path, PathBuf},
    pin::Pin,
    task::{Context, Poll, ready},
};

use bytes::Bytes;
use http::HeaderValue;
use http_body::{Frame, SizeHint};
use tokio::{
    fs::File,
    io::{AsyncRead, ReadBuf},
};

use crate::{
    error::{Error, ErrorKind},
    exchange::{base64, progress::TransferProgress},
    random::random,
};

/// Maximum number of bytes in one piece that is read from the file.
const PIECE: usize = 64 * 1024;

/// A form with text fields and one file. The form is sent as `multipart/form-data` or as JSON. The file is read in
/// small pieces, and is read again for each attempt.
#[derive(Clone)]
pub struct Form {
    content_type: HeaderValue,
    /// Bytes before the content of the file. The bytes after the content are in `tail`.
    head: Bytes,
    tail: Bytes,
    path: PathBuf,
    is_base64: bool,
    progress: Option<TransferProgress>,
}

impl Form {
    /// Returns a multipart form with these text fields, and with the file at `path` in the field `field`.
    pub fn new<'a>(texts: impl IntoIterator<Item = (&'a str, &'a str)>, field: &str, path: impl Into<PathBuf>) -> Self {
        let path = path.into();
        let boundary = format!("kie-{:016x}", random());
        let mut head = String::new();
        for (name, text) in texts {
            head += &format!("--{boundary}\r\n{}\r\n\r\n{text}\r\n", disposition(name));
        }
        let file_name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        head += &format!("--{boundary}\r\n{}; filename=\"{}\"\r\n", disposition(field), quoted(&file_name));
        head += "Content-Type: application/octet-stream\r\n\r\n";
        let tail = format!("\r\n--{boundary}--\r\n");
        // The boundary has only letters, digits and dashes, so it is always a valid header.
        let content_type = HeaderValue::try_from(format!("multipart/form-data; boundary={boundary}"))
            .unwrap_or(HeaderValue::from_static("multipart/form-data"));
        Self { content_type, head: head.into(), tail: tail.into(), path, is_base64: false, progress: None }
    }

    /// Returns a form that is sent as a JSON object. The text fields are JSON strings. The field `field` is a string
    /// with the file at `path` in Base64. The file takes a third more bytes than in a multipart form, but the JSON form
    /// also works in networks that block multipart forms.
    pub fn json<'a>(
        texts: impl IntoIterator<Item = (&'a str, &'a str)>,
        field: &str,
        path: impl Into<PathBuf>,
    ) -> Self {
        let mut head = String::from("{");
        for (name, text) in texts {
            head += &format!("{}:{},", json_string(name), json_string(text));
        }
        head += &format!("{}:\"", json_string(field));
        let content_type = HeaderValue::from_static("application/json");
        let (head, tail) = (head.into(), Bytes::from_static(b"\"}"));
        Self { content_type, head, tail, path: path.into(), is_base64: true, progress: None }
    }

    /// Reports to `progress` the number of bytes of the file that have been read for sending.
    #[must_use]
    pub fn progress(mut self, progress: TransferProgress) -> Self {
        self.progress = Some(progress);
        self
    }

    pub(crate) fn content_type(&self) -> HeaderValue {
        self.content_type.clone()
    }

    /// Opens the file and returns the form as a body.
    pub(crate) async fn open(&self) -> Result<FormBody, Error> {
        let file = File::open(&self.path).await.map_err(|error| unreadable(&self.path, error))?;
        let size = file.metadata().await.map_err(|error| unreadable(&self.path, error))?.len();
        let content = if self.is_base64 { base64::length(size) } else { size };
        let length = self.head.len() as u64 + content + self.tail.len() as u64;
        let (head, tail) = (Some(self.head.clone()), Some(self.tail.clone()));
        let encoder = self.is_base64.then(base64::Encoder::default);
        Ok(FormBody { head, file, size, unread: size, encoder, tail, left: length, progress: self.progress.clone() })
    }
}

impl fmt::Debug for Form {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Form").field("content_type", &self.content_type).field("path", &self.path).finish()
    }
}

fn unreadable(path: &Path, error: io::Error) -> Error {
    Error::new(ErrorKind::Setup, format!("{} cannot be read", path.display())).with_source(error)
}

fn disposition(name: &str) -> String {
    format!("Content-Disposition: form-data; name=\"{}\"", quoted(name))
}

/// Escapes a name in the header of a form field, in the same way as browsers.
fn quoted(name: &str) -> String {
    name.replace('"', "%22").replace('\r', "%0D").replace('\n', "%0A")
}

/// Returns the text as a JSON string, with its quotes.
fn json_string(text: &str) -> String {
    let mut out = String::from('"');
    for c in text.chars() {
        match c {
            '"' | '\\' => out.extend(['\\', c]),
            c if c < ' ' => out += &format!("\\u{:04x}", u32::from(c)),
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

/// Body of a form that is being sent.
pub(crate) struct FormBody {
    head: Option<Bytes>,
    file: File,
    /// Size of the file, in bytes.
    size: u64,
    /// Number of bytes of the file that are not read yet.
    unread: u64,
    encoder: Option<base64::Encoder>,
    tail: Option<Bytes>,
    /// Number of bytes of the whole body that are not sent yet.
    left: u64,
    progress: Option<TransferProgress>,
}

impl FormBody {
    /// Reads the next piece of the file. Returns the piece unchanged for a multipart form, and in Base64 for a JSON
    /// form.
    fn poll_file(&mut self, cx: &mut Context<'_>) -> Poll<Result<Bytes, Error>> {
        let changed = || Error::new(ErrorKind::Disk, "the file changed while it was sent");
        let mut space = vec![0; PIECE.min(usize::try_from(self.unread).unwrap_or(PIECE))];
        let mut buffer = ReadBuf::new(&mut space);
        if let Err(error) = ready!(Pin::new(&mut self.file).poll_read(cx, &mut buffer)) {
            return Poll::Ready(Err(changed().with_source(error)));
        }
        let read = buffer.filled().len();
        if read == 0 {
            return Poll::Ready(Err(changed()));
        }
        space.truncate(read);
        self.unread -= read as u64;
        if let Some(progress) = &self.progress {
            progress.report(self.size - self.unread, Some(self.size));
        }
        Poll::Ready(Ok(match &mut self.encoder {
            Some(encoder) => encoder.encode(&space, self.unread == 0).into(),
            None => space.into(),
        }))
    }
}

impl http_body::Body for FormBody {
    type Data = Bytes;
    type Error = Error;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Error>>> {
        let piece = if let Some(head) = self.head.take() {
            head
        } else if self.unread > 0 {
            match ready!(self.poll_file(cx)) {
                Ok(piece) => piece,
                Err(error) => return Poll::Ready(Some(Err(error))),
            }
        } else if let Some(tail) = self.tail.take() {
            tail
        } else {
            return Poll::Ready(None);
        };
        self.left -= piece.len() as u64;
        Poll::Ready(Some(Ok(Frame::data(piece))))
    }

    fn is_end_stream(&self) -> bool {
        self.tail.is_none()
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.left)
    }
}

#[cfg(test)]
mod tests {
    use http_body_util::BodyExt;

    use super::*;

    /// Creates a file of `size` bytes. Returns its path and its content.
    fn file(size: usize) -> (PathBuf, Vec<u8>) {
        let path = std::env::temp_dir().join(format!("kie-form-{:x}.bin", random()));
        let content = (0..size).map(|n| (n % 251) as u8).collect();
        std::fs::write(&path, &content).unwrap();
        (path, content)
    }

    #[tokio::test]
    async fn a_form_has_the_length_it_says() {
        let (path, content) = file(3 * PIECE + 5);
        let form = Form::new([("uploadPath", "demos")], "file", &path);
        let body = form.open().await.unwrap();
        let announced = http_body::Body::size_hint(&body).exact();
        let sent = body.collect().await.unwrap().to_bytes();
        std::fs::remove_file(&path).unwrap();
        assert_eq!(announced, Some(sent.len() as u64));
        let text = String::from_utf8_lossy(&sent);
        assert!(text.contains("name=\"uploadPath\"\r\n\r\ndemos\r\n"));
        let (_, boundary) = form.content_type.to_str().unwrap().split_once("boundary=").unwrap();
        assert!(text.ends_with(&format!("--{boundary}--\r\n")));
        assert!(sent.windows(content.len()).any(|window| window == content));
    }

    #[tokio::test]
    async fn json_has_the_length_it_says() {
        for size in [0, 1, 2, 3, PIECE - 1, PIECE, PIECE + 1, 2 * PIECE + 2] {
            let (path, content) = file(size);
            let form = Form::json([("a", "say \"hi\"\n\\ü")], "data", &path);
            let body = form.open().await.unwrap();
            let announced = http_body::Body::size_hint(&body).exact();
            let sent = body.collect().await.unwrap().to_bytes();
            std::fs::remove_file(&path).unwrap();
            assert_eq!(announced, Some(sent.len() as u64), "{size}");
            let whole = String::from_utf8(base64::Encoder::default().encode(&content, true)).unwrap();
            let expected = format!(r#"{{"a":"say \"hi\"\u000a\\ü","data":"{whole}"}}"#);
            assert!(sent == expected, "{size}");
        }
    }

    #[tokio::test]
    async fn no_piece_of_a_large_file_is_large() {
        let (path, _) = file(0);
        for (size, form) in [(100 << 20, Form::new([], "file", &path)), (10 << 20, Form::json([], "file", &path))] {
            std::fs::OpenOptions::new().write(true).open(&path).unwrap().set_len(size).unwrap();
            let mut body = form.open().await.unwrap();
            let (mut left, mut largest) = (http_body::Body::size_hint(&body).exact().unwrap(), 0);
            while let Some(frame) = body.frame().await {
                let piece = frame.unwrap().into_data().unwrap();
                left -= piece.len() as u64;
                largest = largest.max(piece.len());
            }
            assert!(left == 0 && largest <= PIECE * 4 / 3 + 4, "{left} {largest}");
        }
        std::fs::remove_file(&path).unwrap();
    }

    #[tokio::test]
    async fn a_missing_file_is_reported_before_anything_is_sent() {
        let error = Form::new([], "file", "no/such/file").open().await.err().unwrap();
        assert!(error.is_unsent());
    }
}
