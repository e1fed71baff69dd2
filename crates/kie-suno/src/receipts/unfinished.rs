//! Reading the unfinished receipts page by page.

use std::{
    fmt,
    pin::Pin,
    task::{Context, Poll},
    vec,
};

use futures_core::Stream;
use kie_ledger::{Receipt, ReceiptId};

use crate::{client::Client, error::Error};

/// Number of receipts that are read from the ledger at a time.
const PAGE: usize = 64;

impl Client {
    /// Reads the unfinished receipts, the oldest first: calls that were not sent yet, calls that may have been paid
    /// for, tasks that are running, and finished tasks that are not saved.
    ///
    /// `.await` the returned [`Unfinished`] to get all of them at once, or take them one by one with
    /// [`next`](Unfinished::next).
    ///
    /// ```no_run
    /// # async fn demo(client: kie_suno::Client) -> Result<(), kie_suno::Error> {
    /// for receipt in client.unfinished().await? {
    ///     println!("{} {}", receipt.operation, receipt.state);
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// [`Error::Ledger`] if the ledger cannot be read, or if the client has no ledger.
    pub fn unfinished(&self) -> Unfinished {
        Unfinished { client: self.clone(), after: None, page: Vec::new().into_iter(), reading: None, is_last: false }
    }
}

/// Unfinished receipts, as a stream that ends after the last receipt or the first error. When awaited, returns all of
/// them as a list. Returned by [`Client::unfinished`].
///
/// The stream reads the receipts from the ledger in pages, and holds one page at a time. A receipt that is written
/// while the stream is read may be in the stream or not.
///
/// ```no_run
/// # async fn demo(client: kie_suno::Client) -> Result<(), kie_suno::Error> {
/// let mut unfinished = client.unfinished();
/// while let Some(receipt) = unfinished.next().await {
///     println!("{}", receipt?.operation);
/// }
/// # Ok(())
/// # }
/// ```
#[must_use = "nothing is read unless this is awaited or polled"]
pub struct Unfinished {
    client: Client,
    /// Last receipt of the latest page.
    after: Option<ReceiptId>,
    /// Receipts of the latest page that were not returned yet.
    page: vec::IntoIter<Receipt>,
    /// Future of the next page, while it is read.
    reading: Option<Page>,
    /// `true` if no page follows.
    is_last: bool,
}

type Page = Pin<Box<dyn Future<Output = Result<Vec<Receipt>, Error>> + Send>>;

impl Unfinished {
    /// Returns the next receipt, or `None` if the stream has ended. Dropping the future before it resolves loses no
    /// receipt.
    pub async fn next(&mut self) -> Option<Result<Receipt, Error>> {
        std::future::poll_fn(|cx| Pin::new(&mut *self).poll_next(cx)).await
    }

    fn read(&self) -> Page {
        let (client, after) = (self.client.clone(), self.after);
        Box::pin(async move { client.ledger()?.unfinished(after, PAGE).await.map_err(Error::Ledger) })
    }
}

impl Stream for Unfinished {
    type Item = Result<Receipt, Error>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        loop {
            if let Some(receipt) = self.page.next() {
                return Poll::Ready(Some(Ok(receipt)));
            }
            if self.is_last {
                return Poll::Ready(None);
            }
            let mut reading = self.reading.take().unwrap_or_else(|| self.read());
            let Poll::Ready(page) = reading.as_mut().poll(cx) else {
                self.reading = Some(reading);
                return Poll::Pending;
            };
            self.is_last = page.as_ref().map_or(true, |page| page.len() < PAGE);
            match page {
                Ok(page) => {
                    self.after = page.last().map(|receipt| receipt.id);
                    self.page = page.into_iter();
                }
                Err(error) => return Poll::Ready(Some(Err(error))),
            }
        }
    }
}

impl IntoFuture for Unfinished {
    type Output = Result<Vec<Receipt>, Error>;
    type IntoFuture = Pin<Box<dyn Future<Output = Self::Output> + Send>>;

    fn into_future(mut self) -> Self::IntoFuture {
        Box::pin(async move {
            let mut receipts = Vec::new();
            while let Some(receipt) = self.next().await {
                receipts.push(receipt?);
            }
            Ok(receipts)
        })
    }
}

impl fmt::Debug for Unfinished {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Unfinished").field("after", &self.after).finish_non_exhaustive()
    }
}
