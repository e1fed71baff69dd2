//! Bodies of requests and responses.

use std::{
    fmt,
    pin::Pin,
    task::{Context, Poll},
    time::Duration,
};

use bytes::{Bytes, BytesMut};
use http_body::{Body as _, Frame, SizeHint};
use http_body_util::BodyExt;
use hyper::body::Incoming;

use crate::{
    error::{Error, ErrorKind},
    timeouts::within,
};

/// The body of a request or a response.
pub struct Body(Inner);

enum Inner {
    Whole(Option<Bytes>),
    Incoming(Incoming),
    Boxed(Pin<Box<dyn http_body::Body<Data = Bytes, Error = Error> + Send>>),
}

impl Body {
    /// Returns an empty body.
    pub fn empty() -> Self {
        Self(Inner::Whole(None))
    }

    /// Returns a body that is sent or received in pieces.
    pub fn streaming(body: impl http_body::Body<Data = Bytes, Error = Error> + Send + 'static) -> Self {
        Self(Inner::Boxed(Box::pin(body)))
    }

    /// Returns the next piece, or `None` at the end of the body. Waits at most `idle` for the piece.
    pub(crate) async fn piece(&mut self, idle: Duration) -> Option<Result<Bytes, Error>> {
        while !self.is_end_stream() {
            match within(|| idle, self.frame()).await {
                Err(_) => return Some(Err(Error::new(ErrorKind::Timeout, "the response stopped arriving"))),
                Ok(None) => return None,
                Ok(Some(Err(error))) => return Some(Err(error)),
                // Trailers (headers after the body) are ignored, because no caller of this crate needs them.
                Ok(Some(Ok(frame))) => match frame.into_data() {
                    Ok(data) if !data.is_empty() => return Some(Ok(data)),
                    _ => {}
                },
            }
        }
        None
    }

    /// Reads the whole body, of at most `limit` bytes. No pause between two pieces may be longer than `idle`.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::TooLarge`] if the body is longer than `limit`, [`ErrorKind::Timeout`] if a pause is longer than
    /// `idle`, or the error of the connection.
    pub fn whole(mut self, limit: usize, idle: Duration) -> impl Future<Output = Result<Bytes, Error>> {
        let too_large = move || Error::new(ErrorKind::TooLarge, format!("the response has more than {limit} bytes"));
        // `whole` is not an `async fn`, because the future of an `async fn` would store the body twice.
        async move {
            let Some(first) = self.piece(idle).await.transpose()? else { return Ok(Bytes::new()) };
            if first.len() > limit {
                return Err(too_large());
            }
            // Most responses have only one piece. The piece is returned without a copy.
            let Some(second) = self.piece(idle).await.transpose()? else { return Ok(first) };
            let mut whole = BytesMut::from(first);
            let mut piece = second;
            loop {
                if whole.len() + piece.len() > limit {
                    return Err(too_large());
                }
                whole.extend_from_slice(&piece);
                match self.piece(idle).await.transpose()? {
                    Some(next) => piece = next,
                    None => return Ok(whole.freeze()),
                }
            }
        }
    }
}

impl http_body::Body for Body {
    type Data = Bytes;
    type Error = Error;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Error>>> {
        match &mut self.0 {
            Inner::Whole(bytes) => Poll::Ready(bytes.take().map(|bytes| Ok(Frame::data(bytes)))),
            Inner::Incoming(body) => Pin::new(body).poll_frame(cx).map_err(|error| {
                Error::new(ErrorKind::Interrupted, "the connection broke in the middle of the response")
                    .with_source(error)
            }),
            Inner::Boxed(body) => body.as_mut().poll_frame(cx),
        }
    }

    fn is_end_stream(&self) -> bool {
        match &self.0 {
            Inner::Whole(bytes) => bytes.is_none(),
            Inner::Incoming(body) => body.is_end_stream(),
            Inner::Boxed(body) => body.is_end_stream(),
        }
    }

    fn size_hint(&self) -> SizeHint {
        match &self.0 {
            Inner::Whole(bytes) => SizeHint::with_exact(bytes.as_ref().map_or(0, |bytes| bytes.len() as u64)),
            Inner::Incoming(body) => body.size_hint(),
            Inner::Boxed(body) => body.size_hint(),
        }
    }
}

impl From<Bytes> for Body {
    fn from(bytes: Bytes) -> Self {
        Self(Inner::Whole((!bytes.is_empty()).then_some(bytes)))
    }
}

impl From<Vec<u8>> for Body {
    fn from(bytes: Vec<u8>) -> Self {
        Bytes::from(bytes).into()
    }
}

impl From<String> for Body {
    fn from(text: String) -> Self {
        Bytes::from(text).into()
    }
}

impl From<&'static str> for Body {
    fn from(text: &'static str) -> Self {
        Bytes::from_static(text.as_bytes()).into()
    }
}

impl From<Incoming> for Body {
    fn from(body: Incoming) -> Self {
        Self(Inner::Incoming(body))
    }
}

impl fmt::Debug for Body {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Inner::Whole(bytes) => write!(f, "Body({} bytes)", bytes.as_ref().map_or(0, Bytes::len)),
            Inner::Incoming(_) | Inner::Boxed(_) => f.write_str("Body(streaming)"),
        }
    }
}
