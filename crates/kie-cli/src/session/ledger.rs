//! The location of the ledger.

use std::{path::PathBuf, sync::Arc, time::Duration};

use kie_ledger::SqliteLedger;
use kie_suno::{Error, errors::LedgerError};

use crate::{
    args::GlobalArgs,
    exit::{ExitError, Interrupt},
    settings::{Setting, data_folder},
};

/// Value of `--ledger` for no ledger. To use a file with this name, give `./none`.
const NONE: &str = "none";

/// Time for which finished receipts are kept. Only they tell which task made a song, and the task is needed years later.
/// Ten songs on each day of ten years are about 80 MB. Opening the ledger does not take longer; `kie list` reads them all.
const FOR_EVER: Duration = Duration::MAX;

/// Opens the ledger. Returns `None` if the command is to use no ledger.
pub(crate) async fn open(global: &GlobalArgs, interrupt: &Interrupt) -> Result<Option<Arc<SqliteLedger>>, ExitError> {
    let Some(path) = database_path(global)? else { return Ok(None) };
    let unusable = |error| {
        let what = format!("receipts cannot be kept in {}", path.display());
        Error::Ledger(LedgerError::new(what).with_source(error))
    };
    let doing = format!("opening the ledger {}", path.display());
    let opening = SqliteLedger::builder().keep_finished(FOR_EVER).open(&path);
    let ledger = interrupt.during(&doing, opening).await?.map_err(unusable)?;
    Ok(Some(Arc::new(ledger)))
}

/// Returns the error of a command that needs a ledger and has no ledger.
pub(crate) fn missing(global: &GlobalArgs) -> ExitError {
    let why = if global.is_local() { "a simulator has no ledger by default" } else { "there is no ledger" };
    ExitError::Usage(format!(
        "{why}: add --ledger FILE (--name and kie list, show, open, tasks, save, resume and forget need it)"
    ))
}

/// Returns the path of the ledger: the named file, or the default file in the user's data directory. With a simulator
/// there is no default, so that test tasks do not mix with paid ones. `None` if no ledger is used.
pub(crate) fn database_path(global: &GlobalArgs) -> Result<Option<PathBuf>, ExitError> {
    let from_settings = || global.settings.path(Setting::Ledger).filter(|_| !global.is_local());
    match global.ledger.clone().or_else(from_settings) {
        Some(named) if named.as_os_str() == NONE => Ok(None),
        Some(named) => Ok(Some(named)),
        None if global.is_local() => Ok(None),
        None => {
            let what = "there is no data directory for the default ledger";
            let folder = data_folder().ok_or_else(|| Error::Ledger(LedgerError::new(what)))?;
            Ok(Some(folder.join("kie").join("ledger.db")))
        }
    }
}
