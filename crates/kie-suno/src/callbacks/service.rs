//! The receiver as a tower and hyper service, which axum can call too.

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

/// Body of the response, as in the samples of the service's documentation. The service ignores it.
const RECEIVED: &str = r#"{"status":"received"}"#;

/// Number of bytes at the start of each body that do not count against the memory limit, so that small bodies never
/// wait for memory. Only the number of connections that the web server accepts limits the memory for these bytes.
const UNCOUNTED_BYTES: usize = 64 * 1024;

/// A [`Receiver`] as a tower or hyper service, which a web server calls for each request. Made by
/// [`Receiver::service`]. Cheap to clone.
///
/// Implements the `Service` traits of tower and of hyper. On axum, mount it with `route_service`.
#[derive(Clone)]
pub struct ReceiverService(Arc<Receiver>);

/// Future of the HTTP response to a callback.
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
        Box::pin(async move { Ok(response(receiver.handle(request).await)) })
    }
}

impl Receiver {
    async fn handle(&self, request: Request<impl Body>) -> StatusCode {
        let (head, body) = request.into_parts();
        let signed = match self.check_head(&head) {
            Ok(signed) => signed,
            Err(status) => return status,
        };
        let read = timeout(self.body_timeout, self.read(body)).await;
        match read.unwrap_or(Err(StatusCode::REQUEST_TIMEOUT)) {
            // The memory permit is released when the callback has been processed.
            Ok((body, _permit)) => self.receive_signed(head.uri.query(), signed, &body).await,
            Err(status) => status,
        }
    }

    /// Refuses requests that can be refused without reading the body, and returns the signature headers.
    fn check_head<'a>(&self, head: &'a Parts) -> Result<(&'a str, &'a str), StatusCode> {
        if head.method != Method::POST {
            return Err(StatusCode::METHOD_NOT_ALLOWED);
        }
        let signed = self.signature_headers(&head.headers).ok_or(StatusCode::UNAUTHORIZED)?;
        let length = head.headers.get(header::CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse().ok());
        if length.is_some_and(|length: u64| length > self.body_limit as u64) {
            return Err(StatusCode::PAYLOAD_TOO_LARGE);
        }
        Ok(signed)
    }

    /// Reads a body. As the bytes arrive, acquires memory for them from the memory limit, except for the first
    /// [`UNCOUNTED_BYTES`]. Returns the body, and one permit for all the memory acquired. The memory is released when
    /// the permit is dropped.
    async fn read(&self, body: impl Body) -> Result<(Bytes, SemaphorePermit<'_>), StatusCode> {
        let mut body = pin!(body);
        let mut whole = BytesMut::new();
        let mut permit = self.acquire(0).await?;
        while let Some(frame) = body.frame().await {
            let Ok(frame) = frame else { return Err(StatusCode::BAD_REQUEST) };
            let Ok(mut data) = frame.into_data() else { continue };
            let length = whole.len() + data.remaining();
            if length > self.body_limit {
                return Err(StatusCode::PAYLOAD_TOO_LARGE);
            }
            let missing = length.saturating_sub(UNCOUNTED_BYTES).saturating_sub(permit.num_permits());
            permit.merge(self.acquire(missing).await?);
            // Most bodies arrive in one piece. Such a body is returned without a copy.
            if whole.is_empty() && body.is_end_stream() {
                return Ok((data.copy_to_bytes(length), permit));
            }
            whole.put(data);
        }
        Ok((whole.freeze(), permit))
    }

    async fn acquire(&self, bytes: usize) -> Result<SemaphorePermit<'_>, StatusCode> {
        let bytes = u32::try_from(bytes).unwrap_or(u32::MAX);
        self.memory.acquire_many(bytes).await.map_err(|_| StatusCode::SERVICE_UNAVAILABLE)
    }
}

fn response(status: StatusCode) -> Response<Full<Bytes>> {
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
