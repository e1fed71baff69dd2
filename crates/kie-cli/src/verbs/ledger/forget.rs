//! `kie forget`: closes receipts that will never be finished.

use clap::Args;
use kie_suno::{
    Client,
    receipts::{Receipt, ReceiptId},
    types::text::one_line,
};
use serde::Serialize;

use crate::{
    args::{GlobalArgs, OutputFormat},
    exit::{ExitError, Interrupt},
    output::{out, print_json},
    session::{SANDBOX_KEY, ledger},
    settings::LedgerPlace,
    sources::meant,
};

#[derive(Debug, Args)]
#[command(after_long_help = EXAMPLES)]
pub(crate) struct ForgetArgs {
    /// Receipts or tasks: their ids or the beginnings of their ids, as kie tasks and kie list print them, or the names of
    /// the calls
    #[arg(required = true, value_name = "ID")]
    pub(crate) receipts: Vec<String>,
}

const EXAMPLES: &str = "\
Examples:
  kie forget $TASK
  kie forget $TASK --format json";

/// The receipts that were to be closed.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct AllForgotten<'a> {
    /// Place of the ledger: a path, or the address of a database without its password.
    #[cfg_attr(test, schemars(with = "String"))]
    ledger: &'a LedgerPlace,
    /// The receipts, in the order of the arguments.
    receipts: Vec<Forgotten>,
}

/// Result of `kie forget` for one receipt.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
struct Forgotten {
    /// Id of the receipt.
    #[cfg_attr(test, schemars(with = "String"))]
    receipt: ReceiptId,
    /// Name of the call, as `--name` set it.
    name: Option<String>,
    /// Operation that was called, such as `generate-music`.
    operation: String,
    /// Id of the task. `None` if it is not known.
    task_id: Option<String>,
    outcome: ForgetOutcome,
}

/// Result of closing a receipt.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
enum ForgetOutcome {
    /// The receipt is closed.
    Forgotten,
    /// The receipt was already finished.
    Finished,
    /// The receipt was updated at the same moment, so it stays open.
    Unfinished,
}

impl Forgotten {
    fn of(before: Receipt, after: &Receipt) -> Self {
        let outcome = match (before.state.is_finished(), after.state.is_finished()) {
            (false, true) => ForgetOutcome::Forgotten,
            (true, true) => ForgetOutcome::Finished,
            (_, false) => ForgetOutcome::Unfinished,
        };
        let Receipt { id, name, operation, task_id, .. } = before;
        Self { receipt: id, name, operation, task_id, outcome }
    }

    fn tell(&self) {
        let Self { receipt, operation, .. } = self;
        let result = match self.outcome {
            ForgetOutcome::Forgotten => "forgotten",
            ForgetOutcome::Finished => "was already finished",
            ForgetOutcome::Unfinished => "was updated at the same moment, and stays open",
        };
        let task = self.task_id.as_ref().map(|id| format!(", task {}", one_line(id))).unwrap_or_default();
        let name = self.name.as_ref().map(|name| format!("  {name:?}")).unwrap_or_default();
        out!("receipt {receipt} {result}  {operation}{task}{name}");
    }
}

pub(crate) async fn run(global: &GlobalArgs, args: &ForgetArgs, interrupt: &Interrupt) -> Result<(), ExitError> {
    let ledger = ledger::required(global, interrupt).await?;
    let mut receipts = Vec::new();
    for word in &args.receipts {
        let receipt = meant(&ledger, word).await?.receipt;
        if !receipts.iter().any(|known: &Receipt| known.id == receipt.id) {
            receipts.push(receipt);
        }
    }
    // Nothing is sent to the service, so the key does not matter.
    let client = Client::builder().api_key(SANDBOX_KEY).ledger(ledger.shared()).build()?;
    let mut forgotten = Vec::new();
    for before in receipts {
        let after = client.forget(before.id).await?;
        forgotten.push(Forgotten::of(before, &after));
    }
    if global.format == OutputFormat::Json {
        return Ok(print_json(&AllForgotten { ledger: ledger.place(), receipts: forgotten })?);
    }
    forgotten.iter().for_each(Forgotten::tell);
    Ok(())
}
