//! `kie save`: saves every complete task that is not saved.

use std::path::{Path, PathBuf};

use clap::Args;
use kie_suno::{
    Credits, Error, Route,
    files::{NameTemplate, SaveOutcome, SaveReport, SavedFile},
    receipts::{ReceiptId, ReceiptItem, ReceiptKey},
    records::Timestamp,
    types::text::one_line,
};
use serde::Serialize;

use crate::{
    args::{OutputFormat, TagArgs},
    exit::ExitError,
    follow::{song_in_ledger, try_folder},
    output::{Column, ProgressLine, Table, long_line, minutes, note, out, print_json, size, tell_doubt, with_causes},
    session::Session,
    sources::ShortIds,
    tags::{TagFacts, tag_saved},
};

#[derive(Debug, Args)]
#[command(after_long_help = EXAMPLES)]
pub(crate) struct SaveArgs {
    /// Folder for the files
    #[arg(value_name = "DIR")]
    pub(crate) folder: PathBuf,
    /// Also save lyrics, cover images and the service's JSON record of each task
    #[arg(long)]
    pub(crate) extras: bool,
    /// Names of the files, such as {title}/{index}-{id8}.{ext}. A / makes a folder below DIR. Placeholders: title, part,
    /// index, id8, id, task, kind, date, ext [default: {title}-{id8}.{ext}]
    #[arg(long, value_name = "TEMPLATE")]
    pub(crate) out_template: Option<NameTemplate>,
    #[command(flatten)]
    pub(crate) tags: TagArgs,
}

const EXAMPLES: &str = "\
Examples:
  kie save songs
  kie save songs --extras";

/// Results of `kie save`.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct Saved {
    /// Results of the tasks, in the order in which the tasks were done.
    tasks: Vec<ReceiptResult>,
    /// Number of receipts without a task id.
    unnamed: usize,
}

/// Result of `kie save` for one receipt.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
struct ReceiptResult {
    /// Id of the receipt.
    #[cfg_attr(test, schemars(with = "String"))]
    receipt: ReceiptId,
    /// Name of the call, as `--name` set it.
    name: Option<String>,
    /// Operation that was called, such as `generate-music`.
    operation: String,
    /// Route on which the call was made.
    route: Route,
    /// Id of the task.
    task_id: Option<String>,
    outcome: ReceiptOutcome,
    /// Reason of a failure, for people.
    message: Option<String>,
    /// The saved files.
    files: Vec<SavedFile>,
    /// Documented expiry of the files, in milliseconds since 1970. `None` if the task is not known.
    kept_until: Option<Timestamp>,
    /// Credits that the task cost. `None` if its record does not tell the cost.
    credits: Option<Credits>,
    /// Results of the task, for the lengths in the text.
    #[serde(skip)]
    items: Vec<ReceiptItem>,
}

/// Outcome of `kie save` for one receipt.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
enum ReceiptOutcome {
    /// The files are saved.
    Success,
    /// The task is not finished.
    Running,
    /// The task failed.
    Failed,
    /// The service does not know the task.
    NotFound,
    /// Another process is working on it.
    Held,
    /// The task could not be read, or its files could not be saved.
    Error,
}

impl ReceiptOutcome {
    fn words(self) -> &'static str {
        match self {
            Self::Success => "saved",
            Self::Running => "running",
            Self::Failed => "failed",
            Self::NotFound => "not found",
            Self::Held => "held",
            Self::Error => "error",
        }
    }
}

impl From<SaveReport> for ReceiptResult {
    fn from(SaveReport { receipt, outcome, .. }: SaveReport) -> Self {
        let (outcome, message, files) = match outcome {
            SaveOutcome::Saved(files) => (ReceiptOutcome::Success, None, files),
            SaveOutcome::Running => (ReceiptOutcome::Running, None, Vec::new()),
            SaveOutcome::Failed { reason, files } => (ReceiptOutcome::Failed, Some(reason), files),
            SaveOutcome::NotFound => {
                let what = format!("the service does not know this task on the {} route", receipt.route);
                (ReceiptOutcome::NotFound, Some(what), Vec::new())
            }
            SaveOutcome::Held => {
                (ReceiptOutcome::Held, Some("another process is working on it".to_owned()), Vec::new())
            }
            SaveOutcome::Error(error) => {
                let saved = if let Error::Save(save) = &error { save.saved().to_vec() } else { Vec::new() };
                (ReceiptOutcome::Error, Some(with_causes(&error)), saved)
            }
            _ => (ReceiptOutcome::Error, None, Vec::new()),
        };
        let kept_until = receipt.kept_until().map(Timestamp::from);
        let (id, name, operation, task_id) = (receipt.id, receipt.name, receipt.operation, receipt.task_id);
        let (route, credits, items) = (receipt.route, receipt.credits, receipt.items);
        Self { receipt: id, name, operation, route, task_id, outcome, message, files, kept_until, credits, items }
    }
}

impl ReceiptResult {
    fn is_error(&self) -> bool {
        !matches!(self.outcome, ReceiptOutcome::Success | ReceiptOutcome::Running | ReceiptOutcome::Held)
    }

    fn tell(&self, ids: &ShortIds) {
        let Self { outcome, operation, .. } = self;
        let task = one_line(self.task_id.as_deref().unwrap_or_default());
        let outcome = outcome.words();
        out!("{outcome:<9}  {operation} task {task}");
        if let Some(message) = &self.message {
            out!("           {}", long_line(message));
        }
        let mut table = Table::new([
            Column::whole(""),
            Column::whole(""),
            Column::number(""),
            Column::number(""),
            Column::whole(""),
        ]);
        for (index, file) in self.files.iter().enumerate() {
            // Extra files, such as lyrics, have the id of their song and come after it.
            let is_first = !self.files[..index].iter().any(|before| before.id == file.id);
            let id = file.id.as_deref().filter(|_| is_first);
            let item = self.items.iter().find(|item| id.is_some() && item.id.as_deref() == id);
            let length = item.and_then(|item| item.duration_s).map(minutes).unwrap_or_default();
            let id = id.map(|id| ids.short(id)).unwrap_or_default();
            let path = file.path.display().to_string();
            table.push(["         ".into(), id.into(), length.into(), size(file.bytes).into(), path.into()]);
        }
        table.print();
    }
}

pub(crate) async fn run(session: &Session, args: &SaveArgs) -> Result<(), ExitError> {
    session.ledger()?;
    try_folder(&args.folder, &session.interrupt).await?;
    session.interrupt.during("saving files", save_all(session, args)).await?
}

async fn save_all(session: &Session, args: &SaveArgs) -> Result<(), ExitError> {
    let progress = ProgressLine::new("saving");
    let mut saving = session.client.save_all(&args.folder);
    if args.extras {
        saving = saving.with_extras();
    }
    if let Some(names) = &args.out_template {
        saving = saving.names(names.clone());
    }
    // A JSON document must be complete, so its results are collected. Lines of text are printed as they come.
    let is_json = session.format == OutputFormat::Json;
    let (mut collected, mut count, mut has_errors) = (Vec::new(), 0, false);
    let ids = ShortIds::of(session.ledger.as_ref()).await?;
    while let Some(report) = saving.next().await {
        let mut result = ReceiptResult::from(tag(session, report?, &args.folder, &args.tags).await);
        // The report has the receipt as it was before its task was polled.
        if let Ok(Some(now)) = session.ledger()?.find(ReceiptKey::Id(result.receipt)).await {
            (result.credits, result.items) = (now.credits, now.items);
        }
        count += 1;
        has_errors |= result.is_error();
        if !is_json {
            result.tell(&ids);
        }
        result.files.iter().for_each(tell_doubt);
        if is_json {
            collected.push(result);
        }
    }
    let unnamed = unnamed(session).await?;
    drop(progress);
    if is_json {
        print_json(&Saved { tasks: collected, unnamed })?;
    } else if count == 0 {
        out!("there is nothing to save");
    }
    if let Some(list) = session.list().filter(|_| unnamed > 0) {
        note!("receipts without a task id: {unnamed}; to list them, run: {list}");
    }
    if has_errors { Err(ExitError::Reported(1)) } else { Ok(()) }
}

/// Writes tags to the songs of a report. The receipt does not tell the titles of the songs, so the task is polled for them.
async fn tag(session: &Session, mut report: SaveReport, folder: &Path, args: &TagArgs) -> SaveReport {
    let (SaveOutcome::Saved(files) | SaveOutcome::Failed { files, .. }) = &mut report.outcome else { return report };
    let Some(task) = session.client.task_of(&report.receipt).filter(|_| args.are_wanted()) else { return report };
    // Without the items, the tags have the ids only.
    let items = task.report().await.map(|report| report.items).unwrap_or_default();
    // An error of the ledger must not hide the saved files.
    let song = song_in_ledger(session, &report.receipt).await.ok().flatten();
    let about = TagFacts::new(task.clone(), folder, args).of_song(song.as_ref());
    *files = tag_saved(std::mem::take(files), &items, &about, &session.interrupt).await;
    report
}

/// Returns the number of unfinished receipts without a task id. Such a receipt can be neither looked up nor saved.
async fn unnamed(session: &Session) -> Result<usize, Error> {
    let (mut unfinished, mut unnamed) = (session.client.unfinished(), 0);
    while let Some(receipt) = unfinished.next().await {
        unnamed += usize::from(receipt?.task_id.is_none());
    }
    Ok(unnamed)
}
