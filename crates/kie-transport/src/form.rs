//! A form with a file in it, sent as `multipart/form-data` straight from the disk.

use std::{
    io,
    path::PathBuf,
    pin::Pin,
    task::{Context, Poll, ready},
};

use bytes::Bytes;
use http_body::{Frame, SizeHint};
use tokio::{
    fs::File,
    io::{AsyncRead, ReadBuf},
};

use crate::error::{Error, ErrorKind};

/// How much of the file is read at once, in bytes.
const PIECE: usize = 64 * 1024;

/// A form with texts and one file. The file is never in memory as a whole, and is read anew at each attempt.
#[derive(Debug, Clone)]
pub struct Form {
    boundary: String,
    /// All that stands before the content of the file, and all that stands after it.
    head: Bytes,
    tail: Bytes,
    path: PathBuf,
}

impl Form {
    /// A form with these texts, and with the file at `path` as the field `field`.
    pub fn new<'a>(texts: impl IntoIterator<Item = (&'a str, &'a str)>, field: &str, path: impl Into<PathBuf>) -> Self {
        let path = path.into();
        let boundary = format!("kie-{:016x}", crate::retry::random());
        let mut head = String::new();
        for (name, text) in texts {
            head += &format!("--{boundary}\r\n{}\r\n\r\n{text}\r\n", disposition(name));
        }
        let file_name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        head += &format!("--{boundary}\r\n{}; filename=\"{}\"\r\n", disposition(field), quoted(&file_name));
        head += "Content-Type: application/octet-stream\r\n\r\n";
        let tail = format!("\r\n--{boundary}--\r\n");
        Self { boundary, head: head.into(), tail: tail.into(), path }
    }

    pub(crate) fn content_type(&self) -> String {
        format!("multipart/form-data; boundary={}", self.boundary)
    }

    /// The form as a body, with the file opened.
    pub(crate) async fn open(&self) -> Result<Filled, Error> {
        let disk = |error: io::Error| {
            let what = format!("{} cannot be read", self.path.display());
            Error::new(ErrorKind::Setup, what).with_source(error)
        };
        let file = File::open(&self.path).await.map_err(disk)?;
        let size = file.metadata().await.map_err(disk)?.len();
        let left = self.head.len() as u64 + size + self.tail.len() as u64;
        Ok(Filled { head: Some(self.head.clone()), file, size, tail: Some(self.tail.clone()), left })
    }
}

fn disposition(name: &str) -> String {
    format!("Content-Disposition: form-data; name=\"{}\"", quoted(name))
}

/// A name as browsers write it into a form's header.
fn quoted(name: &str) -> String {
    name.replace('"', "%22").replace('\r', "%0D").replace('\n', "%0A")
}

/// A form on its way.
#[derive(Debug)]
pub(crate) struct Filled {
    head: Option<Bytes>,
    file: File,
    /// How much of the file is still to be sent.
    size: u64,
    tail: Option<Bytes>,
    /// How much of everything is.
    left: u64,
}

impl http_body::Body for Filled {
    type Data = Bytes;
    type Error = Error;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Error>>> {
        let changed = || Error::new(ErrorKind::Disk, "the file changed while it was sent");
        let piece = if let Some(head) = self.head.take() {
            head
        } else if self.size > 0 {
            let mut space = vec![0; PIECE.min(usize::try_from(self.size).unwrap_or(PIECE))];
            let mut buffer = ReadBuf::new(&mut space);
            if let Err(error) = ready!(Pin::new(&mut self.file).poll_read(cx, &mut buffer)) {
                return Poll::Ready(Some(Err(changed().with_source(error))));
            }
            let read = buffer.filled().len();
            if read == 0 {
                return Poll::Ready(Some(Err(changed())));
            }
            space.truncate(read);
            self.size -= read as u64;
            space.into()
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

    #[tokio::test]
    async fn a_form_has_the_length_it_says() {
        let path = std::env::temp_dir().join(format!("kie-form-{:x}.bin", crate::retry::random()));
        let content = vec![7; 3 * PIECE + 5];
        std::fs::write(&path, &content).unwrap();
        let form = Form::new([("uploadPath", "demos")], "file", &path);
        let body = form.open().await.unwrap();
        let said = http_body::Body::size_hint(&body).exact();
        let sent = body.collect().await.unwrap().to_bytes();
        std::fs::remove_file(&path).unwrap();
        assert_eq!(said, Some(sent.len() as u64));
        let text = String::from_utf8_lossy(&sent);
        assert!(text.contains("name=\"uploadPath\"\r\n\r\ndemos\r\n"));
        assert!(text.ends_with(&format!("--{}--\r\n", form.boundary)));
        assert!(sent.windows(content.len()).any(|window| window == content));
    }

    #[tokio::test]
    async fn a_missing_file_is_told_before_anything_is_sent() {
        let error = Form::new([], "file", "no/such/file").open().await.unwrap_err();
        assert!(error.is_unsent());
    }
}
