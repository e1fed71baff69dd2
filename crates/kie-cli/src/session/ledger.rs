//! Where the receipts of paid calls are kept.

use std::{env, path::PathBuf, sync::Arc};

use kie_ledger::SqliteLedger;
use kie_suno::{Error, errors::LedgerError};

use crate::{args::GlobalArgs, exit::ExitError, session::environment::variable};

/// The word for no ledger. A file of this name is `./none`.
const NONE: &str = "none";

/// The ledger, if there is to be one.
pub(crate) async fn open(global: &GlobalArgs) -> Result<Option<Arc<SqliteLedger>>, ExitError> {
    let Some(path) = place(global)? else { return Ok(None) };
    let unusable = |error| {
        let what = format!("receipts cannot be kept in {}", path.display());
        Error::Ledger(LedgerError::new(what).with_source(error))
    };
    Ok(Some(Arc::new(SqliteLedger::open(&path).await.map_err(unusable)?)))
}

/// What a command that needs a ledger says without one.
pub(crate) fn missing(global: &GlobalArgs) -> ExitError {
    let why = if global.is_near() { "a simulator has no ledger unless one is named" } else { "there is no ledger" };
    ExitError::Usage(format!("{why}: --ledger FILE names one"))
}

/// The file: the one that is named, or the user's own. The tasks of a simulator must not come among those that were paid
/// for, so it has no ledger by itself.
fn place(global: &GlobalArgs) -> Result<Option<PathBuf>, ExitError> {
    let elsewhere = || variable("KIE_LEDGER").filter(|_| !global.is_near()).map(PathBuf::from);
    match global.ledger.clone().or_else(elsewhere) {
        Some(named) if named.as_os_str() == NONE => Ok(None),
        Some(named) => Ok(Some(named)),
        None if global.is_near() => Ok(None),
        None => {
            let what = "the user has no data directory to keep receipts in";
            let folder = data_folder().ok_or_else(|| Error::Ledger(LedgerError::new(what)))?;
            Ok(Some(folder.join("kie").join("ledger.db")))
        }
    }
}

/// Where programs keep the user's data on this system.
fn data_folder() -> Option<PathBuf> {
    let named = |name| env::var_os(name).map(PathBuf::from).filter(|path| path.is_absolute());
    if cfg!(windows) {
        return named("LOCALAPPDATA");
    }
    let home = || env::home_dir().filter(|home| home.is_absolute());
    if cfg!(target_os = "macos") {
        return Some(home()?.join("Library/Application Support"));
    }
    named("XDG_DATA_HOME").or_else(|| Some(home()?.join(".local/share")))
}
