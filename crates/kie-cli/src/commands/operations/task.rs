//! `kie task`: a task of any operation, by its id.

use kie_suno::requests::{
    Endpoint, TaskEndpoint,
    catalog::{self, Visitor},
};

use crate::{args, commands::operations::call::Done, exit::Stop, follow, session::Caller};

/// `kie task`.
pub(crate) async fn task(caller: &Caller, args: args::Task) -> Result<(), Stop> {
    let looking = Looking { caller, args: &args };
    catalog::visit(&args.operation, looking).ok_or_else(|| Stop::unknown_operation(&args.operation))?.await
}

struct Looking<'a> {
    caller: &'a Caller,
    args: &'a args::Task,
}

impl<'a> Visitor for Looking<'a> {
    type Output = Done<'a>;

    fn call<E: Endpoint>(self) -> Done<'a> {
        Box::pin(async { Err(Stop::Usage(format!("{} starts no task", E::NAME))) })
    }

    fn start<E: TaskEndpoint>(self) -> Done<'a> {
        Box::pin(async move {
            let task = self.caller.client.task::<E::Job>(self.args.id.as_str());
            let follow = follow::followed(self.args.wait, &self.args.follow);
            follow::run::<E>(self.caller, &task, None, follow).await
        })
    }
}
