//! `kie man`: writes the man pages.

use std::path::PathBuf;

use anyhow::Context as _;
use clap::{Args, Command};

use crate::{exit::ExitError, output::out};

#[derive(Debug, Args)]
#[command(after_long_help = EXAMPLES)]
pub(crate) struct ManArgs {
    /// Folder for the pages: kie.1, and one page for each verb. Pages that are there are replaced
    #[arg(value_name = "DIR")]
    pub(crate) folder: PathBuf,
}

const EXAMPLES: &str = "\
Examples:
  kie man man1
  kie man ~/.local/share/man/man1";

pub(crate) fn run(args: &ManArgs, command: Command) -> Result<(), ExitError> {
    let written = std::fs::create_dir_all(&args.folder)
        .and_then(|()| clap_mangen::generate_to(command.disable_help_subcommand(true), &args.folder));
    written.with_context(|| format!("the man pages cannot be written to {}", args.folder.display()))?;
    out!("{}", args.folder.join("kie.1").display());
    Ok(())
}
