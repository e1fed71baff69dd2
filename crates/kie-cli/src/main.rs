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
    args::Cli,
    commands::run,
    exit::{ExitError, Interrupt},
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
        () = interrupt.received() => {
            // The command has received Ctrl-C too. It is polled once more, because its error can contain the `kie`
            // command that continues the task.
            let said = tokio::time::timeout(Duration::ZERO, running).await;
            said.unwrap_or(Err(ExitError::Interrupted))
        }
    };
    output::end_warnings();
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(stop) => stop.tell(format),
    }
}
