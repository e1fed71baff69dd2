//! `kie call`, `kie task`, `kie check` and `kie inspect`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use crate::args::follow::FollowArgs;

#[derive(Debug, Args)]
pub(crate) struct CallArgs {
    /// The operation, as `kie operations` lists it
    pub(crate) operation: String,
    /// The request: a file, or - for standard input. It is sent as it stands; only where it asks for the address of a
    /// file, the path of one on this machine will do, which is uploaded
    #[arg(long, value_name = "FILE")]
    pub(crate) json: Option<PathBuf>,
    /// Send it even if it breaks documented rules
    #[arg(long)]
    pub(crate) unchecked: bool,
    /// Your own name for the call, such as an order number: two calls of one name are one, and the second is answered as
    /// the first was
    #[arg(long)]
    pub(crate) name: Option<String>,
    /// Wait until the task is finished; --save does too
    #[arg(long)]
    pub(crate) wait: bool,
    #[command(flatten)]
    pub(crate) follow: FollowArgs,
}

#[derive(Debug, Args)]
pub(crate) struct TaskArgs {
    /// The operation that started the task
    pub(crate) operation: String,
    /// The task's id
    pub(crate) id: String,
    /// Wait until the task is finished; --save does too
    #[arg(long)]
    pub(crate) wait: bool,
    #[command(flatten)]
    pub(crate) follow: FollowArgs,
}

#[derive(Debug, Args)]
pub(crate) struct CheckArgs {
    /// The operation, as `kie operations` lists it
    pub(crate) operation: String,
    /// The request: a file, or - for standard input
    pub(crate) file: PathBuf,
}

#[derive(Debug, Args)]
pub(crate) struct InspectArgs {
    /// What kind of body it is
    #[arg(value_enum)]
    pub(crate) kind: CallbackKind,
    /// The operation, as `kie operations` lists it; of a callback whose operation is not known, any
    pub(crate) operation: String,
    /// The body: a file, or - for standard input
    pub(crate) file: PathBuf,
    /// The HTTP status that it came with
    #[arg(long, value_name = "STATUS", default_value_t = 200)]
    pub(crate) http_status: u16,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum CallbackKind {
    /// What is sent
    Request,
    /// What comes back at once
    Response,
    /// What a lookup answers
    Record,
    /// What the service pushes
    Callback,
}
