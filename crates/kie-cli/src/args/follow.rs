//! Options for starting and following a task.

use std::{path::PathBuf, time::Duration};

use clap::Args;

/// Options for starting a task.
#[derive(Debug, Args)]
pub(crate) struct StartArgs {
    /// Print the id and the current state of the task, and exit without waiting
    #[arg(long, conflicts_with = "save")]
    pub(crate) no_wait: bool,
    /// Your own name for the call, such as an order number. A second call with the same name sends nothing and returns
    /// the first task. With another request, it fails
    #[arg(long)]
    pub(crate) name: Option<String>,
    #[command(flatten)]
    pub(crate) follow: FollowArgs,
}

/// Options for following a task.
#[derive(Debug, Clone, Args)]
pub(crate) struct FollowArgs {
    /// Save the files into this folder
    #[arg(long, value_name = "DIR")]
    pub(crate) save: Option<PathBuf>,
    /// Also save lyrics, cover images and the service's JSON record of the task
    #[arg(long, requires = "save")]
    pub(crate) extras: bool,
    /// Wait at most this many seconds
    #[arg(long, value_name = "SECONDS", default_value = "900", value_parser = seconds)]
    pub(crate) timeout: Duration,
}

fn seconds(text: &str) -> Result<Duration, String> {
    let seconds: f64 = text.parse().map_err(|_| "not a number of seconds".to_owned())?;
    Duration::try_from_secs_f64(seconds).map_err(|error| error.to_string())
}
