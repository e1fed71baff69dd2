//! `kie task`: shows a task of any operation by its id, or waits for it and saves its files.

use clap::Args;
use kie_suno::{
    Error, Route,
    receipts::{Ledger as _, ReceiptKey},
    requests::{
        Endpoint, TaskEndpoint,
        catalog::{self, Visitor},
    },
};

use crate::{args::FollowArgs, exit::ExitError, follow, output::note, session::Session, verbs::operations::call::Done};

#[derive(Debug, Args)]
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

/// `kie task`.
pub(crate) async fn run(session: &Session, args: TaskArgs) -> Result<(), ExitError> {
    let route = route_of_task(session, &args.id).await?;
    let visitor = TaskVisitor { session, args: &args, route };
    catalog::visit(&args.operation, visitor).ok_or_else(|| ExitError::unknown_operation(&args.operation))?.await
}

/// Returns the route on which a task is read: the route of its receipt, or else that of the command. A task is known
/// only to the route that made it.
async fn route_of_task(session: &Session, id: &str) -> Result<Route, ExitError> {
    let Some(ledger) = &session.ledger else { return Ok(session.route) };
    let receipt = ledger.find(ReceiptKey::Task(id)).await.map_err(Error::Ledger)?;
    let Some(route) = receipt.map(|receipt| receipt.route) else { return Ok(session.route) };
    if session.global.route.is_some() && route != session.route {
        note!("the {route} route made this task, so it is read there");
    }
    Ok(route)
}

struct TaskVisitor<'a> {
    session: &'a Session,
    args: &'a TaskArgs,
    route: Route,
}

impl<'a> Visitor for TaskVisitor<'a> {
    type Output = Done<'a>;

    fn call<E: Endpoint>(self) -> Done<'a> {
        Box::pin(async {
            Err(ExitError::Usage(format!("{} starts no task; kie operations lists those that do", E::NAME)))
        })
    }

    fn start<E: TaskEndpoint>(self) -> Done<'a> {
        Box::pin(async move {
            let task = self.session.client.task::<E::Job>(self.args.id.as_str()).on(self.route);
            let follow = follow::followed(self.args.wait, &self.args.follow);
            follow::run::<E>(self.session, &task, None, follow).await
        })
    }
}
