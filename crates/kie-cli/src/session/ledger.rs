//! The ledger of a command.

use std::{ops::Deref, sync::Arc, time::Duration};

use kie_ledger::{Ledger, SqliteLedger};
use kie_suno::{Error, errors::LedgerError, receipts::Receipt};

use crate::{
    args::GlobalArgs,
    exit::{ExitError, Interrupt},
    session::database,
    settings::{LedgerPlace, data_folder},
};

/// Time for which finished receipts are kept. Only they tell which task made a song, and the task is needed years later.
/// Ten songs on each day of ten years are about 80 MB. Opening the ledger does not take longer; `kie list` reads them all.
const FOR_EVER: Duration = Duration::MAX;

/// Number of receipts that are read at a time.
const PAGE: usize = 256;

/// An open ledger, and its place.
#[derive(Debug, Clone)]
pub(crate) struct OpenLedger {
    ledger: Arc<dyn Ledger>,
    place: LedgerPlace,
}

impl OpenLedger {
    /// Opens the ledger at a place, with at most so many connections if it is in a database.
    pub(crate) async fn at(place: LedgerPlace, connections: usize, interrupt: &Interrupt) -> Result<Self, ExitError> {
        let doing = format!("opening the ledger {place}");
        let opening = async {
            let opened = match &place {
                LedgerPlace::None => return Err(ExitError::Usage("the word none stands for no ledger".to_owned())),
                LedgerPlace::File(path) => {
                    SqliteLedger::builder().keep_finished(FOR_EVER).open(path).await.map(|ledger| {
                        let place = LedgerPlace::File(ledger.path().to_owned());
                        Self { ledger: Arc::new(ledger), place }
                    })
                }
                LedgerPlace::Database(address) => {
                    let ledger = database::connect(address, connections, FOR_EVER).await?;
                    ledger.map(|ledger| Self { ledger, place: place.clone() })
                }
            };
            opened.map_err(|error| {
                let what = format!("receipts cannot be kept in {place}");
                Error::Ledger(LedgerError::new(what).with_source(error)).into()
            })
        };
        interrupt.during(&doing, opening).await?
    }

    pub(crate) fn place(&self) -> &LedgerPlace {
        &self.place
    }

    /// Calls `each` with every unfinished receipt, in the order in which they were written.
    pub(crate) async fn each_unfinished(&self, mut each: impl FnMut(Receipt)) -> Result<(), ExitError> {
        let mut after = None;
        loop {
            let page = self.unfinished(after, PAGE).await.map_err(Error::Ledger)?;
            let is_last = page.len() < PAGE;
            after = page.last().map(|receipt| receipt.id);
            page.into_iter().for_each(&mut each);
            if is_last {
                return Ok(());
            }
        }
    }

    /// Returns the ledger for a client.
    pub(crate) fn shared(&self) -> Arc<dyn Ledger> {
        Arc::clone(&self.ledger)
    }
}

impl Deref for OpenLedger {
    type Target = dyn Ledger;

    fn deref(&self) -> &Self::Target {
        &*self.ledger
    }
}

/// Opens the ledger. Returns `None` if the command is to use no ledger.
pub(crate) async fn open(global: &GlobalArgs, interrupt: &Interrupt) -> Result<Option<OpenLedger>, ExitError> {
    match place(global)? {
        LedgerPlace::None => Ok(None),
        place => Ok(Some(OpenLedger::at(place, database::CONNECTIONS, interrupt).await?)),
    }
}

/// Opens the ledger. Fails if the command is to use no ledger.
pub(crate) async fn required(global: &GlobalArgs, interrupt: &Interrupt) -> Result<OpenLedger, ExitError> {
    open(global, interrupt).await?.ok_or_else(|| missing(global))
}

/// Returns the error of a command that needs a ledger and has no ledger.
pub(crate) fn missing(global: &GlobalArgs) -> ExitError {
    let why = if global.is_local() { "a simulator has no ledger by default" } else { "there is no ledger" };
    ExitError::Usage(format!(
        "{why}: add --ledger FILE (--name and kie list, show, open, tasks, save, resume, forget and ledger need it)"
    ))
}

/// Returns the place of the ledger: the named one, or the default file in the user's data directory. With a simulator there
/// is no default, so that test tasks do not mix with paid ones.
pub(crate) fn place(global: &GlobalArgs) -> Result<LedgerPlace, ExitError> {
    let from_settings = || global.settings.ledger().filter(|_| !global.is_local());
    match global.ledger.clone().or_else(from_settings) {
        Some(named) => Ok(named),
        None if global.is_local() => Ok(LedgerPlace::None),
        None => {
            let what = "there is no data directory for the default ledger";
            let folder = data_folder().ok_or_else(|| Error::Ledger(LedgerError::new(what)))?;
            Ok(LedgerPlace::File(folder.join("kie").join("ledger.db")))
        }
    }
}
