//! `kie open`: opens a saved file with the program of the desktop.

use std::{
    env,
    path::{Path, PathBuf},
};

use anyhow::anyhow;
use clap::Args;
use kie_suno::types::text::one_line;
use serde::Serialize;

use crate::{
    args::{GlobalArgs, OutputFormat},
    exit::{ExitError, Interrupt},
    output::{long_line, note, out, print_json},
    session::{OpenLedger, Session, ledger},
    sources::{Meant, ReceiptArgs, is_named_after},
    verbs::ledger::words::short_path,
};

#[derive(Debug, Args)]
#[command(after_long_help = EXAMPLES)]
pub(crate) struct OpenArgs {
    #[command(flatten)]
    receipt: ReceiptArgs,
    /// Open the folder of the file
    #[arg(long, conflicts_with = "link")]
    folder: bool,
    /// Open the link of the service in the browser, for example if the file is not saved. The task is polled once
    #[arg(long)]
    link: bool,
}

const EXAMPLES: &str = "\
Examples:
  kie open $TRACK
  kie open --last --folder";

/// The path or link that was meant.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct Opened {
    /// Path of the file or folder, or the link.
    target: String,
    /// `true` if a program was started to open it.
    opened: bool,
    /// Reason why it was not opened.
    message: Option<String>,
}

pub(crate) async fn run(global: GlobalArgs, args: OpenArgs, interrupt: &Interrupt) -> Result<(), ExitError> {
    let ledger = ledger::required(&global, interrupt).await?;
    let found = args.receipt.find(&ledger).await?;
    let format = global.format;
    let target = if args.link {
        link(global, &found, interrupt).await?
    } else {
        let file = file(&args, &found, &ledger)?;
        let shown = if args.folder { file.parent().map_or_else(|| file.clone(), Path::to_owned) } else { file };
        shown.to_string_lossy().into_owned()
    };
    let opened =
        if has_desktop() { open(target.clone(), interrupt).await? } else { Err("there is no desktop".to_owned()) };
    if format == OutputFormat::Json {
        return Ok(print_json(&Opened { target, opened: opened.is_ok(), message: opened.err() })?);
    }
    out!(
        "{}",
        if args.link { long_line(&target).to_string() } else { short_path(Path::new(&target)).display().to_string() }
    );
    if let Err(reason) = opened {
        note!("it was not opened: {reason}");
    }
    Ok(())
}

/// Returns the saved file that the user means.
fn file(args: &OpenArgs, found: &Meant, ledger: &OpenLedger) -> Result<PathBuf, ExitError> {
    let named = args.receipt.id.as_ref().map(Path::new).filter(|path| path.is_file());
    if let Some(file) = named {
        return Ok(std::path::absolute(file)?);
    }
    let Meant { receipt, .. } = found;
    let by_name = found.item().and_then(|item| receipt.files.iter().find(|file| is_named_after(file, item)));
    // Files are saved in the order of the results. Their names can have another form.
    let file = by_name.or_else(|| receipt.files.get(found.item.unwrap_or_default()));
    let id = receipt.id;
    match file {
        Some(file) if Path::new(file).exists() => Ok(PathBuf::from(file)),
        Some(file) => Err(ExitError::Other(anyhow!(
            "{} is not there any more; while KIE keeps it, kie open --link {id} opens its link",
            one_line(file)
        ))),
        None => Err(ExitError::Other(anyhow!(
            "nothing is saved of receipt {id} in {}; kie show {id} tells its state",
            ledger.place()
        ))),
    }
}

/// Returns the link of the result that the user means, from the record of the task.
async fn link(global: GlobalArgs, found: &Meant, interrupt: &Interrupt) -> Result<String, ExitError> {
    let session = Session::open(global, true, interrupt.clone()).await?;
    let id = found.receipt.id;
    let task = session.client.task_of(&found.receipt);
    let task = task.ok_or_else(|| ExitError::Other(anyhow!("receipt {id} has no task, and so no link")))?;
    let report = interrupt.during("reading the task", task.report()).await??;
    session.end().await;
    let wanted = found.item().and_then(|item| item.id.as_deref());
    let is_it = |id: Option<&str>| wanted.is_none() || id == wanted;
    let url = report.items.iter().filter(|item| is_it(item.id.as_deref())).find_map(|item| item.url.as_ref());
    let url = url.ok_or_else(|| ExitError::Other(anyhow!("the record of the task has no link yet")))?;
    Ok(url.as_str().to_owned())
}

/// Opens a path or a link. The inner error is the reason why it was not opened.
async fn open(target: String, interrupt: &Interrupt) -> Result<Result<(), String>, ExitError> {
    let opening = move || Ok(open::that_detached(target).map_err(|error| error.to_string()));
    interrupt.during_blocking("opening the file", opening).await
}

/// Returns `true` if there is a desktop that can open files.
fn has_desktop() -> bool {
    let is_set = |name: &&str| env::var_os(name).is_some_and(|value| !value.is_empty());
    let always = cfg!(any(windows, target_os = "macos"));
    always || ["DISPLAY", "WAYLAND_DISPLAY", "WSL_DISTRO_NAME"].iter().any(is_set)
}
