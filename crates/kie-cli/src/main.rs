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
            // Polls the command once more: it has received the same signal and may return how to continue.
            let said = tokio::time::timeout(Duration::ZERO, running).await;
            said.unwrap_or(Err(ExitError::Interrupted))
        }
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(stop) => stop.tell(format),
    }
}
