//! A test double of the service that always gives the same response.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use kie_suno::{
    HttpService,
    transport::{Body, HttpFuture, http},
};

/// A test double of the service. It gives the same response to every request, and counts the requests.
#[derive(Debug, Clone)]
pub(crate) struct Canned {
    http_status: u16,
    body: &'static str,
    calls: Arc<AtomicUsize>,
}

impl Canned {
    pub(crate) fn new(http_status: u16, body: &'static str) -> Self {
        Self { http_status, body, calls: Arc::default() }
    }

    pub(crate) fn calls(&self) -> usize {
        self.calls.load(Ordering::Relaxed)
    }
}

impl HttpService for Canned {
    fn call(&self, _: http::Request<Body>) -> HttpFuture<'_> {
        self.calls.fetch_add(1, Ordering::Relaxed);
        let answer = http::Response::builder().status(self.http_status).body(Body::from(self.body)).unwrap();
        Box::pin(async move { Ok(answer) })
    }
}
