//! `kie tasks` and `kie resume`: what the ledger knows.

use std::{
    pin::Pin,
    time::{Duration, SystemTime},
};

use kie_suno::{
    Endpoint, Error, Key, Ledger as _, Receipt, ReceiptId, ReceiptState, Stage, TaskEndpoint,
    catalog::{self, Visitor},
};
use serde::Serialize;
use serde_json::json;
use tokio::time::Instant;

use crate::{
    args::{self, Follow, Format, Global},
    caller::Caller,
    document::print_json,
    follow, ledger,
    progress::Progress,
    stop::Stop,
    terminal::{note, out},
};

/// How long the service keeps what a task made. It counts from the start, so the truth is a little more.
const KEPT: Duration = Duration::from_secs(14 * DAY);
const DAY: u64 = 24 * 60 * 60;

/// One unfinished receipt, as it is listed.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Unfinished<'a> {
    receipt: ReceiptId,
    name: Option<&'a str>,
    operation: &'a str,
    state: &'static str,
    stage: Option<Stage>,
    task_id: Option<&'a str>,
    /// In milliseconds since 1970.
    created: u128,
    age_s: u64,
    /// In milliseconds since 1970, of a task that is known.
    kept_until: Option<u128>,
}

impl<'a> Unfinished<'a> {
    fn of(receipt: &'a Receipt, now: SystemTime) -> Self {
        let created = receipt.created.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
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
            created: created.as_millis(),
            age_s: now.duration_since(receipt.created).unwrap_or_default().as_secs(),
            kept_until: receipt.task_id.as_ref().map(|_| (created + KEPT).as_millis()),
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
            more += &format!(", {stage} is done");
        }
        if self.task_id.is_some() {
            more += &match KEPT.as_secs().saturating_sub(self.age_s) {
                0 => ", probably no longer kept".to_owned(),
                left => format!(", kept {} more", span(left)),
            };
        }
        let name = self.name.map(|name| format!("  {name:?}")).unwrap_or_default();
        out!("{state:<8}  {operation:<24}  {what:<40}  {more}{name}");
    }
}

/// `kie tasks`.
pub(crate) async fn list(global: &Global) -> Result<(), Stop> {
    let ledger = ledger::open(global).await?.ok_or_else(|| ledger::missing(global))?;
    let receipts = ledger.unfinished().await.map_err(Error::from)?;
    let now = SystemTime::now();
    let unfinished: Vec<_> = receipts.iter().map(|receipt| Unfinished::of(receipt, now)).collect();
    if global.format == Format::Json {
        return Ok(print_json(&json!({ "ledger": ledger.path(), "tasks": unfinished }))?);
    }
    if unfinished.is_empty() {
        out!("nothing is unfinished");
    }
    unfinished.iter().for_each(Unfinished::tell);
    if unfinished.iter().any(|it| it.task_id.is_some()) {
        note!("save what is complete: kie{} save DIR", global.flags());
    }
    if unfinished.iter().any(|it| it.state == "unknown") {
        tell_of_unknown();
    }
    Ok(())
}

fn tell_of_unknown() {
    note!("unknown: it was sent, and no answer came; it may have been taken and charged, and is not sent again. The");
    note!("account's log page and balance tell. If a program here receives its callback: kie resume RECEIPT");
}

/// A time in the largest unit that fits.
fn span(seconds: u64) -> String {
    match seconds {
        0..60 => format!("{seconds} s"),
        60..3600 => format!("{} min", seconds / 60),
        3600..DAY => format!("{} h", seconds / 3600),
        _ => format!("{} d", seconds / DAY),
    }
}

/// `kie resume`.
pub(crate) async fn resume(caller: &Caller, args: args::Resume) -> Result<(), Stop> {
    let ledger = caller.ledger()?;
    let id = args.receipt;
    let found = ledger.find(Key::Id(id)).await.map_err(Error::from)?;
    let receipt =
        found.ok_or_else(|| Stop::Usage(format!("there is no receipt {id} in {}", ledger.path().display())))?;
    let resuming = Resuming { caller, id, follow: args.follow };
    catalog::visit(&receipt.operation, resuming).ok_or_else(|| Stop::unknown_operation(&receipt.operation))?.await
}

struct Resuming<'a> {
    caller: &'a Caller,
    id: ReceiptId,
    follow: Follow,
}

impl<'a> Visitor for Resuming<'a> {
    type Output = Pin<Box<dyn Future<Output = Result<(), Stop>> + 'a>>;

    fn call<E: Endpoint>(self) -> Self::Output {
        Box::pin(async { Err(Stop::Usage(format!("{} starts no task", E::NAME))) })
    }

    fn start<E: TaskEndpoint>(self) -> Self::Output {
        let Self { caller, id, mut follow } = self;
        Box::pin(async move {
            let begin = Instant::now();
            let progress = Progress::new("waiting for a callback");
            let resumed = caller.client.resume::<E::Job>(id).timeout(follow.timeout).await;
            drop(progress);
            let task = resumed.map_err(|error| caller.lost(error))?;
            note!("task {} ({})", task.id(), E::NAME);
            follow.timeout = follow.timeout.saturating_sub(begin.elapsed());
            follow::run::<E>(caller, &task, None, Some(&follow)).await
        })
    }
}
