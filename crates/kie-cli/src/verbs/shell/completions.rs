//! `kie completions`: prints the completions for a shell.

use clap::{Args, Command};
use clap_complete::Shell;

use crate::{exit::ExitError, output::print};

#[derive(Debug, Args)]
#[command(after_long_help = EXAMPLES)]
pub(crate) struct CompletionsArgs {
    /// The shell
    #[arg(value_enum)]
    pub(crate) shell: Shell,
}

const EXAMPLES: &str = "\
Examples:
  kie completions bash > kie.bash
  kie completions zsh > _kie";

pub(crate) fn run(args: &CompletionsArgs, mut command: Command) -> Result<(), ExitError> {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut command, "kie", &mut script);
    print(String::from_utf8_lossy(&script).trim_end());
    Ok(())
}
