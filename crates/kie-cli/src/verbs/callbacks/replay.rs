//! `kie replay`: sends stored callbacks again.

use std::{collections::BTreeMap, path::PathBuf};

use clap::Args;
use kie_suno::callbacks::signature::UnverifiedCallback;
use serde::Deserialize;

use crate::{
    args::GlobalArgs,
    exit::{ExitError, Interrupt},
    output::note,
    sources::read_bytes,
};

use super::{
    client::ReceiverUrl,
    documents::CallbackWord,
    guard::Refusal,
    outgoing::{Outgoing, send, tell_unsigned},
    signing::SigningArgs,
};

#[derive(Debug, Args)]
#[command(after_long_help = EXAMPLES)]
pub(crate) struct ReplayArgs {
    /// File with the body of a callback, or with the lines of kie listen --format json; - reads standard input. Refused
    /// callbacks are left out
    file: PathBuf,
    /// Address of the receiver: https, or http on a loopback address
    #[arg(long, value_name = "URL")]
    to: ReceiverUrl,
    /// Send the recorded signatures, and not new ones
    #[arg(long, conflicts_with_all = ["webhook_key", "unsigned", "forged", "stale"])]
    as_recorded: bool,
    #[command(flatten)]
    signing: SigningArgs,
}

const EXAMPLES: &str = "\
Examples:
  kie replay body.json --to http://127.0.0.1:9000/
  kie replay callbacks.jsonl --to http://127.0.0.1:9000/ --as-recorded";

/// A line of `kie listen`.
#[derive(Debug, Deserialize)]
struct Line {
    /// Only lines about callbacks have this word.
    #[serde(rename = "event")]
    _event: CallbackWord,
    refused: Option<Refusal>,
    query: Option<String>,
    headers: BTreeMap<String, String>,
    body: Option<String>,
}

pub(crate) async fn run(args: &ReplayArgs, global: &GlobalArgs, interrupt: &Interrupt) -> Result<(), ExitError> {
    let bytes = read_bytes(&args.file, interrupt).await?;
    let name = args.file.display();
    let text = String::from_utf8(bytes).map_err(|_| ExitError::Invalid(format!("{name} is not UTF-8 text")))?;
    let outgoing = match stored(&text) {
        Some(lines) => lines.into_iter().filter_map(|line| args.of_line(line)).collect(),
        None if args.as_recorded => {
            let what = format!("{name} has no lines of kie listen --format json, so no signature is recorded");
            return Err(ExitError::Invalid(what));
        }
        None => Vec::from_iter(args.outgoing(text, None, None)),
    };
    if outgoing.is_empty() {
        return Err(ExitError::Invalid(format!("{name} has no callback with the id of a task")));
    }
    if args.signing.lacks_key() && !args.as_recorded {
        tell_unsigned();
    }
    send(outgoing, &args.to, 1, global.format, interrupt).await
}

/// Returns the lines about callbacks, if the text consists of lines of `kie listen`.
fn stored(text: &str) -> Option<Vec<Line>> {
    #[derive(Deserialize)]
    struct Any {
        event: String,
    }
    let first: Any = serde_json::from_str(text.lines().next()?).ok()?;
    let has_lines = ["started", "callback"].contains(&first.event.as_str());
    has_lines.then(|| text.lines().filter_map(|line| serde_json::from_str(line).ok()).collect())
}

impl ReplayArgs {
    fn of_line(&self, line: Line) -> Option<Outgoing> {
        let Line { refused, query, headers, body, .. } = line;
        if let Some(refusal) = refused {
            note!("left out: a callback that was refused, because {refusal}");
            return None;
        }
        self.outgoing(body?, query, Some(headers).filter(|_| self.as_recorded))
    }

    /// Returns a callback with these headers, or with a new signature. Returns `None` if the body names no task.
    fn outgoing(
        &self,
        body: String,
        query: Option<String>,
        headers: Option<BTreeMap<String, String>>,
    ) -> Option<Outgoing> {
        let label = UnverifiedCallback::read(body.as_bytes()).ok()?;
        let task_id = label.task_ids().next()?.to_owned();
        let headers = headers.unwrap_or_else(|| self.signing.headers(&task_id));
        Some(Outgoing { name: None, task_id, query, headers, body })
    }
}
