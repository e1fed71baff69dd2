//! `kie resume`: waits for the task of a receipt.

use std::pin::Pin;

use clap::Args;
use kie_suno::{
    Route,
    receipts::ReceiptId,
    records::{Job, ResultOf},
    requests::{
        Endpoint, TaskEndpoint,
        catalog::{self, Visitor},
    },
    types::text::one_line,
};
use tokio::time::Instant;

use crate::{
    args::FollowArgs,
    exit::ExitError,
    follow,
    output::{ProgressLine, note},
    session::Session,
    sources::meant,
    verbs::operations::market::may_start_task,
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
    let (id, mut follow) = (receipt.id, args.follow);
    follow::find_song_of(session, &receipt, &mut follow).await?;
    let resuming = Resuming { session, id, route: receipt.route, follow };
    catalog::visit(&receipt.operation, resuming).ok_or_else(|| ExitError::unknown_operation(&receipt.operation))?.await
}

struct Resuming<'a> {
    session: &'a Session,
    id: ReceiptId,
    route: Route,
    follow: FollowArgs,
}

impl<'a> Visitor for Resuming<'a> {
    type Output = Pin<Box<dyn Future<Output = Result<(), ExitError>> + 'a>>;

    fn call<E: Endpoint>(self) -> Self::Output {
        if may_start_task::<E>(self.route) {
            return Box::pin(self.run::<ResultOf<E>>(E::NAME));
        }
        let what =
            format!("receipt {} belongs to {}, which starts no task: there is nothing to resume", self.id, E::NAME);
        Box::pin(async { Err(ExitError::Usage(what)) })
    }

    fn start<E: TaskEndpoint>(self) -> Self::Output {
        Box::pin(self.run::<E::Job>(E::NAME))
    }
}

impl Resuming<'_> {
    async fn run<J: Job>(self, operation: &'static str) -> Result<(), ExitError> {
        let Self { session, id, route, mut follow } = self;
        let begin = Instant::now();
        let progress = ProgressLine::new("waiting for a callback");
        let resumed = session.client.resume::<J>(id).timeout(follow.timeout).await;
        drop(progress);
        let task = resumed.map_err(|error| session.lost(error, operation, route, follow.save.as_deref()))?;
        note!("task {} ({operation})", one_line(task.id().as_str()));
        follow.timeout = follow.timeout.saturating_sub(begin.elapsed());
        follow::run(session, operation, &task, None, Some(&follow)).await
    }
}
