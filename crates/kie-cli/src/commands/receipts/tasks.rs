//! `kie tasks`: lists the unfinished receipts of the ledger.

use std::time::SystemTime;

use kie_suno::{
    Error, Stage,
    receipts::{Ledger as _, Receipt, ReceiptId, ReceiptState},
    records::Timestamp,
};
use serde::Serialize;
use serde_json::json;

use crate::{
    args::{GlobalArgs, OutputFormat},
    exit::ExitError,
    output::{note, out, print_json},
    session::ledger,
};

const DAY: u64 = 24 * 60 * 60;

/// One unfinished receipt in the list.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Unfinished<'a> {
    receipt: ReceiptId,
    name: Option<&'a str>,
    operation: &'a str,
    state: &'static str,
    stage: Option<Stage>,
    task_id: Option<&'a str>,
    /// Creation time of the receipt, in milliseconds since 1970.
    created: Timestamp,
    age_s: u64,
    /// Earliest expiry of the files, in milliseconds since 1970. Missing if the task is not known.
    kept_until: Option<Timestamp>,
    #[serde(skip)]
    kept_s: Option<u64>,
}

impl<'a> Unfinished<'a> {
    fn of(receipt: &'a Receipt, now: SystemTime) -> Self {
        let between = |from: SystemTime, to: SystemTime| to.duration_since(from).unwrap_or_default();
        let kept_until = receipt.kept_until();
        Self {
            receipt: receipt.id,
            name: receipt.name.as_deref(),
            operation: &receipt.operation,
            state: match receipt.state {
                ReceiptState::Prepared => "unsent",
                ReceiptState::Sent => "unknown",
                ReceiptState::Running => "running",
                _ => "complete",
            },
            stage: receipt.stage,
            task_id: receipt.task_id.as_deref(),
            created: receipt.created.into(),
            age_s: between(receipt.created, now).as_secs(),
            kept_until: kept_until.map(Timestamp::from),
            kept_s: kept_until.map(|until| between(now, until).as_secs()),
        }
    }

    fn tell(&self) {
        let Self { state, operation, .. } = self;
        let what = match self.task_id {
            Some(id) => format!("task {id}"),
            None => format!("receipt {}", self.receipt),
        };
        let mut more = span(self.age_s) + " ago";
        if let Some(stage) = self.stage.filter(|stage| *stage != Stage::Complete) {
            more += &format!(", stage {stage} reached");
        }
        more += &match self.kept_s {
            Some(0) => ", files probably expired".to_owned(),
            Some(left) => format!(", files kept for {}", span(left)),
            None => String::new(),
        };
        let name = self.name.map(|name| format!("  {name:?}")).unwrap_or_default();
        out!("{state:<8}  {operation:<24}  {what:<40}  {more}{name}");
    }
}

pub(crate) async fn list(global: &GlobalArgs) -> Result<(), ExitError> {
    let ledger = ledger::open(global).await?.ok_or_else(|| ledger::missing(global))?;
    let receipts = ledger.unfinished().await.map_err(Error::Ledger)?;
    let now = SystemTime::now();
    let unfinished: Vec<_> = receipts.iter().map(|receipt| Unfinished::of(receipt, now)).collect();
    if global.format == OutputFormat::Json {
        return Ok(print_json(&json!({ "ledger": ledger.path(), "tasks": unfinished }))?);
    }
    if unfinished.is_empty() {
        out!("there are no unfinished tasks");
    }
    unfinished.iter().for_each(Unfinished::tell);
    if unfinished.iter().any(|it| it.task_id.is_some()) {
        note!("to save the complete ones, run: kie{} save DIR", global.flags());
    }
    if unfinished.iter().any(|it| it.state == "unknown") {
        explain_unknown();
    }
    Ok(())
}

fn explain_unknown() {
    note!("unknown: the response was lost; the call may have been accepted and charged, and is not sent again.");
    note!("To find out, check the account's log page and balance.");
    note!("If a program on this machine receives its callback: kie resume RECEIPT");
    note!("If none does, and nothing was charged: kie forget RECEIPT");
}

/// Formats a number of seconds in the largest unit that fits, such as `2 h`.
fn span(seconds: u64) -> String {
    match seconds {
        0..60 => format!("{seconds} s"),
        60..3600 => format!("{} min", seconds / 60),
        3600..DAY => format!("{} h", seconds / 3600),
        _ => format!("{} d", seconds / DAY),
    }
}
