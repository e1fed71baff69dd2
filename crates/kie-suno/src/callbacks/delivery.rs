//! Callbacks as a stream for the application.

use std::{
    collections::VecDeque,
    fmt,
    pin::Pin,
    sync::{Arc, Mutex, MutexGuard, PoisonError, Weak},
    task::{Context, Poll, Waker},
};

use futures_core::Stream;
use kie_types::{AnyCallback, Unreadable};

use kie_ledger::ReceiptId;

/// Maximum number of callbacks that are queued for one reader.
const MAX_QUEUED: usize = 1_024;
/// Maximum size of the callbacks that are queued for one reader, in bytes.
const MAX_QUEUED_BYTES: usize = 16 * 1024 * 1024;

/// A callback that was received. Unless the receiver is [unsigned](super::Receiver::unsigned), the signature was
/// verified. The signature does not cover the body.
///
/// ```no_run
/// # async fn demo(receiver: kie_suno::callbacks::Receiver, client: kie_suno::Client) -> Result<(), kie_suno::Error> {
/// use kie_suno::records::Music;
///
/// let mut deliveries = receiver.deliveries();
/// while let Some(delivery) = deliveries.next().await {
///     let Ok(delivery) = delivery else { continue };
///     // Poll the task at the service: the body of a callback is not signed.
///     let record = client.task::<Music>(delivery.task_id.as_str()).fetch().await?;
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
#[non_exhaustive]
pub struct Delivery {
    /// Id of the task. If there is a signature, it covers this id.
    pub task_id: String,
    /// Id of the receipt of the call that started the task, if the callback address contains this id.
    pub receipt: Option<ReceiptId>,
    /// `true` if, when the callback arrived, the time of its signature differed from the clock by more than the
    /// [tolerance](super::Verifier::tolerance), by default 300 seconds. The callback may be a copy that an attacker
    /// recorded and sent again.
    pub is_stale: bool,
    body: Arc<[u8]>,
}

impl Delivery {
    /// Makes a callback about the task with this id, for the tests of an application.
    ///
    /// ```
    /// use kie_suno::callbacks::Delivery;
    ///
    /// let body = br#"{"code":200,"msg":"success","data":{"callbackType":"complete","task_id":"4be1c0d2","data":[]}}"#;
    /// let delivery = Delivery::new("4be1c0d2", body);
    /// assert!(delivery.parse_unverified().is_ok());
    /// ```
    pub fn new(task_id: impl Into<String>, body: impl AsRef<[u8]>) -> Self {
        Self { task_id: task_id.into(), receipt: None, is_stale: false, body: body.as_ref().into() }
    }

    /// Sets the id of the receipt of the call that started the task, as if the callback address had contained this id.
    #[must_use]
    pub fn with_receipt(mut self, receipt: ReceiptId) -> Self {
        self.receipt = Some(receipt);
        self
    }

    /// Marks the callback as [stale](Self::is_stale).
    #[must_use]
    pub fn stale(mut self) -> Self {
        self.is_stale = true;
        self
    }

    pub(super) fn received(task_id: &str, receipt: Option<ReceiptId>, is_stale: bool, body: &[u8]) -> Self {
        Self { receipt, is_stale, ..Self::new(task_id, body) }
    }

    /// Parses the body. **The signature does not cover the body**: [fetch the task](crate::Task::fetch) before you act
    /// on its content.
    ///
    /// # Errors
    ///
    /// [`Unreadable`] if the body is not a callback.
    pub fn parse_unverified(&self) -> Result<AnyCallback, Unreadable> {
        AnyCallback::parse(&self.body)
    }
}

impl fmt::Debug for Delivery {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Delivery")
            .field("task_id", &self.task_id)
            .field("receipt", &self.receipt)
            .field("is_stale", &self.is_stale)
            .finish_non_exhaustive()
    }
}

/// Error item of the stream [`Deliveries`]: the number of callbacks that were dropped because the reader of the stream
/// was too slow. The oldest callbacks are dropped first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{0} callbacks were dropped because the reader of the stream was too slow")]
pub struct Lagged(pub u64);

/// Stream of the callbacks that arrive. Made by [`Receiver::deliveries`](super::Receiver::deliveries).
///
/// The receiver does not wait for the reader. It queues at most 1,024 callbacks and at most 16 MiB for each stream. If
/// more callbacks arrive, it drops the oldest ones, and the next item is the error [`Lagged`] with the number of
/// dropped callbacks. The stream ends when the receiver and all its clones and services are dropped.
#[must_use = "a stream does nothing unless it is polled"]
pub struct Deliveries(Arc<Queue>);

impl Deliveries {
    /// Returns the next callback. Dropping the future before it is ready loses no callback.
    pub async fn next(&mut self) -> Option<Result<Delivery, Lagged>> {
        std::future::poll_fn(|cx| Pin::new(&mut *self).poll_next(cx)).await
    }
}

impl Stream for Deliveries {
    type Item = Result<Delivery, Lagged>;

    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let mut queue = self.0.lock();
        if queue.dropped > 0 {
            return Poll::Ready(Some(Err(Lagged(std::mem::take(&mut queue.dropped)))));
        }
        if let Some(delivery) = queue.pop() {
            return Poll::Ready(Some(Ok(delivery)));
        }
        if queue.is_closed {
            return Poll::Ready(None);
        }
        queue.waker = Some(cx.waker().clone());
        Poll::Pending
    }
}

impl fmt::Debug for Deliveries {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Deliveries")
    }
}

/// The queues of all readers.
#[derive(Default)]
pub(super) struct Subscribers(Mutex<Vec<Weak<Queue>>>);

impl Subscribers {
    pub(super) fn subscribe(&self) -> Deliveries {
        let queue = Arc::default();
        self.readers().push(Arc::downgrade(&queue));
        Deliveries(queue)
    }

    /// Adds a callback to the queue of each reader. If there is no reader, the delivery is not built.
    pub(super) fn send(&self, delivery: impl FnOnce() -> Delivery) {
        let mut readers = self.readers();
        readers.retain(|reader| reader.strong_count() > 0);
        if !readers.is_empty() {
            let delivery = delivery();
            for queue in readers.iter().filter_map(Weak::upgrade) {
                queue.push(delivery.clone());
            }
        }
    }

    fn readers(&self) -> MutexGuard<'_, Vec<Weak<Queue>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Subscribers {
    fn drop(&mut self) {
        for queue in self.readers().iter().filter_map(Weak::upgrade) {
            let mut queue = queue.lock();
            queue.is_closed = true;
            queue.wake();
        }
    }
}

/// Queue of the callbacks for one reader.
#[derive(Default)]
struct Queue(Mutex<QueueState>);

#[derive(Default)]
struct QueueState {
    deliveries: VecDeque<Delivery>,
    bytes: usize,
    dropped: u64,
    is_closed: bool,
    waker: Option<Waker>,
}

impl Queue {
    fn push(&self, delivery: Delivery) {
        let mut queue = self.lock();
        queue.bytes += delivery.body.len();
        queue.deliveries.push_back(delivery);
        while queue.deliveries.len() > MAX_QUEUED || queue.bytes > MAX_QUEUED_BYTES {
            queue.pop();
            queue.dropped += 1;
        }
        queue.wake();
    }

    fn lock(&self) -> MutexGuard<'_, QueueState> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl QueueState {
    fn pop(&mut self) -> Option<Delivery> {
        let delivery = self.deliveries.pop_front()?;
        self.bytes -= delivery.body.len();
        Some(delivery)
    }

    fn wake(&mut self) {
        if let Some(waker) = self.waker.take() {
            waker.wake();
        }
    }
}
