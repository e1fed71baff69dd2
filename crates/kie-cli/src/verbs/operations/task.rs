//! `kie task`: shows a task of any operation by its id, or waits for it and saves its files.

use clap::Args;
use kie_suno::{
    Error, Route,
    receipts::{Ledger as _, Receipt, ReceiptKey},
    records::{Job, ResultOf},
    requests::{
        Endpoint, TaskEndpoint,
        catalog::{self, Visitor},
    },
};

use crate::{
    args::FollowArgs,
    exit::ExitError,
    follow,
    output::note,
    session::Session,
    verbs::operations::{call::Done, market::may_start_task},
};

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
    let receipt = receipt_of_task(session, &args.id).await?;
    if let Some(receipt) = &receipt {
        follow::find_song_of(session, receipt, &mut args.follow).await?;
    }
    let route = route_of_task(session, receipt.as_ref());
    let visitor = TaskVisitor { session, args: &args, route };
    catalog::visit(&args.operation, visitor).ok_or_else(|| ExitError::unknown_operation(&args.operation))?.await
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

struct TaskVisitor<'a> {
    session: &'a Session,
    args: &'a TaskArgs,
    route: Route,
}

impl<'a> Visitor for TaskVisitor<'a> {
    type Output = Done<'a>;

    fn call<E: Endpoint>(self) -> Done<'a> {
        if may_start_task::<E>(self.route) {
            return Box::pin(self.run::<ResultOf<E>>(E::NAME));
        }
        let what = if may_start_task::<E>(Route::Market) {
            "starts no task on the classic route; if the market route started the task, add --route market"
        } else {
            "starts no task; kie operations lists those that do"
        };
        Box::pin(async move { Err(ExitError::Usage(format!("{} {what}", E::NAME))) })
    }

    fn start<E: TaskEndpoint>(self) -> Done<'a> {
        Box::pin(self.run::<E::Job>(E::NAME))
    }
}

impl TaskVisitor<'_> {
    async fn run<J: Job>(self, operation: &'static str) -> Result<(), ExitError> {
        let task = self.session.client.task::<J>(self.args.id.as_str()).on(self.route);
        let follow = follow::followed(self.args.wait, &self.args.follow);
        follow::run(self.session, operation, &task, None, follow).await
    }
}
