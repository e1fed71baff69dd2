//! The commands of `kie ledger`.

use clap::{Args, Subcommand};

use crate::{
    args::GlobalArgs,
    exit::{ExitError, Interrupt},
    verbs::ledger::{
        copy::{self, CopyArgs},
        status::{self, StatusArgs},
    },
};

#[derive(Debug, Args)]
#[command(after_long_help = EXAMPLES)]
pub(crate) struct LedgerArgs {
    #[command(subcommand)]
    command: LedgerCommand,
}

#[derive(Debug, Subcommand)]
enum LedgerCommand {
    /// Tell where the ledger is, and what is in it
    ///
    /// The exit code is 1 if the ledger cannot be read. A file that is missing is not created.
    Status(StatusArgs),
    /// Copy all receipts into another ledger, and compare them
    ///
    /// Stop all programs that use the ledgers before. Wait 10 seconds before the first program uses the copy, because the
    /// sends of the rate limit are not copied. The claims of running programs are not copied either. Receipts and the
    /// bodies of callbacks are copied.
    ///
    /// Each receipt is read back and compared. After an interruption or an error, run the same command again: it writes
    /// only what is missing. FROM is not changed, and nothing in TO is replaced. A receipt whose id or name has another
    /// receipt in TO is not copied, and is printed. The exit code is then 1.
    Copy(CopyArgs),
}

const EXAMPLES: &str = "\
When several machines share an account, move the ledger to PostgreSQL:
  1. stop all programs that use the ledger
  2. kie ledger copy ledger.db env:KIE_LEDGER
  3. start the programs with KIE_LEDGER=postgres://…

Examples:
  kie ledger status
  kie ledger copy ledger.db backup.db";

pub(crate) async fn run(global: &GlobalArgs, args: LedgerArgs, interrupt: &Interrupt) -> Result<(), ExitError> {
    match args.command {
        LedgerCommand::Status(args) => status::run(global, &args, interrupt).await,
        LedgerCommand::Copy(args) => copy::run(global, args, interrupt).await,
    }
}
