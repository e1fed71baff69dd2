//! Measures the work of a server that receives callbacks. The callbacks are sent over one connection in memory, one
//! after the other.

use std::{
    io,
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    task::{Context, Poll, Waker},
};

use anyhow::ensure;
use bytes::{Buf as _, Bytes};
use hyper::rt::{Read, ReadBufCursor, Write};

use crate::{
    Counter,
    collected::collected,
    print_number,
    receivers::{self, CallbackServer},
    runtime,
};

/// Number of callbacks that are sent before the measured ones. The SDK's receiver remembers 10,000 callbacks, so it
/// forgets none during the measurement.
const WARM: usize = 200;

pub(crate) fn run(kind: &str, callbacks: usize, counter: Counter) -> anyhow::Result<()> {
    let (runtime, server) = (runtime()?, CallbackServer::named(kind)?);
    let answered = Arc::<AtomicUsize>::default();
    let connection = |first, count| {
        let (requests, server, answered) = (receivers::requests(first, count), server.clone(), answered.clone());
        let stream =
            Ready { requests: requests.into_iter(), rest: Bytes::new(), reader: None, is_asked: false, answered };
        async move { server.serve(stream).await }
    };
    runtime.block_on(connection(0, WARM))?;
    let mut work = Some(connection(WARM, callbacks));
    let mut outcome = Ok(());
    let before = counter.map(|count| count());
    collected(&mut || outcome = work.take().map_or(Ok(()), |work| runtime.block_on(work)));
    let after = counter.map(|count| count());
    outcome?;
    let answered = answered.load(Ordering::Relaxed);
    ensure!(answered == WARM + callbacks, "{kind} took {answered} of {} callbacks", WARM + callbacks);
    if let (Some(before), Some(after)) = (before, after) {
        print_number("allocations", (after.blocks - before.blocks) as f64 / callbacks as f64);
        print_number("bytes", (after.bytes - before.bytes) as f64 / callbacks as f64);
    }
    Ok(())
}

/// A test double of the service that sends callbacks. It sends each callback after the response to the previous one.
/// After the last response it closes the connection.
struct Ready {
    requests: std::vec::IntoIter<Bytes>,
    rest: Bytes,
    reader: Option<Waker>,
    /// `true` if a request was sent and its response has not arrived yet.
    is_asked: bool,
    answered: Arc<AtomicUsize>,
}

impl Read for Ready {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, mut into: ReadBufCursor<'_>) -> Poll<io::Result<()>> {
        if self.rest.is_empty() {
            if self.is_asked {
                self.reader = Some(cx.waker().clone());
                return Poll::Pending;
            }
            self.rest = self.requests.next().unwrap_or_default();
            self.is_asked = !self.rest.is_empty();
        }
        let length = self.rest.len().min(into.remaining());
        into.put_slice(&self.rest[..length]);
        self.rest.advance(length);
        Poll::Ready(Ok(()))
    }
}

impl Write for Ready {
    fn poll_write(mut self: Pin<&mut Self>, _: &mut Context<'_>, answer: &[u8]) -> Poll<io::Result<usize>> {
        // A response is small and the server writes it in one piece. So each write is one whole response.
        if receivers::is_received(answer) {
            self.answered.fetch_add(1, Ordering::Relaxed);
        }
        self.is_asked = false;
        if let Some(reader) = self.reader.take() {
            reader.wake();
        }
        Poll::Ready(Ok(answer.len()))
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }
}
