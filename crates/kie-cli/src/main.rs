//! `kie`: songs from the command line.
//!
//! These pages are for work on `kie` itself, and show its modules. Its users read README.md of the crate, or `kie --help`. A
//! program that makes songs uses the crate kie-suno.

mod args;
mod cli;
mod exit;
mod follow;
#[cfg(feature = "mcp")]
mod mcp;
mod output;
mod session;
mod settings;
mod sources;
mod spend;
mod tags;
mod verbs;

use std::{pin::pin, process::ExitCode, time::Duration};

use tokio::runtime::Runtime;

use crate::{
    cli::{Cli, parse, run},
    exit::{ExitError, Interrupt},
    session::{route_flag, with_other_route},
    settings::Settings,
};

/// Maximum time that the process waits, when the command has ended, for work in other threads, such as a write to the
/// ledger. Work that takes longer ends with the process. An example is a read of a named pipe to which nobody writes.
const GRACE: Duration = Duration::from_millis(500);

fn main() -> ExitCode {
    let cli = match parse(std::env::args_os(), Settings::load()) {
        Ok(cli) => cli,
        Err(code) => return output::exit_code(code),
    };
    let format = cli.global.format;
    output::set_progress(cli.global.progress);
    output::tell_warnings(route_flag(&cli.global));
    let code = match Runtime::new() {
        Ok(runtime) => {
            let code = runtime.block_on(command(cli));
            runtime.shutdown_timeout(GRACE);
            code
        }
        Err(error) => ExitError::from(error).tell(format),
    };
    output::exit_code(code)
}

/// Runs the command until it ends or is interrupted, and prints its error. Returns the exit code.
async fn command(cli: Cli) -> u8 {
    let format = cli.global.format;
    let interrupt = match Interrupt::listen() {
        Ok(interrupt) => interrupt,
        Err(error) => return ExitError::from(error).tell(format),
    };
    let mut running = pin!(run(cli, interrupt.clone()));
    let done = tokio::select! {
        done = &mut running => done,
        () = interrupt.received() => {
            // The command has received the signal too. It is polled once more, because its error says what was
            // interrupted, and can contain the `kie` command that continues the task.
            let said = tokio::time::timeout(Duration::ZERO, running).await;
            said.unwrap_or(Err(ExitError::Interrupted { doing: None }))
        }
    };
    output::end_warnings();
    match done {
        Ok(()) => 0,
        Err(stop) => with_other_route(stop).tell(format),
    }
}
