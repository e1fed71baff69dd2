//! The receiver as a service of tower's, axum's and hyper's kind.

use std::{
    convert::Infallible,
    fmt,
    pin::{Pin, pin},
    sync::Arc,
    task::{Context, Poll},
};

use bytes::{Buf, BufMut, Bytes, BytesMut};
use http::{HeaderValue, Method, Request, Response, StatusCode, header, request::Parts};
use http_body::Body;
use http_body_util::{BodyExt, Full};
use tokio::{sync::SemaphorePermit, time::timeout};

use super::Receiver;

/// What samples of the service's documentation answer. It does not look at it.
const RECEIVED: &str = r#"{"status":"received"}"#;

/// How much of each body needs no room. The connection that it comes by holds as much anyway.
const ROOMLESS: usize = 64 * 1024;

/// A [`Receiver`] as a service, made by [`Receiver::service`]. Cheap to clone.
///
/// It is a service of tower's, which axum mounts with `route_service`, and of hyper's own.
#[derive(Clone)]
pub struct ReceiverService(Arc<Receiver>);

/// The future of an answer.
type ServiceFuture = Pin<Box<dyn Future<Output = Result<Response<Full<Bytes>>, Infallible>> + Send>>;

impl ReceiverService {
    pub(super) fn new(receiver: Receiver) -> Self {
        Self(Arc::new(receiver))
    }

    fn answer<B>(&self, request: Request<B>) -> ServiceFuture
    where
        B: Body<Data: Send, Error: Send> + Send + 'static,
    {
        let receiver = Arc::clone(&self.0);
        Box::pin(async move { Ok(answer(receiver.take(request).await)) })
    }
}

impl Receiver {
    async fn take(&self, request: Request<impl Body>) -> StatusCode {
        let (head, body) = request.into_parts();
        let signed = match self.admit(&head) {
            Ok(signed) => signed,
            Err(status) => return status,
        };
        let read = timeout(self.body_time, self.read(body)).await;
        match read.unwrap_or(Err(StatusCode::REQUEST_TIMEOUT)) {
            // The room is given back when the callback is dealt with.
            Ok((body, _room)) => self.receive_signed(head.uri.query(), signed, &body).await,
            Err(status) => status,
        }
    }

    /// Refuses what can be refused without its body, and returns what is signed.
    fn admit<'a>(&self, head: &'a Parts) -> Result<(&'a str, &'a str), StatusCode> {
        if head.method != Method::POST {
            return Err(StatusCode::METHOD_NOT_ALLOWED);
        }
        let signed = self.signed(&head.headers).ok_or(StatusCode::UNAUTHORIZED)?;
        let length = head.headers.get(header::CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse().ok());
        if length.is_some_and(|length: u64| length > self.body_limit as u64) {
            return Err(StatusCode::PAYLOAD_TOO_LARGE);
        }
        Ok(signed)
    }

    /// Reads a body, and holds room for what there is of it so far, but for its first bytes.
    async fn read(&self, body: impl Body) -> Result<(Bytes, SemaphorePermit<'_>), StatusCode> {
        let mut body = pin!(body);
        let mut whole = BytesMut::new();
        let mut room = self.acquire(0).await?;
        while let Some(frame) = body.frame().await {
            let Ok(frame) = frame else { return Err(StatusCode::BAD_REQUEST) };
            let Ok(mut data) = frame.into_data() else { continue };
            let length = whole.len() + data.remaining();
            if length > self.body_limit {
                return Err(StatusCode::PAYLOAD_TOO_LARGE);
            }
            let owed = length.saturating_sub(ROOMLESS).saturating_sub(room.num_permits());
            room.merge(self.acquire(owed).await?);
            // Most bodies come in one piece, which is not copied.
            if whole.is_empty() && body.is_end_stream() {
                return Ok((data.copy_to_bytes(length), room));
            }
            whole.put(data);
        }
        Ok((whole.freeze(), room))
    }

    async fn acquire(&self, bytes: usize) -> Result<SemaphorePermit<'_>, StatusCode> {
        let bytes = u32::try_from(bytes).unwrap_or(u32::MAX);
        self.memory.acquire_many(bytes).await.map_err(|_| StatusCode::SERVICE_UNAVAILABLE)
    }
}

fn answer(status: StatusCode) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::default());
    *response.status_mut() = status;
    match status {
        StatusCode::OK => {
            *response.body_mut() = Full::from(RECEIVED);
            response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
        }
        StatusCode::METHOD_NOT_ALLOWED => {
            response.headers_mut().insert(header::ALLOW, HeaderValue::from_static("POST"));
        }
        _ => {}
    }
    response
}

impl<B> tower_service::Service<Request<B>> for ReceiverService
where
    B: Body<Data: Send, Error: Send> + Send + 'static,
{
    type Response = Response<Full<Bytes>>;
    type Error = Infallible;
    type Future = ServiceFuture;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<B>) -> ServiceFuture {
        self.answer(request)
    }
}

impl<B> hyper::service::Service<Request<B>> for ReceiverService
where
    B: Body<Data: Send, Error: Send> + Send + 'static,
{
    type Response = Response<Full<Bytes>>;
    type Error = Infallible;
    type Future = ServiceFuture;

    fn call(&self, request: Request<B>) -> ServiceFuture {
        self.answer(request)
    }
}

impl fmt::Debug for ReceiverService {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("ReceiverService").field(&self.0).finish()
    }
}
