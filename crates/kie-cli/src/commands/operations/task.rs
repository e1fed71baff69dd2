//! `kie task`: a task of any operation, by its id.

use kie_suno::requests::{
    Endpoint, TaskEndpoint,
    catalog::{self, Visitor},
};

use crate::{args, commands::operations::call::Done, exit::ExitError, follow, session::Session};

/// `kie task`.
pub(crate) async fn task(caller: &Session, args: args::TaskArgs) -> Result<(), ExitError> {
    let looking = Looking { caller, args: &args };
    catalog::visit(&args.operation, looking).ok_or_else(|| ExitError::unknown_operation(&args.operation))?.await
}

struct Looking<'a> {
    caller: &'a Session,
    args: &'a args::TaskArgs,
}

impl<'a> Visitor for Looking<'a> {
    type Output = Done<'a>;

    fn call<E: Endpoint>(self) -> Done<'a> {
        Box::pin(async { Err(ExitError::Usage(format!("{} starts no task", E::NAME))) })
    }

    fn start<E: TaskEndpoint>(self) -> Done<'a> {
        Box::pin(async move {
            let task = self.caller.client.task::<E::Job>(self.args.id.as_str());
            let follow = follow::followed(self.args.wait, &self.args.follow);
            follow::run::<E>(self.caller, &task, None, follow).await
        })
    }
}
