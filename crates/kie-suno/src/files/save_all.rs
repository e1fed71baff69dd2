//! Saving what is finished and not saved, whoever started it.

use std::{
    fmt,
    path::{Path, PathBuf},
    pin::{Pin, pin},
    sync::Arc,
    time::Duration,
};

use kie_ledger::{LedgerError, News, Receipt};
use kie_types::{LONGEST_TASK, Lifetime, Standing};
use tokio::time::timeout;

use super::{at_once::AtOnce, save::Save, unique::unique};
use crate::{client::Client, download::Download, error::Error};

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
    /// fetched. What goes wrong with one is [told](Became::Error), and the others go on.
    ///
    /// ```no_run
    /// # async fn demo(client: kie_suno::Client) -> Result<(), kie_suno::Error> {
    /// for collected in client.save_all("songs").await? {
    ///     println!("{} {:?}", collected.receipt.operation, collected.became);
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

    async fn run(self) -> Result<Vec<Collected>, Error> {
        let mut receipts = self.client.ledger()?.unfinished().await.map_err(Error::Ledger)?;
        let is_over = |receipt: &Receipt| receipt.created.elapsed().is_ok_and(|age| age > Lifetime::GENERATED.longest);
        receipts.sort_by_cached_key(is_over);
        let receipts = receipts.into_iter().filter(|receipt| receipt.task_id.is_some()).enumerate();
        let holder: Arc<str> = format!("{:016x}{:016x}", unique(), unique()).into();
        let mut working = AtOnce::new(receipts.map(|(index, receipt)| {
            let hand = Hand { client: self.client.clone(), folder: self.folder.clone(), extras: self.extras };
            let holder = Arc::clone(&holder);
            async move {
                let became = hand.take(&receipt, &holder).await.unwrap_or_else(Became::Error);
                (index, Collected { receipt, became })
            }
        }));
        let mut collected = Vec::new();
        while let Some(done) = working.next().await {
            collected.push(done);
        }
        collected.sort_by_key(|(index, _)| *index);
        Ok(collected.into_iter().map(|(_, collected)| collected).collect())
    }
}

/// What one receipt is taken in hand with.
struct Hand {
    client: Client,
    folder: PathBuf,
    extras: bool,
}

impl Hand {
    /// Claims a receipt, and does what there is to do about it.
    async fn take(self, receipt: &Receipt, holder: &str) -> Result<Became, Error> {
        let client = self.client.clone();
        let ledger = client.ledger()?;
        let claimed = ledger.claim(receipt.id, holder, LEASE).await.map_err(Error::Ledger)?;
        let Some(receipt) = claimed else { return Ok(Became::Held) };
        let id = receipt.id;
        let became = if receipt.state.is_finished() {
            Ok(Became::Held)
        } else {
            let mut working = pin!(self.work(receipt));
            loop {
                if let Ok(became) = timeout(RENEWAL, &mut working).await {
                    break became;
                }
                match ledger.claim(id, holder, LEASE).await {
                    Ok(Some(_)) => {}
                    Ok(None) => break Ok(Became::Held),
                    Err(error) => break Err(Error::Ledger(error)),
                }
            }
        };
        if let Err(error) = ledger.release(id, holder).await {
            tracing::warn!(receipt = %id, %error, "a claim could not be given back, and runs out");
        }
        became
    }

    async fn work(self, receipt: Receipt) -> Result<Became, Error> {
        let Self { client, folder, extras } = self;
        // By a clock that was put back it is not born yet.
        let is_young = receipt.created.elapsed().map_or(true, |age| age < LONGEST_TASK);
        let Some(task) = client.task_of(&receipt) else {
            let what = format!("{} is no operation that is known to start tasks", receipt.operation);
            return Err(Error::Ledger(LedgerError::new(what)));
        };
        let (standing, items) = match task.look().await {
            Ok(Some(record)) => {
                let items = record.items();
                (Standing::of(record.state(), &items, is_young), items)
            }
            Ok(None) => return Ok(Became::NotFound),
            Err(Error::Failed(failed)) => (Standing::Failed(failed.failure().clone()), Vec::new()),
            Err(error) => return Err(error),
        };
        if let Some(news) = News::seen(&standing) {
            task.note(&news).await;
        }
        match standing {
            Standing::Complete => {}
            Standing::Empty => return Err(task.shows_nothing()),
            Standing::Failed(failure) => return Ok(Became::Failed(failure.to_string())),
            _ => return Ok(Became::Running),
        }
        let save = Save::new(task, items, &folder);
        let files = if extras { save.with_extras().await? } else { save.await? };
        Ok(Became::Saved(files))
    }
}

impl IntoFuture for SaveAll {
    type Output = Result<Vec<Collected>, Error>;
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
pub struct Collected {
    /// The receipt, as it was before.
    pub receipt: Receipt,
    /// What became of it.
    pub became: Became,
}

impl Collected {
    /// A receipt and what became of it, for a test of whoever handles it.
    pub fn new(receipt: Receipt, became: Became) -> Self {
        Self { receipt, became }
    }
}

/// What became of one receipt.
#[derive(Debug)]
#[non_exhaustive]
pub enum Became {
    /// Its files are saved.
    Saved(Vec<Download>),
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
