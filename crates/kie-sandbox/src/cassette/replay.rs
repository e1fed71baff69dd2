//! Responses that are made from recorded ones.

use std::{
    collections::HashMap,
    pin::Pin,
    task::{Context, Poll},
};

use base64::{Engine as _, prelude::BASE64_STANDARD};
use bytes::Bytes;
use http::{HeaderName, HeaderValue, Response, StatusCode};
use kie_transport::{
    Body, Error, ErrorKind,
    http_body::{self, Frame, SizeHint},
};

use super::exchange::{Exchange, Outcome, RecordedBody, RecordedResponse};

/// Zeros in place of the content that a cassette does not have.
static ZEROS: [u8; 64 << 10] = [0; 64 << 10];

/// Returns the outcome of the exchange. In a text, the false ids of `bindings` become the ids of the application.
pub(super) fn outcome(exchange: &Exchange, bindings: &HashMap<String, String>) -> Result<Response<Body>, Error> {
    match &exchange.outcome {
        Outcome::Error(kind) => Err(Error::new(kind_of(kind), format!("the cassette has the error \"{kind}\""))),
        Outcome::Response(recorded) => Ok(response(recorded, bindings)),
    }
}

fn response(recorded: &RecordedResponse, bindings: &HashMap<String, String>) -> Response<Body> {
    let rebound = |text: &str| bindings.iter().fold(text.to_owned(), |text, (id, own)| text.replace(id, own));
    let content = match &recorded.body {
        None => Content { start: Bytes::new(), zeros: 0, cut: recorded.cut },
        Some(RecordedBody::Json(value)) => Content::text(rebound(&value.to_string()), recorded.cut),
        Some(RecordedBody::Text(text)) => Content::text(rebound(text), recorded.cut),
        Some(RecordedBody::Bytes { length, start, .. }) => {
            let start = Bytes::from(BASE64_STANDARD.decode(start).unwrap_or_default());
            let zeros = length.saturating_sub(start.len() as u64);
            Content { start, zeros, cut: recorded.cut }
        }
    };
    let mut response = Response::new(Body::streaming(content));
    *response.status_mut() = StatusCode::from_u16(recorded.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    for (name, value) in &recorded.headers {
        if let (Ok(name), Ok(value)) = (name.parse::<HeaderName>(), HeaderValue::from_str(&rebound(value))) {
            response.headers_mut().insert(name, value);
        }
    }
    response
}

/// Returns the kind of an error. A kind that is not known is the most careful one.
fn kind_of(word: &str) -> ErrorKind {
    use ErrorKind::{Connect, Disk, Interrupted, Setup, Timeout, TooLarge, Unsent};
    let kinds = [Setup, Connect, Unsent, Timeout, Interrupted, TooLarge, Disk];
    kinds.into_iter().find(|kind| kind.to_string() == word).unwrap_or(Interrupted)
}

/// A body: first its start, then zeros, then perhaps an error.
struct Content {
    start: Bytes,
    zeros: u64,
    cut: bool,
}

impl Content {
    fn text(text: String, cut: bool) -> Self {
        Self { start: text.into(), zeros: 0, cut }
    }
}

impl http_body::Body for Content {
    type Data = Bytes;
    type Error = Error;

    fn poll_frame(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Error>>> {
        let start = std::mem::take(&mut self.start);
        if !start.is_empty() {
            return Poll::Ready(Some(Ok(Frame::data(start))));
        }
        let count = usize::try_from(self.zeros).unwrap_or(usize::MAX).min(ZEROS.len());
        if count > 0 {
            self.zeros -= count as u64;
            return Poll::Ready(Some(Ok(Frame::data(Bytes::from_static(&ZEROS[..count])))));
        }
        if std::mem::take(&mut self.cut) {
            let broken = Error::new(ErrorKind::Interrupted, "the cassette has only a part of the response");
            return Poll::Ready(Some(Err(broken)));
        }
        Poll::Ready(None)
    }

    fn is_end_stream(&self) -> bool {
        self.start.is_empty() && self.zeros == 0 && !self.cut
    }

    fn size_hint(&self) -> SizeHint {
        let left = self.start.len() as u64 + self.zeros;
        if self.cut { SizeHint::default() } else { SizeHint::with_exact(left) }
    }
}
