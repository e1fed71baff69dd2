//! Saving the results of all unfinished receipts, also of tasks that another process started.

use std::{
    fmt,
    path::{Path, PathBuf},
    pin::{Pin, pin},
    sync::Arc,
    time::Duration,
};

use kie_ledger::{LedgerError, Receipt, ReceiptUpdate};
use kie_types::{LONGEST_TASK, Lifetime, PollOutcome};
use tokio::time::timeout;

use super::{save::Save, unique::unique, workers::Workers};
use crate::{client::Client, error::Error, saved_file::SavedFile};

/// Duration of the claim on a receipt. A claim keeps other processes from saving the same receipt. If this process is
/// killed, another process can claim the receipt after this time.
const LEASE: Duration = Duration::from_secs(60);
/// Interval at which the claim on a receipt is renewed while the files of the receipt are fetched.
const RENEWAL: Duration = Duration::from_secs(20);

impl Client {
    /// Polls the task of every unfinished receipt, and saves the files of the complete tasks into a folder. Call this
    /// method after a restart or a crash, or regularly. `.await` the returned [`SaveAll`].
    ///
    /// The oldest receipts come first, because the service deletes their files first. Receipts that are older than the
    /// [lifetime of files](Lifetime::GENERATED) come last.
    ///
    /// Several calls can run at the same time, also in several processes. Only one call claims a receipt while the files of
    /// the receipt are fetched. An error of one receipt is [reported](SaveOutcome::Error), and the other receipts are still
    /// saved.
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
    /// [`Error::Ledger`] if the receipts cannot be read, or if the client has no ledger.
    pub fn save_all(&self, folder: impl AsRef<Path>) -> SaveAll {
        SaveAll { client: self.clone(), folder: folder.as_ref().to_owned(), extras: false }
    }
}

/// Saves the results of all unfinished receipts when awaited. Made by [`Client::save_all`].
#[must_use = "nothing is saved unless this is awaited"]
pub struct SaveAll {
    client: Client,
    folder: PathBuf,
    extras: bool,
}

impl SaveAll {
    /// Also saves lyrics, cover images and records, as [`Save::with_extras`](crate::files::Save::with_extras) does.
    pub fn with_extras(mut self) -> Self {
        self.extras = true;
        self
    }

    async fn run(self) -> Result<Vec<SaveReport>, Error> {
        let mut receipts = self.client.ledger()?.unfinished().await.map_err(Error::Ledger)?;
        let is_expired =
            |receipt: &Receipt| receipt.created.elapsed().is_ok_and(|age| age > Lifetime::GENERATED.longest);
        receipts.sort_by_cached_key(is_expired);
        let receipts = receipts.into_iter().filter(|receipt| receipt.task_id.is_some()).enumerate();
        let holder: Arc<str> = format!("{:016x}{:016x}", unique(), unique()).into();
        let mut workers = Workers::new(receipts.map(|(index, receipt)| {
            let worker = Worker { client: self.client.clone(), folder: self.folder.clone(), extras: self.extras };
            let holder = Arc::clone(&holder);
            async move {
                let outcome = worker.claim_and_save(&receipt, &holder).await.unwrap_or_else(SaveOutcome::Error);
                (index, SaveReport { receipt, outcome })
            }
        }));
        let mut reports = Vec::new();
        while let Some(report) = workers.next().await {
            reports.push(report);
        }
        reports.sort_by_key(|(index, _)| *index);
        Ok(reports.into_iter().map(|(_, report)| report).collect())
    }
}

/// Settings for saving one receipt.
struct Worker {
    client: Client,
    folder: PathBuf,
    extras: bool,
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
        let Self { client, folder, extras } = self;
        // If the system clock was set back, `created` is in the future and `elapsed` fails: the receipt counts as young.
        let is_young = receipt.created.elapsed().map_or(true, |age| age < LONGEST_TASK);
        let Some(task) = client.task_of(&receipt) else {
            let message = format!("the operation of the receipt is not known to start tasks: {}", receipt.operation);
            return Err(Error::Ledger(LedgerError::new(message)));
        };
        let (outcome, items) = match task.poll().await {
            Ok(Some(record)) => {
                let items = record.items();
                (PollOutcome::of(record.state(), &items, is_young), items)
            }
            Ok(None) => return Ok(SaveOutcome::NotFound),
            Err(Error::Failed(failed)) => (PollOutcome::Failed(failed.failure().clone()), Vec::new()),
            Err(error) => return Err(error),
        };
        if let Some(update) = ReceiptUpdate::from_poll(&outcome) {
            task.update_receipt(&update).await;
        }
        match outcome {
            PollOutcome::Complete => {}
            PollOutcome::Empty => return Err(task.shows_nothing()),
            PollOutcome::Failed(failure) => return Ok(SaveOutcome::Failed(failure.to_string())),
            _ => return Ok(SaveOutcome::Running),
        }
        let save = Save::new(task, items, &folder);
        let files = if extras { save.with_extras().await? } else { save.await? };
        Ok(SaveOutcome::Saved(files))
    }
}

impl IntoFuture for SaveAll {
    type Output = Result<Vec<SaveReport>, Error>;
    type IntoFuture = Pin<Box<dyn Future<Output = Self::Output> + Send>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(self.run())
    }
}

impl fmt::Debug for SaveAll {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SaveAll").field("folder", &self.folder).field("extras", &self.extras).finish_non_exhaustive()
    }
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
    /// The task failed without a result. The text is the reason that the service gave.
    Failed(String),
    /// The service does not know the task.
    NotFound,
    /// Another process has claimed the receipt, or has just finished it.
    Held,
    /// The task could not be polled, or its files could not be saved. A later call may succeed, unless the files have
    /// [expired](crate::errors::SaveError::expired_since).
    Error(Error),
}
