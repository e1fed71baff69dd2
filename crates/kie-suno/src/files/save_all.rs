//! Saves the results of all receipts that are not saved yet, also of tasks that another process started.

use std::{
    fmt,
    future::poll_fn,
    path::{Path, PathBuf},
    pin::{Pin, pin},
    sync::Arc,
    task::{Context, Poll},
    time::{Duration, SystemTime},
};

use futures_core::Stream;
use kie_ledger::{LedgerError, Receipt, ReceiptItem, ReceiptUpdate};
use kie_types::{Item, Job as _, LONGEST_TASK, Lifetime, Music, PollOutcome};
use tokio::time::timeout;

use super::{names::NameTemplate, partial_file::remove_abandoned, save::Save, unique::unique, workers::Workers};
use crate::{
    client::Client,
    error::Error,
    receipts::{TaskFacts, Unfinished},
    saved_file::SavedFile,
};

/// Duration of the claim on a receipt. A claim keeps other processes from saving the same receipt. If this process is
/// killed, another process can claim the receipt after this time.
const LEASE: Duration = Duration::from_secs(60);
/// Interval at which the claim on a receipt is renewed while the files of the receipt are fetched.
const RENEWAL: Duration = Duration::from_secs(20);

impl Client {
    /// Polls the task of every unfinished receipt, and saves the files of the complete tasks into a folder. Call this
    /// method after a restart or a crash, or regularly. `.await` the returned [`SaveAll`] to get all reports at the
    /// end. To get each report as soon as its receipt is done, call [`next`](SaveAll::next).
    ///
    /// The oldest receipts come first, because the service deletes their files first. Receipts that are older than the
    /// [lifetime of files](Lifetime::GENERATED) come last. Receipts that are written after this call are left to the
    /// next call.
    ///
    /// The files of stems, WAV files, covers, videos and MIDI files are named after their song, as
    /// [`Save::of_song`](crate::files::Save::of_song) does, if the ledger knows the song.
    ///
    /// Several calls can run at the same time, also in several processes. Only one call claims a receipt while the
    /// files of the receipt are fetched. An error of one receipt is [reported](SaveOutcome::Error), and the other
    /// receipts are still saved.
    ///
    /// ```no_run
    /// # async fn demo(client: kie_suno::Client) -> Result<(), kie_suno::Error> {
    /// for report in client.save_all("songs").await? {
    ///     println!("{} {:?}", report.receipt.operation, report.outcome);
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// [`Error::Ledger`] if the receipts cannot be read, or if the client has no ledger. The receipts are read in
    /// pages, so some files may be saved before the error. Their receipts are finished, and list the files.
    pub fn save_all(&self, folder: impl AsRef<Path>) -> SaveAll {
        SaveAll {
            worker: Worker {
                client: self.clone(),
                folder: folder.as_ref().to_owned(),
                extras: false,
                names: NameTemplate::default(),
            },
            holder: format!("{:016x}{:016x}", unique(), unique()).into(),
            start: self.now(),
            pass: Pass::Kept,
            has_expired: false,
            receipts: self.unfinished(),
            error: None,
            started: 0,
            workers: Workers::new(),
        }
    }
}

/// Saves the results of all unfinished receipts. When awaited, returns the reports as a list, in the order in which the
/// receipts were started. Made by [`Client::save_all`].
///
/// This value is also a stream of the reports, which ends after the last report or an error. The reports come in the
/// order in which the receipts are done. The stream holds one page of receipts, and works on up to 4 receipts at the
/// same time. Dropping it stops the work on these receipts, and a later call saves them.
///
/// ```no_run
/// # async fn demo(client: kie_suno::Client) -> Result<(), kie_suno::Error> {
/// let mut saving = client.save_all("songs");
/// while let Some(report) = saving.next().await {
///     println!("{:?}", report?.outcome);
/// }
/// # Ok(())
/// # }
/// ```
#[must_use = "nothing is saved unless this is awaited or polled"]
pub struct SaveAll {
    worker: Worker,
    /// Name under which the workers claim receipts.
    holder: Arc<str>,
    start: SystemTime,
    pass: Pass,
    /// `true` if the first pass left out a receipt whose files have expired.
    has_expired: bool,
    receipts: Unfinished,
    /// Error of the ledger. It is returned after the reports of the running workers.
    error: Option<Error>,
    /// Number of receipts that were given to workers.
    started: usize,
    workers: Workers<(usize, SaveReport)>,
}

/// Pass over the unfinished receipts. There are two passes: the ledger returns the oldest receipts first, but the
/// receipts whose files have expired must come last.
#[derive(Clone, Copy, PartialEq)]
enum Pass {
    /// Takes the receipts whose files the service still keeps.
    Kept,
    /// Takes the receipts whose files have expired.
    Expired,
    /// All receipts have been read.
    Over,
}

impl SaveAll {
    /// Also saves lyrics, cover images and records, as [`Save::with_extras`](crate::files::Save::with_extras) does.
    /// Call this method before the first report.
    pub fn with_extras(mut self) -> Self {
        self.worker.extras = true;
        self
    }

    /// Sets the template for the names of the files, as [`Save::names`](crate::files::Save::names) does. Call this method
    /// before the first report.
    pub fn names(mut self, names: NameTemplate) -> Self {
        self.worker.names = names;
        self
    }

    /// Returns the report of the next receipt that is done, or `None` if all receipts are done. Dropping the future
    /// before it resolves loses no report.
    pub async fn next(&mut self) -> Option<Result<SaveReport, Error>> {
        poll_fn(|cx| Pin::new(&mut *self).poll_next(cx)).await
    }

    /// Polls for the next report. Also returns a number that tells when the work on its receipt began: 0 for the first
    /// receipt, 1 for the second.
    fn poll_report(&mut self, cx: &mut Context<'_>) -> Poll<Option<Result<(usize, SaveReport), Error>>> {
        while self.pass != Pass::Over && self.workers.has_room() {
            match Pin::new(&mut self.receipts).poll_next(cx) {
                Poll::Ready(Some(Ok(receipt))) => self.start(receipt),
                Poll::Ready(Some(Err(error))) => (self.error, self.pass) = (Some(error), Pass::Over),
                Poll::Ready(None) if self.pass == Pass::Kept && self.has_expired => {
                    (self.receipts, self.pass) = (self.worker.client.unfinished(), Pass::Expired);
                }
                Poll::Ready(None) => self.pass = Pass::Over,
                Poll::Pending => break,
            }
        }
        match self.workers.poll_next(cx) {
            Poll::Ready(Some(report)) => Poll::Ready(Some(Ok(report))),
            Poll::Ready(None) if self.pass == Pass::Over => Poll::Ready(self.error.take().map(Err)),
            _ => Poll::Pending,
        }
    }

    /// Gives the receipt to a worker, if the receipt has a task and belongs to the current pass.
    fn start(&mut self, receipt: Receipt) {
        let created = receipt.created;
        // A creation time in the future was written before the clock was set back, so such a receipt is not new.
        let is_new = created > self.start && created <= self.worker.client.now();
        if receipt.task_id.is_none() || is_new {
            return;
        }
        let is_expired = self.start.duration_since(created).is_ok_and(|age| age > Lifetime::GENERATED.longest);
        self.has_expired |= is_expired;
        if is_expired != (self.pass == Pass::Expired) {
            return;
        }
        let (number, worker, holder) = (self.started, self.worker.clone(), Arc::clone(&self.holder));
        self.started += 1;
        self.workers.start(async move {
            if number == 0 {
                remove_abandoned(&worker.folder).await;
            }
            let outcome = worker.claim_and_save(&receipt, &holder).await.unwrap_or_else(SaveOutcome::Error);
            (number, SaveReport { receipt, outcome })
        });
    }
}

impl Stream for SaveAll {
    type Item = Result<SaveReport, Error>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.poll_report(cx).map(|report| report.map(|report| report.map(|(_, report)| report)))
    }
}

impl IntoFuture for SaveAll {
    type Output = Result<Vec<SaveReport>, Error>;
    type IntoFuture = Pin<Box<dyn Future<Output = Self::Output> + Send>>;

    fn into_future(mut self) -> Self::IntoFuture {
        Box::pin(async move {
            let mut reports = Vec::new();
            while let Some(report) = poll_fn(|cx| self.poll_report(cx)).await {
                reports.push(report?);
            }
            reports.sort_by_key(|(number, _)| *number);
            Ok(reports.into_iter().map(|(_, report)| report).collect())
        })
    }
}

impl fmt::Debug for SaveAll {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Worker { folder, extras, .. } = &self.worker;
        f.debug_struct("SaveAll").field("folder", folder).field("extras", extras).finish_non_exhaustive()
    }
}

/// Settings for saving one receipt.
#[derive(Clone)]
struct Worker {
    client: Client,
    folder: PathBuf,
    extras: bool,
    names: NameTemplate,
}

impl Worker {
    /// Claims a receipt, saves its files if its task is complete, and releases the claim.
    async fn claim_and_save(self, receipt: &Receipt, holder: &str) -> Result<SaveOutcome, Error> {
        let client = self.client.clone();
        let ledger = client.ledger()?;
        let claimed = ledger.claim(receipt.id, holder, LEASE).await.map_err(Error::Ledger)?;
        let Some(receipt) = claimed else { return Ok(SaveOutcome::Held) };
        let id = receipt.id;
        let outcome = if receipt.state.is_finished() {
            Ok(SaveOutcome::Held)
        } else {
            let mut saving = pin!(self.save(receipt));
            loop {
                if let Ok(outcome) = timeout(RENEWAL, &mut saving).await {
                    break outcome;
                }
                match ledger.claim(id, holder, LEASE).await {
                    Ok(Some(_)) => {}
                    Ok(None) => break Ok(SaveOutcome::Held),
                    Err(error) => break Err(Error::Ledger(error)),
                }
            }
        };
        if let Err(error) = ledger.release(id, holder).await {
            tracing::warn!(receipt = %id, %error, "a claim could not be released, and ends by itself after 60 seconds");
        }
        outcome
    }

    async fn save(self, receipt: Receipt) -> Result<SaveOutcome, Error> {
        let Self { client, folder, extras, names } = self;
        // If the clock was set back, `created` is in the future, and the receipt counts as young.
        let is_young = client.now().duration_since(receipt.created).map_or(true, |age| age < LONGEST_TASK);
        let Some(task) = client.task_of(&receipt) else {
            let message = format!("the operation of the receipt is not known to start tasks: {}", receipt.operation);
            return Err(Error::Ledger(LedgerError::new(message)));
        };
        let (outcome, mut items, cost) = match task.poll().await {
            Ok(Some(record)) => {
                let items = record.items();
                (PollOutcome::of(record.state(), &items, is_young), items, record.credits_consumed())
            }
            Ok(None) => return Ok(SaveOutcome::NotFound),
            Err(Error::Failed(failed)) => {
                (PollOutcome::Failed(failed.failure().clone()), failed.items().to_vec(), None)
            }
            Err(error) => return Err(error),
        };
        let update = ReceiptUpdate::from_poll(&outcome);
        let facts = |update: &ReceiptUpdate, items: &[Item]| TaskFacts::new(update, cost, || items.to_vec());
        let failure = match outcome {
            PollOutcome::Complete => None,
            PollOutcome::Failed(failure) => Some(failure),
            outcome => {
                if let Some(update) = update {
                    task.update_receipt(&update, facts(&update, &items)).await;
                }
                return if outcome == PollOutcome::Empty {
                    Err(task.shows_nothing())
                } else {
                    Ok(SaveOutcome::Running)
                };
            }
        };
        if failure.is_some() {
            items.retain(Item::is_available);
        }
        // The update of a failed task finishes its receipt. So the update is written only after the results are saved:
        // if they cannot be saved, the receipt stays open, and a later call tries again.
        if let (None, Some(update)) = (&failure, &update) {
            task.update_receipt(update, facts(update, &items)).await;
        }
        let mut save = Save::new(task.clone(), items.clone(), &folder).names(names);
        if let Some(song) = source_song(&client, &receipt, task.job).await {
            save = save.of_song(song.title.as_deref().unwrap_or_default(), song.id.as_deref().unwrap_or_default());
        }
        let files = if extras { save.with_extras() } else { save }.run().await?;
        let Some(failure) = failure else { return Ok(SaveOutcome::Saved(files)) };
        if let Some(update) = update {
            task.update_receipt(&update, facts(&update, &items)).await;
        }
        Ok(SaveOutcome::Failed { reason: failure.to_string(), files })
    }
}

/// Returns the track that the results of a receipt belong to. `None` if the results are tracks themselves, or if the
/// ledger does not know the track. An error of the ledger is not returned, because it only changes the names of the
/// files.
async fn source_song(client: &Client, receipt: &Receipt, job: &str) -> Option<ReceiptItem> {
    if job == Music::NAME {
        return None;
    }
    let request = serde_json::from_str(&receipt.request).ok()?;
    client.source_track(&request).await.unwrap_or_else(|error| {
        tracing::warn!(receipt = %receipt.id, %error, "the song of this receipt could not be read");
        None
    })
}

/// Result of [`Client::save_all`] for one receipt.
#[derive(Debug)]
#[non_exhaustive]
pub struct SaveReport {
    /// Receipt as it was before the save.
    pub receipt: Receipt,
    /// Outcome of the save.
    pub outcome: SaveOutcome,
}

impl SaveReport {
    /// Makes a report for the tests of an application.
    pub fn new(receipt: Receipt, outcome: SaveOutcome) -> Self {
        Self { receipt, outcome }
    }
}

/// Outcome of [`Client::save_all`] for one receipt.
#[derive(Debug)]
#[non_exhaustive]
pub enum SaveOutcome {
    /// The files were saved.
    Saved(Vec<SavedFile>),
    /// The task is still running.
    Running,
    /// The task failed.
    Failed {
        /// Reason that the service gave.
        reason: String,
        /// Files of the results that the task finished before it failed. They were saved.
        files: Vec<SavedFile>,
    },
    /// The service does not know the task on the route of the receipt.
    NotFound,
    /// Another call of `save_all`, in this process or in another one, has claimed the receipt. Or the receipt was
    /// finished after `save_all` had read it.
    Held,
    /// The task could not be polled, or its files could not be saved. A later call may succeed, unless the files have
    /// [expired](crate::errors::SaveError::expired_since).
    Error(Error),
}
