//! `kie voice check`: checks if a cloned voice can be used.

use clap::Args;
use kie_suno::{
    Route,
    requests::{Endpoint as _, SunoVoiceCheckVoice, SunoVoiceGenerate},
};
use serde::Serialize;

use crate::{
    args::OutputFormat,
    exit::ExitError,
    output::{Success, out, print_json},
    session::Session,
    sources::KnownTask,
};

#[derive(Debug, Args)]
#[command(after_long_help = EXAMPLES)]
pub(crate) struct CheckVoiceArgs {
    /// Task of kie voice make that made the voice, or the first characters of its id [default: the newest voice in the
    /// ledger]
    #[arg(value_name = "TASK")]
    pub(crate) task: Option<String>,
}

const EXAMPLES: &str = "\
The exit code is 1 if the voice cannot be used.

Examples:
  kie voice phrase https://example.com/sample.mp3 --to 15
  kie voice make https://example.com/phrase.mp3
  kie voice check";

/// Result of the check of a voice.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub(crate) struct CheckedVoice<'a> {
    /// Always `suno-voice-check-voice`.
    operation: &'static str,
    /// Route on which the voice was made.
    route: Route,
    outcome: Success,
    /// Id of the task that made the voice.
    task_id: &'a str,
    /// `true` if the voice can be used.
    is_available: bool,
}

pub(super) async fn run(session: &Session, args: &CheckVoiceArgs) -> Result<(), ExitError> {
    let task = match &args.task {
        Some(word) => KnownTask::named(session, word, &[SunoVoiceGenerate::NAME]).await?,
        None => KnownTask::newest(session, &[SunoVoiceGenerate::NAME], |_| true).await?.ok_or_else(|| {
            ExitError::Invalid("the ledger has no voice: make one with kie voice make, or name its task".to_owned())
        })?,
    };
    let route = task.route(session);
    let is_available = is_available(session, &task.id, route).await?;
    match (session.format, is_available) {
        (OutputFormat::Json, _) => print_json(&CheckedVoice {
            operation: SunoVoiceCheckVoice::NAME,
            route,
            outcome: Success::Success,
            task_id: &task.id,
            is_available,
        })?,
        (OutputFormat::Text, true) => out!("the voice can be used"),
        (OutputFormat::Text, false) => out!("the voice cannot be used"),
    }
    if is_available { Ok(()) } else { Err(ExitError::Reported(1)) }
}

/// Returns `true` if the service says that the voice of this task can be used.
pub(super) async fn is_available(session: &Session, task: &str, route: Route) -> Result<bool, ExitError> {
    let call = session.client.call(SunoVoiceCheckVoice::new(task)).route(route);
    let voice = session.interrupt.during("checking the voice", call).await??;
    Ok(voice.is_available == Some(true))
}
