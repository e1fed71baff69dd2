//! The commands, and the exit codes that all have in common.

use clap::{Parser, Subcommand};

use crate::args::{
    global::GlobalArgs,
    operations::{CallArgs, CheckArgs, InspectArgs, TaskArgs},
    receipts::{ForgetArgs, ResumeArgs, SaveArgs},
    sandbox::SandboxArgs,
    songs::{ExtendArgs, GenerateArgs, VideoArgs},
    upload::UploadArgs,
};

/// Makes songs with KIE.AI's Suno music API, or offline with its simulator.
#[derive(Debug, Parser)]
#[command(name = "kie", version, after_help = EXIT_CODES)]
pub(crate) struct Cli {
    #[command(flatten)]
    pub(crate) global: GlobalArgs,
    #[command(subcommand)]
    pub(crate) command: Command,
}

const EXIT_CODES: &str = "\
Exit codes:
  0    done
  1    any other failure, such as a ledger that cannot be written; of kie save, if anything could not be saved
  2    wrong usage
  3    invalid request, or a name that has another one; nothing was sent
  4    refused by the service
  5    the task failed
  6    not finished in time; the task goes on, and the command that takes it up again is printed
  7    it is not known whether the service took the call; it may have been charged; with a ledger, kie tasks lists it
  130  interrupted by Ctrl-C";

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Make a song from an idea; or from lyrics, with --style and --title
    Generate(GenerateArgs),
    /// Continue a track
    Extend(ExtendArgs),
    /// Make a video of a track
    Video(VideoArgs),
    /// Call any operation with a JSON document
    Call(CallArgs),
    /// Check a JSON document against an operation's rules, offline
    Check(CheckArgs),
    /// Say what a body of the service means: a request, an answer, a record or a callback
    Inspect(InspectArgs),
    /// Look at a task, wait for it, save what it made
    Task(TaskArgs),
    /// List what was sent and is not saved: running, complete, or unknown because no answer came
    ///
    /// It reads the ledger and asks nobody: each task stands as it was last seen, and kie save looks again.
    Tasks,
    /// Look at every unfinished task, and save what is complete
    Save(SaveArgs),
    /// Take up the task of a receipt, once an answer or a callback has named it
    ///
    /// A call whose answer got lost is named by its callback. Nothing here receives callbacks: they come by a program that
    /// writes to the same ledger, at the address that the request gave as --call-back-url. Without one, nothing more
    /// becomes known, and kie resume ends with 7. It never sends anything a second time.
    Resume(ResumeArgs),
    /// Give up receipts that nobody will ever finish, so that they are no longer listed
    ///
    /// Their names are free again, and the next call of such a name is sent: if the first was taken after all, both are
    /// paid for. A callback that comes later still leads to the receipt. Nothing is stopped at the service.
    Forget(ForgetArgs),
    /// Upload a file and print its link
    Upload(UploadArgs),
    /// Show the balance
    Credits,
    /// Serve the simulator on this machine until Ctrl-C; with --api-key it accepts that key alone
    Sandbox(SandboxArgs),
    /// List every operation
    Operations,
}
