//! `kie ledger copy`: copies a ledger into another one.

use std::{env, ffi::OsString};

use clap::{
    Args, ValueHint,
    builder::{OsStringValueParser, TypedValueParser as _},
};
use kie_ledger::{CopyError, Difference};
use kie_suno::{errors::LedgerError, receipts::ReceiptId};
use serde::Serialize;

use crate::{
    args::{GlobalArgs, OutputFormat},
    exit::{ExitError, Interrupt},
    output::{ProgressLine, note, out, print_json},
    session::OpenLedger,
    settings::LedgerPlace,
};

/// Maximum number of connections. One connection keeps the order of the receipts.
const CONNECTIONS: usize = 1;

/// Number of receipts between two events of the progress.
const STEP: u64 = 512;

#[derive(Debug, Args)]
#[command(after_long_help = EXAMPLES)]
pub(crate) struct CopyArgs {
    /// Ledger to copy from: a file, the address of a database such as postgres://user@host/name, or env:NAME for the
    /// address in the environment variable NAME. Other users of the machine can see arguments, so give an address with a
    /// password as env:NAME
    #[arg(value_name = "FROM", value_parser = OsStringValueParser::new().try_map(named), value_hint = ValueHint::AnyPath)]
    from: LedgerPlace,
    /// Ledger to copy to, in the same forms. A file is created if it is missing
    #[arg(value_name = "TO", value_parser = OsStringValueParser::new().try_map(named), value_hint = ValueHint::AnyPath)]
    to: LedgerPlace,
}

const EXAMPLES: &str = "\
Examples:
  kie ledger copy ledger.db copy.db
  kie ledger copy ledger.db copy.db --format json
  kie ledger copy ledger.db env:KIE_LEDGER
  kie ledger copy env:OLD_LEDGER env:NEW_LEDGER";

/// Beginning of a word that names a variable of the environment.
const VARIABLE: &str = "env:";

/// Returns the place that a word means.
fn named(word: OsString) -> Result<LedgerPlace, String> {
    match word.to_str().and_then(|word| word.strip_prefix(VARIABLE)) {
        Some(name) => {
            let value = env::var_os(name).filter(|value| !value.is_empty());
            value.map(LedgerPlace::of).ok_or_else(|| format!("the environment variable {name} is not set"))
        }
        None => Ok(LedgerPlace::of(word)),
    }
}

/// Result of a copy.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub(crate) struct CopiedLedger {
    /// Place of the ledger that was copied.
    #[cfg_attr(test, schemars(with = "String"))]
    from: LedgerPlace,
    /// Place of the copy.
    #[cfg_attr(test, schemars(with = "String"))]
    to: LedgerPlace,
    outcome: CopyOutcome,
    /// Number of receipts that were read back and are the same in both ledgers. 0 if the outcome is not `same`.
    compared: u64,
    /// Number of receipts among them that this command wrote.
    written: u64,
    /// Number of bodies of callbacks that were read back and are the same.
    bodies: u64,
    /// Receipts that could not be copied.
    different: Vec<NotCopied>,
    /// Ids of receipts that a newer version of kie wrote. If there are any, nothing was copied.
    #[cfg_attr(test, schemars(with = "Vec<String>"))]
    unreadable: Vec<ReceiptId>,
}

/// Outcome of a copy.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
enum CopyOutcome {
    /// Every receipt is in both ledgers, and is the same in both.
    Same,
    /// Some receipts could not be copied.
    Different,
    /// Nothing was copied, because a newer version of kie wrote some receipts.
    Unreadable,
}

/// A receipt that could not be copied.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct NotCopied {
    /// Id of the receipt.
    #[cfg_attr(test, schemars(with = "String"))]
    receipt: ReceiptId,
    /// Reason, for people.
    message: String,
}

impl From<Difference> for NotCopied {
    fn from(difference: Difference) -> Self {
        Self { receipt: difference.receipt, message: difference.kind.to_string() }
    }
}

pub(crate) async fn run(global: &GlobalArgs, args: CopyArgs, interrupt: &Interrupt) -> Result<(), ExitError> {
    let CopyArgs { from, to } = args;
    if from.is_missing() {
        return Err(ExitError::Usage(format!("there is no ledger {from}")));
    }
    if are_same(&from, &to) {
        return Err(ExitError::Usage(format!("FROM and TO are the same ledger, {from}")));
    }
    let progress = ProgressLine::new("opening the ledgers");
    let from = open(from, interrupt).await?;
    let to = open(to, interrupt).await?;
    let (source, target) = (from.shared(), to.shared());
    let mut next = 0;
    let copying = kie_ledger::copy(&*source, &*target, |done| {
        if done.compared >= next || done.compared == done.total {
            progress.doing(&format!("copying: {} of {} receipts", done.compared, done.total));
            next = done.compared + STEP;
        }
    });
    let copied = interrupt.during("copying; to continue, run the same command again", copying).await?;
    drop(progress);
    let mut result = CopiedLedger {
        from: from.place().clone(),
        to: to.place().clone(),
        outcome: CopyOutcome::Same,
        compared: 0,
        written: 0,
        bodies: 0,
        different: Vec::new(),
        unreadable: Vec::new(),
    };
    match copied {
        Ok(copied) => {
            (result.compared, result.written, result.bodies) = (copied.compared, copied.written, copied.bodies);
        }
        Err(CopyError::Different(different)) => {
            result.outcome = CopyOutcome::Different;
            result.different = different.into_iter().map(NotCopied::from).collect();
        }
        Err(CopyError::Unreadable(unreadable)) => {
            (result.outcome, result.unreadable) = (CopyOutcome::Unreadable, unreadable);
        }
        Err(CopyError::From(error)) => return Err(failed(from.place(), error)),
        Err(CopyError::To(error)) => return Err(failed(to.place(), error)),
        Err(error) => return Err(ExitError::Other(error.into())),
    }
    let is_same = result.outcome == CopyOutcome::Same;
    if global.format == OutputFormat::Json {
        print_json(&result)?;
    } else {
        result.tell();
    }
    if is_same { Ok(()) } else { Err(ExitError::Reported(1)) }
}

/// Returns `true` if two places are certainly the same.
fn are_same(one: &LedgerPlace, other: &LedgerPlace) -> bool {
    match (one, other) {
        (LedgerPlace::File(one), LedgerPlace::File(other)) => {
            one == other || one.canonicalize().ok().is_some_and(|path| other.canonicalize().ok() == Some(path))
        }
        (one, other) => one == other,
    }
}

/// Opens a ledger.
async fn open(place: LedgerPlace, interrupt: &Interrupt) -> Result<OpenLedger, ExitError> {
    OpenLedger::at(place, CONNECTIONS, interrupt).await.map_err(|stop| match stop {
        ExitError::Client { error, .. } => ExitError::Other(error.into()),
        other => other,
    })
}

/// Returns the error of a ledger that failed during the copy.
fn failed(place: &LedgerPlace, error: LedgerError) -> ExitError {
    let error = anyhow::Error::from(error).context(format!("{place} failed"));
    ExitError::Other(error.context("the copy is not complete; to continue, run the same command again"))
}

impl CopiedLedger {
    fn tell(&self) {
        let Self { from, to, compared, written, bodies, .. } = self;
        match self.outcome {
            CopyOutcome::Same => {
                out!("receipts that are the same in {from} and {to}: {compared}; written now: {written}");
                if *bodies > 0 {
                    out!("bodies of callbacks that are the same: {bodies}");
                }
                note!("wait 10 seconds before a program uses the copy: the sends of the rate limit are not copied");
            }
            CopyOutcome::Different => {
                out!("receipts that could not be copied to {to}: {}; all others were", self.different.len());
                self.different.iter().for_each(|it| out!("  {}  {}", it.receipt, it.message));
            }
            CopyOutcome::Unreadable => {
                out!("nothing was copied: update kie first, because a newer version wrote these receipts in {from}");
                self.unreadable.iter().for_each(|id| out!("  {id}"));
            }
        }
    }
}
