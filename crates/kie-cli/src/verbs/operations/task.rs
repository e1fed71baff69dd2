//! `kie task`: shows a task of any operation by its id, or waits for it and saves its files.

use clap::Args;
use kie_suno::{
    Error, Route,
    receipts::{Receipt, ReceiptKey},
};

use crate::{args::FollowArgs, exit::ExitError, follow, output::note, session::Session, sources::operation_named};

#[derive(Debug, Args)]
#[command(after_long_help = EXAMPLES)]
pub(crate) struct TaskArgs {
    /// Name of the operation that started the task
    pub(crate) operation: String,
    /// Id of the task
    pub(crate) id: String,
    /// Wait until the task is finished. --save implies --wait
    #[arg(long)]
    pub(crate) wait: bool,
    #[command(flatten)]
    pub(crate) follow: FollowArgs,
}

const EXAMPLES: &str = "\
Examples:
  kie task generate-music \"$TASK\"
  kie task generate-music \"$TASK\" --save songs";

/// `kie task`.
pub(crate) async fn run(session: &Session, mut args: TaskArgs) -> Result<(), ExitError> {
    let operation = operation_named(&args.operation)?;
    let receipt = receipt_of_task(session, &args.id).await?;
    let route = route_of_task(session, receipt.as_ref());
    if !operation.may_start_task(route) {
        let what = if operation.may_start_task(Route::Market) {
            "starts no task on the classic route; if the market route started the task, add --route market"
        } else {
            "starts no task; kie operations lists those that do"
        };
        return Err(ExitError::Usage(format!("{} {what}", operation.name)));
    }
    if let Some(receipt) = &receipt {
        follow::find_song_of(session, receipt, &mut args.follow).await?;
    }
    let task = session.client.any_task_on(operation.name, &args.id, route);
    let task = task.ok_or_else(|| ExitError::unknown_operation(operation.name))?;
    follow::run(session, operation.name, &task, None, follow::followed(args.wait, &args.follow)).await
}

/// Returns the receipt of the call that started a task, if the ledger has one.
async fn receipt_of_task(session: &Session, id: &str) -> Result<Option<Receipt>, ExitError> {
    let Some(ledger) = &session.ledger else { return Ok(None) };
    Ok(ledger.find(ReceiptKey::Task(id)).await.map_err(Error::Ledger)?)
}

/// Returns the route on which a task is read: the route of its receipt, or else that of the command. A task is known
/// only to the route that made it.
fn route_of_task(session: &Session, receipt: Option<&Receipt>) -> Route {
    let Some(route) = receipt.map(|receipt| receipt.route) else { return session.route };
    if session.global.route.is_some() && route != session.route {
        note!("the {route} route made this task, so it is read there");
    }
    route
}
