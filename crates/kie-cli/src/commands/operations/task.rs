//! `kie task`: shows a task of any operation by its id, or waits for it and saves its files.

use kie_suno::requests::{
    Endpoint, TaskEndpoint,
    catalog::{self, Visitor},
};

use crate::{args, commands::operations::call::Done, exit::ExitError, follow, session::Session};

/// `kie task`.
pub(crate) async fn task(session: &Session, args: args::TaskArgs) -> Result<(), ExitError> {
    let visitor = TaskVisitor { session, args: &args };
    catalog::visit(&args.operation, visitor).ok_or_else(|| ExitError::unknown_operation(&args.operation))?.await
}

struct TaskVisitor<'a> {
    session: &'a Session,
    args: &'a args::TaskArgs,
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
            let task = self.session.client.task::<E::Job>(self.args.id.as_str());
            let follow = follow::followed(self.args.wait, &self.args.follow);
            follow::run::<E>(self.session, &task, None, follow).await
        })
    }
}
