//! Callbacks on their way to the application.

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

/// How many callbacks wait for a slow reader.
const MOST: usize = 1_024;
/// How many bytes of them do.
const MOST_BYTES: usize = 16 * 1024 * 1024;

/// A callback that arrived: its signature was verified, its body was not.
///
/// ```no_run
/// # async fn demo(receiver: kie_suno::callbacks::Receiver, client: kie_suno::Client) -> Result<(), kie_suno::Error> {
/// use kie_suno::records::Music;
///
/// let mut deliveries = receiver.deliveries();
/// while let Some(delivery) = deliveries.next().await {
///     let Ok(delivery) = delivery else { continue };
///     // What the task itself says counts, whatever the callback claims.
///     let record = client.task::<Music>(delivery.task_id.as_str()).fetch().await?;
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
#[non_exhaustive]
pub struct Delivery {
    /// The task that it is about: the id that the signature covers.
    pub task_id: String,
    /// The receipt that its address named, which tells the call apart that started the task.
    pub receipt: Option<ReceiptId>,
    /// Whether it was signed at another time than now. Somebody may have sent it again who has once seen it.
    pub is_stale: bool,
    body: Arc<[u8]>,
}

impl Delivery {
    /// A callback about the task with this id, for a test of whoever handles it.
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

    /// The same at an address that named this receipt.
    #[must_use]
    pub fn with_receipt(mut self, receipt: ReceiptId) -> Self {
        self.receipt = Some(receipt);
        self
    }

    /// The same, signed at another time than now.
    #[must_use]
    pub fn stale(mut self) -> Self {
        self.is_stale = true;
        self
    }

    pub(super) fn received(task_id: &str, receipt: Option<ReceiptId>, is_stale: bool, body: &[u8]) -> Self {
        Self { receipt, is_stale, ..Self::new(task_id, body) }
    }

    /// What the body claims. **The signature does not cover it**: look the [task](crate::Task::fetch) up before acting on
    /// it.
    ///
    /// # Errors
    ///
    /// [`Unreadable`] if the body is no callback.
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

/// So many deliveries were lost, the oldest, because their reader was slow.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{0} callbacks were lost, for their reader was too slow")]
pub struct Lagged(pub u64);

/// The callbacks that arrive, as a stream. Made by [`Receiver::deliveries`](super::Receiver::deliveries).
///
/// Nothing waits for the reader: 1,024 deliveries are kept for it, or 16 MiB of them, and then the oldest are lost and
/// [counted](Lagged). The stream ends when the receiver and its services are gone.
#[must_use = "deliveries come only when they are asked for"]
pub struct Deliveries(Arc<Queue>);

impl Deliveries {
    /// The next callback. Nothing is lost if the future is dropped before its end.
    pub async fn next(&mut self) -> Option<Result<Delivery, Lagged>> {
        std::future::poll_fn(|cx| Pin::new(&mut *self).poll_next(cx)).await
    }
}

impl Stream for Deliveries {
    type Item = Result<Delivery, Lagged>;

    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let mut queue = self.0.lock();
        if queue.missed > 0 {
            return Poll::Ready(Some(Err(Lagged(std::mem::take(&mut queue.missed)))));
        }
        if let Some(delivery) = queue.pop() {
            return Poll::Ready(Some(Ok(delivery)));
        }
        if queue.is_over {
            return Poll::Ready(None);
        }
        queue.reader = Some(cx.waker().clone());
        Poll::Pending
    }
}

impl fmt::Debug for Deliveries {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Deliveries")
    }
}

/// Everybody who reads deliveries.
#[derive(Default)]
pub(super) struct Subscribers(Mutex<Vec<Weak<Queue>>>);

impl Subscribers {
    pub(super) fn join(&self) -> Deliveries {
        let queue = Arc::default();
        self.readers().push(Arc::downgrade(&queue));
        Deliveries(queue)
    }

    /// Hands a delivery to everybody; it is not even made if there is nobody.
    pub(super) fn tell(&self, delivery: impl FnOnce() -> Delivery) {
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
            queue.is_over = true;
            queue.wake();
        }
    }
}

/// What waits for one reader.
#[derive(Default)]
struct Queue(Mutex<Waiting>);

#[derive(Default)]
struct Waiting {
    deliveries: VecDeque<Delivery>,
    bytes: usize,
    missed: u64,
    is_over: bool,
    reader: Option<Waker>,
}

impl Queue {
    fn push(&self, delivery: Delivery) {
        let mut queue = self.lock();
        queue.bytes += delivery.body.len();
        queue.deliveries.push_back(delivery);
        while queue.deliveries.len() > MOST || queue.bytes > MOST_BYTES {
            queue.pop();
            queue.missed += 1;
        }
        queue.wake();
    }

    fn lock(&self) -> MutexGuard<'_, Waiting> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Waiting {
    fn pop(&mut self) -> Option<Delivery> {
        let delivery = self.deliveries.pop_front()?;
        self.bytes -= delivery.body.len();
        Some(delivery)
    }

    fn wake(&mut self) {
        if let Some(reader) = self.reader.take() {
            reader.wake();
        }
    }
}
