//! `kie resume`: waits for the task of a receipt.

use clap::Args;
use kie_suno::types::text::one_line;
use tokio::time::Instant;

use crate::{
    args::FollowArgs,
    exit::ExitError,
    follow,
    output::{ProgressLine, note},
    session::Session,
    sources::{meant, operation_named},
};

#[derive(Debug, Args)]
#[command(after_long_help = EXAMPLES)]
pub(crate) struct ResumeArgs {
    /// The receipt or task: its id or the beginning of its id, as kie tasks and kie list print it, or the name of the call
    #[arg(value_name = "ID")]
    pub(crate) receipt: String,
    #[command(flatten)]
    pub(crate) follow: FollowArgs,
}

const EXAMPLES: &str = "\
Examples:
  kie resume $TASK
  kie resume $TASK --save songs";

pub(crate) async fn run(session: &Session, args: ResumeArgs) -> Result<(), ExitError> {
    let receipt = meant(session.ledger()?, &args.receipt).await?.receipt;
    let (id, route, operation) = (receipt.id, receipt.route, operation_named(&receipt.operation)?);
    if !operation.may_start_task(route) {
        let what =
            format!("receipt {id} belongs to {}, which starts no task: there is nothing to resume", operation.name);
        return Err(ExitError::Usage(what));
    }
    let mut follow = args.follow;
    follow::find_song_of(session, &receipt, &mut follow).await?;
    let begin = Instant::now();
    let progress = ProgressLine::new("waiting for a callback");
    let resumed = session.client.resume_any(id).timeout(follow.timeout).await;
    drop(progress);
    let task = resumed.map_err(|error| session.lost(error, operation.name, route, follow.save.as_deref()))?;
    note!("task {} ({})", one_line(task.id()), operation.name);
    follow.timeout = follow.timeout.saturating_sub(begin.elapsed());
    follow::run(session, operation.name, &task, None, Some(&follow)).await
}
