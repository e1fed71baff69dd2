//! A body that copies what passes through it.

use std::{
    pin::Pin,
    sync::{Arc, Mutex, PoisonError},
    task::{Context, Poll},
};

use bytes::Bytes;
use kie_transport::{
    Body, Error,
    http_body::{self, Frame, SizeHint},
};
use sha2::{Digest as _, Sha256};

/// Copy of a body: its first bytes, its length and its digest.
#[derive(Debug, Default)]
pub(super) struct Copied {
    pub(super) start: Vec<u8>,
    pub(super) length: u64,
    pub(super) is_whole: bool,
    sha256: Sha256,
}

/// A copy that grows while the body is read.
pub(super) type Shared = Arc<Mutex<Copied>>;

impl Copied {
    pub(super) fn sha256(&self) -> Vec<u8> {
        self.sha256.clone().finalize().to_vec()
    }

    fn add(&mut self, data: &[u8], limit: usize) {
        let room = limit.saturating_sub(self.start.len()).min(data.len());
        self.start.extend_from_slice(&data[..room]);
        self.length += data.len() as u64;
        self.sha256.update(data);
    }
}

/// Locks a value. A panic in another thread cannot leave it half changed.
pub(super) fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

struct Tee {
    body: Body,
    copied: Shared,
    limit: usize,
}

/// Returns a body with the same content, and its copy. The copy has at most `limit` bytes.
pub(super) fn tee(body: Body, limit: usize) -> (Body, Shared) {
    let is_whole = http_body::Body::is_end_stream(&body);
    let copied = Arc::new(Mutex::new(Copied { is_whole, ..Copied::default() }));
    if is_whole {
        return (body, copied);
    }
    (Body::streaming(Tee { body, copied: Arc::clone(&copied), limit }), copied)
}

impl http_body::Body for Tee {
    type Data = Bytes;
    type Error = Error;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Error>>> {
        let polled = Pin::new(&mut self.body).poll_frame(cx);
        let mut copied = lock(&self.copied);
        match &polled {
            Poll::Ready(Some(Ok(frame))) => {
                if let Some(data) = frame.data_ref() {
                    copied.add(data, self.limit);
                }
                copied.is_whole = self.body.is_end_stream();
            }
            Poll::Ready(None) => copied.is_whole = true,
            _ => {}
        }
        drop(copied);
        polled
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
