//! So many callbacks over one connection in memory, one after the other: what a receiver does for each, and nothing else.

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
    receivers::{self, Way},
    runtime, tell,
};

/// How many callbacks come before. The SDK remembers 10,000.
const WARM: usize = 200;

pub(crate) fn run(kind: &str, callbacks: usize, counter: Counter) -> anyhow::Result<()> {
    let (runtime, way) = (runtime()?, Way::named(kind)?);
    let answered = Arc::<AtomicUsize>::default();
    let connection = |first, count| {
        let (requests, way, answered) = (receivers::requests(first, count), way.clone(), answered.clone());
        let stream =
            Ready { requests: requests.into_iter(), rest: Bytes::new(), reader: None, is_asked: false, answered };
        async move { way.serve(stream).await }
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
        tell("allocations", (after.blocks - before.blocks) as f64 / callbacks as f64);
        tell("bytes", (after.bytes - before.bytes) as f64 / callbacks as f64);
    }
    Ok(())
}

/// A peer that sends a request when the one before it is answered, and hangs up after the last.
struct Ready {
    requests: std::vec::IntoIter<Bytes>,
    rest: Bytes,
    reader: Option<Waker>,
    /// Whether a request is under way.
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
        // An answer is small, and written as one.
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
