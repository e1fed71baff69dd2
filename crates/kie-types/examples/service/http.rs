//! HTTP client of this example: hyper-util's. Take the client that your service already has.

use std::time::Duration;

use axum::{
    body::{Body, Bytes, to_bytes},
    http::{Request, StatusCode},
};
use hyper_util::{
    client::legacy::{Client, connect::HttpConnector},
    rt::TokioExecutor,
};
use tokio::time::timeout;

use crate::Failure;

/// Maximum size of a response, in bytes.
const MAX_SIZE: usize = 4 << 20;
/// Time limit of one call.
const TIME: Duration = Duration::from_secs(30);

/// Sends plain HTTP. For `https`, give the builder a connector with TLS.
#[derive(Clone)]
pub(crate) struct Http(Client<HttpConnector, Body>);

impl Http {
    pub(crate) fn new() -> Self {
        // A client that repeats a call by itself can pay twice.
        Self(Client::builder(TokioExecutor::new()).retry_canceled_requests(false).build_http())
    }

    /// Returns the status and the body of the response.
    pub(crate) async fn send(&self, request: Request<Body>) -> Result<(StatusCode, Bytes), Failure> {
        let response = timeout(TIME, self.0.request(request)).await??;
        let status = response.status();
        let body = timeout(TIME, to_bytes(Body::new(response.into_body()), MAX_SIZE)).await??;
        Ok((status, body))
    }
}
