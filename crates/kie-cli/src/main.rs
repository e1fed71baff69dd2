//! `kie`: songs from the command line.

mod args;
mod commands;
mod exit;
mod follow;
mod output;
mod session;

use std::{pin::pin, process::ExitCode, time::Duration};

use clap::Parser;

use crate::{
    args::{Cli, Command},
    commands::{
        operations::{call, check, inspect},
        receipts::{forget, save, tasks},
        sandbox, songs, upload,
    },
    exit::{Interrupt, Stop},
    session::Caller,
};

#[tokio::main]
async fn main() -> ExitCode {
    let cli = Cli::parse();
    let format = cli.global.format;
    output::tell_warnings();
    let interrupt = Interrupt::listen().await;
    let mut running = pin!(run(cli, interrupt.clone()));
    let done = tokio::select! {
        done = &mut running => done,
        () = interrupt.came() => {
            // A command that has more to say, such as how to go on, has heard it too and is given its turn.
            let said = tokio::time::timeout(Duration::ZERO, running).await;
            said.unwrap_or(Err(Stop::Interrupted))
        }
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(stop) => stop.tell(format),
    }
}

async fn run(cli: Cli, interrupt: Interrupt) -> Result<(), Stop> {
    let format = cli.global.format;
    match cli.command {
        Command::Check(args) => return check::run(&args, format),
        Command::Inspect(args) => return inspect::run(&args, format),
        Command::Operations => return call::operations(format),
        Command::Sandbox(args) => return sandbox::serve(args, cli.global, &interrupt).await,
        Command::Tasks => return tasks::list(&cli.global).await,
        Command::Forget(args) => return forget::forget(&cli.global, &args).await,
        _ => {}
    }
    let caller = Caller::open(cli.global, cli.command.keeps_receipts(), interrupt).await?;
    match cli.command {
        Command::Generate(args) => songs::generate(&caller, args).await,
        Command::Extend(args) => songs::extend(&caller, args).await,
        Command::Video(args) => songs::video(&caller, args).await,
        Command::Call(args) => call::call(&caller, args).await,
        Command::Task(args) => call::task(&caller, args).await,
        Command::Save(args) => save::save(&caller, &args).await,
        Command::Resume(args) => tasks::resume(&caller, args).await,
        Command::Upload(args) => upload::upload(&caller, &args).await,
        Command::Credits => call::credits(&caller).await,
        Command::Check(_) | Command::Inspect(_) | Command::Operations | Command::Sandbox(_) => Ok(()),
        Command::Tasks | Command::Forget(_) => Ok(()),
    }
}
