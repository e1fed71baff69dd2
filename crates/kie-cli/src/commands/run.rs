//! Which command does what, and which of them need a ledger.

use kie_suno::requests::catalog::OPERATIONS;

use crate::{
    args::{Cli, Command},
    commands::{
        credits,
        operations::{
            call::{self, has_receipt},
            check, inspect, list, task,
        },
        receipts::{forget, resume, save, tasks},
        sandbox, songs, upload,
    },
    exit::{ExitError, Interrupt},
    session::Session,
};

/// Runs the command that the command line names.
pub(crate) async fn run(cli: Cli, interrupt: Interrupt) -> Result<(), ExitError> {
    let format = cli.global.format;
    match cli.command {
        Command::Check(args) => return check::run(&args, format),
        Command::Inspect(args) => return inspect::run(&args, format),
        Command::Operations => return list::operations(format),
        Command::Sandbox(args) => return sandbox::serve(args, cli.global, &interrupt).await,
        Command::Tasks => return tasks::list(&cli.global).await,
        Command::Forget(args) => return forget::forget(&cli.global, &args).await,
        _ => {}
    }
    let caller = Session::open(cli.global, cli.command.keeps_receipts(), interrupt).await?;
    match cli.command {
        Command::Generate(args) => songs::generate(&caller, args).await,
        Command::Extend(args) => songs::extend(&caller, args).await,
        Command::Video(args) => songs::video(&caller, args).await,
        Command::Call(args) => call::call(&caller, args).await,
        Command::Task(args) => task::task(&caller, args).await,
        Command::Save(args) => save::save(&caller, &args).await,
        Command::Resume(args) => resume::resume(&caller, args).await,
        Command::Upload(args) => upload::upload(&caller, &args).await,
        Command::Credits => credits::credits(&caller).await,
        Command::Check(_) | Command::Inspect(_) | Command::Operations | Command::Sandbox(_) => Ok(()),
        Command::Tasks | Command::Forget(_) => Ok(()),
    }
}

impl Command {
    /// Whether it is of use to the command to have a ledger: what costs nothing needs none.
    fn keeps_receipts(&self) -> bool {
        match self {
            Self::Upload(_) | Self::Credits => false,
            Self::Call(args) => {
                OPERATIONS.iter().any(|it| it.name == args.operation && has_receipt(it.effect, it.host))
            }
            _ => true,
        }
    }
}
