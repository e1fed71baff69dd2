//! Saving what is finished and not saved, whoever started it.

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

/// How long a receipt is claimed for, and how often the claim is made anew while its files are fetched. Should the process
/// be killed, others can go on when it has run out.
const LEASE: Duration = Duration::from_secs(60);
const RENEWAL: Duration = Duration::from_secs(20);

impl Client {
    /// Looks at the task of every unfinished receipt, and saves the files of those that are complete: what remains to be done
    /// after a crash. The oldest comes first, since its files are the next to go; those whose [time](Lifetime::GENERATED) is
    /// over come last. `.await` what this returns.
    ///
    /// Several may do this at once, in several processes too: each receipt is claimed by one of them while its files are
    /// fetched. What goes wrong with one is [told](SaveOutcome::Error), and the others go on.
    ///
    /// ```no_run
    /// # async fn demo(client: kie_suno::Client) -> Result<(), kie_suno::Error> {
    /// for reports in client.save_all("songs").await? {
    ///     println!("{} {:?}", reports.receipt.operation, reports.outcome);
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// [`Error::Ledger`] if the receipts cannot be read, or the client has no ledger.
    pub fn save_all(&self, folder: impl AsRef<Path>) -> SaveAll {
        SaveAll { client: self.clone(), folder: folder.as_ref().to_owned(), extras: false }
    }
}

/// A save of all that is finished: `.await` it. Made by [`Client::save_all`].
#[must_use = "nothing is saved unless this is awaited"]
pub struct SaveAll {
    client: Client,
    folder: PathBuf,
    extras: bool,
}

impl SaveAll {
    /// Saves lyrics, covers and records beside the songs, as [`Save::with_extras`](crate::files::Save::with_extras) does.
    pub fn with_extras(mut self) -> Self {
        self.extras = true;
        self
    }

    async fn run(self) -> Result<Vec<SaveReport>, Error> {
        let mut receipts = self.client.ledger()?.unfinished().await.map_err(Error::Ledger)?;
        let is_over = |receipt: &Receipt| receipt.created.elapsed().is_ok_and(|age| age > Lifetime::GENERATED.longest);
        receipts.sort_by_cached_key(is_over);
        let receipts = receipts.into_iter().filter(|receipt| receipt.task_id.is_some()).enumerate();
        let holder: Arc<str> = format!("{:016x}{:016x}", unique(), unique()).into();
        let mut working = Workers::new(receipts.map(|(index, receipt)| {
            let worker = Worker { client: self.client.clone(), folder: self.folder.clone(), extras: self.extras };
            let holder = Arc::clone(&holder);
            async move {
                let outcome = worker.take(&receipt, &holder).await.unwrap_or_else(SaveOutcome::Error);
                (index, SaveReport { receipt, outcome })
            }
        }));
        let mut reports = Vec::new();
        while let Some(done) = working.next().await {
            reports.push(done);
        }
        reports.sort_by_key(|(index, _)| *index);
        Ok(reports.into_iter().map(|(_, reports)| reports).collect())
    }
}

/// What one receipt is taken in hand with.
struct Worker {
    client: Client,
    folder: PathBuf,
    extras: bool,
}

impl Worker {
    /// Claims a receipt, and does what there is to do about it.
    async fn take(self, receipt: &Receipt, holder: &str) -> Result<SaveOutcome, Error> {
        let client = self.client.clone();
        let ledger = client.ledger()?;
        let claimed = ledger.claim(receipt.id, holder, LEASE).await.map_err(Error::Ledger)?;
        let Some(receipt) = claimed else { return Ok(SaveOutcome::Held) };
        let id = receipt.id;
        let outcome = if receipt.state.is_finished() {
            Ok(SaveOutcome::Held)
        } else {
            let mut working = pin!(self.work(receipt));
            loop {
                if let Ok(outcome) = timeout(RENEWAL, &mut working).await {
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
            tracing::warn!(receipt = %id, %error, "a claim could not be given back, and runs out");
        }
        outcome
    }

    async fn work(self, receipt: Receipt) -> Result<SaveOutcome, Error> {
        let Self { client, folder, extras } = self;
        // By a clock that was put back it is not born yet.
        let is_young = receipt.created.elapsed().map_or(true, |age| age < LONGEST_TASK);
        let Some(task) = client.task_of(&receipt) else {
            let what = format!("{} is no operation that is known to start tasks", receipt.operation);
            return Err(Error::Ledger(LedgerError::new(what)));
        };
        let (standing, items) = match task.poll().await {
            Ok(Some(record)) => {
                let items = record.items();
                (PollOutcome::of(record.state(), &items, is_young), items)
            }
            Ok(None) => return Ok(SaveOutcome::NotFound),
            Err(Error::Failed(failed)) => (PollOutcome::Failed(failed.failure().clone()), Vec::new()),
            Err(error) => return Err(error),
        };
        if let Some(update) = ReceiptUpdate::seen(&standing) {
            task.update_receipt(&update).await;
        }
        match standing {
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

/// What became of one receipt.
#[derive(Debug)]
#[non_exhaustive]
pub struct SaveReport {
    /// The receipt, as it was before.
    pub receipt: Receipt,
    /// What became of it.
    pub outcome: SaveOutcome,
}

impl SaveReport {
    /// A receipt and what became of it, for a test of whoever handles it.
    pub fn new(receipt: Receipt, outcome: SaveOutcome) -> Self {
        Self { receipt, outcome }
    }
}

/// What became of one receipt.
#[derive(Debug)]
#[non_exhaustive]
pub enum SaveOutcome {
    /// Its files are saved.
    Saved(Vec<SavedFile>),
    /// Its task goes on.
    Running,
    /// Its task ended without a result, for this reason of the service's.
    Failed(String),
    /// The service does not know its task.
    NotFound,
    /// Somebody else has it in hand, or has just finished it.
    Held,
    /// It could not be looked at, or its files could not be saved. Another time may go better, unless their time
    /// [is over](crate::errors::SaveError::gone_since).
    Error(Error),
}
