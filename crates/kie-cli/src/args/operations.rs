//! `kie call`, `kie task`, `kie check` and `kie inspect`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use crate::args::follow::FollowArgs;

#[derive(Debug, Args)]
pub(crate) struct CallArgs {
    /// Name of the operation, as listed by kie operations
    pub(crate) operation: String,
    /// File with the request as JSON, or - for standard input. Without this option, the request is an empty object. In
    /// fields that take the address of a file, paths of local files below the folder of --allow-files are replaced by
    /// links to their uploads. A missing callback address is filled in. With a ledger, the callback address gets the id
    /// of the receipt. Everything else is sent unchanged. The names of the fields are the same on both routes. The market
    /// route sends them in snake_case
    #[arg(long, value_name = "FILE")]
    pub(crate) json: Option<PathBuf>,
    /// Upload local files below this folder whose paths are in the request. Without this option, a request with a path
    /// of a local file is refused, because the request may be written by another person
    #[arg(long, value_name = "DIR")]
    pub(crate) allow_files: Option<PathBuf>,
    /// Send the request even if it breaks documented rules
    #[arg(long)]
    pub(crate) unchecked: bool,
    /// Your own name for the call, such as an order number. A second call with the same name sends nothing and returns
    /// the first result. With another request, it fails
    #[arg(long)]
    pub(crate) name: Option<String>,
    /// Wait until the task is finished. --save implies --wait
    #[arg(long)]
    pub(crate) wait: bool,
    #[command(flatten)]
    pub(crate) follow: FollowArgs,
}

#[derive(Debug, Args)]
pub(crate) struct TaskArgs {
    /// Name of the operation that started the task
    pub(crate) operation: String,
    /// Id of the task
    pub(crate) id: String,
    /// Wait until the task is finished. --save implies --wait
    #[arg(long)]
    pub(crate) wait: bool,
    #[command(flatten)]
    pub(crate) follow: FollowArgs,
}

#[derive(Debug, Args)]
pub(crate) struct CheckArgs {
    /// Name of the operation, as listed by kie operations
    pub(crate) operation: String,
    /// File with the request as JSON, or - for standard input. The names of the fields are the same on both routes
    pub(crate) file: PathBuf,
}

#[derive(Debug, Args)]
pub(crate) struct InspectArgs {
    /// Kind of the body
    #[arg(value_enum)]
    pub(crate) kind: BodyKind,
    /// Name of the operation, as listed by kie operations, or its slug on the market route, such as
    /// ai-music-api/generate, which implies --route market. For a callback of an unknown operation, write any
    pub(crate) operation: String,
    /// File with the body, or - for standard input
    pub(crate) file: PathBuf,
    /// HTTP status of the response
    #[arg(long, value_name = "STATUS", default_value_t = 200)]
    pub(crate) http_status: u16,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum BodyKind {
    /// A request
    Request,
    /// A response to a call
    Response,
    /// A response to a lookup of a task
    Record,
    /// A callback
    Callback,
}
