//! Dispatch of the commands. Decides which commands need a ledger.

use kie_suno::requests::catalog::OPERATIONS;

use crate::{
    args::{Cli, Command},
    commands::{
        credits, models,
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

/// Runs the command of the command line.
pub(crate) async fn run(cli: Cli, interrupt: Interrupt) -> Result<(), ExitError> {
    let format = cli.global.format;
    match cli.command {
        Command::Check(args) => return check::run(&args, &cli.global, &interrupt).await,
        Command::Inspect(args) => return inspect::run(&args, &cli.global, &interrupt).await,
        Command::Operations => return list::operations(format),
        Command::Sandbox(args) => return sandbox::serve(args, cli.global, &interrupt).await,
        Command::Tasks => return tasks::list(&cli.global, &interrupt).await,
        Command::Forget(args) => return forget::forget(&cli.global, &args, &interrupt).await,
        _ => {}
    }
    if cli.global.sandbox && matches!(cli.command, Command::Task(_) | Command::Save(_) | Command::Resume(_)) {
        let what = "the simulator inside this command has no earlier tasks: run kie sandbox in another terminal, and give \
                    its address as --base-url to all commands";
        return Err(ExitError::Usage(what.to_owned()));
    }
    let session = Session::open(cli.global, cli.command.keeps_receipts(), interrupt).await?;
    let done = match cli.command {
        Command::Generate(args) => songs::generate(&session, args).await,
        Command::Extend(args) => songs::extend(&session, args).await,
        Command::Video(args) => songs::video(&session, args).await,
        Command::Call(args) => call::call(&session, args).await,
        Command::Task(args) => task::task(&session, args).await,
        Command::Save(args) => save::save(&session, &args).await,
        Command::Resume(args) => resume::resume(&session, args).await,
        Command::Upload(args) => upload::upload(&session, &args).await,
        Command::Credits => credits::credits(&session).await,
        Command::Models(_) => models::compare(&session).await,
        Command::Check(_) | Command::Inspect(_) | Command::Operations | Command::Sandbox(_) => Ok(()),
        Command::Tasks | Command::Forget(_) => Ok(()),
    };
    session.end().await;
    done
}

impl Command {
    /// Returns `true` if the command uses a ledger. Uploads, the balance, and calls that cost nothing need no ledger.
    fn keeps_receipts(&self) -> bool {
        match self {
            Self::Upload(_) | Self::Credits | Self::Models(_) => false,
            Self::Call(args) => {
                OPERATIONS.iter().any(|it| it.name == args.operation && has_receipt(it.effect, it.host))
            }
            _ => true,
        }
    }
}
