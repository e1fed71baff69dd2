//! How a task is started, and what happens then.

use std::{path::PathBuf, time::Duration};

use clap::Args;

/// How a task is started, and what happens then.
#[derive(Debug, Args)]
pub(crate) struct StartArgs {
    /// Print the task's id and end, without waiting
    #[arg(long, conflicts_with = "save")]
    pub(crate) no_wait: bool,
    /// Your own name for it, such as an order number: two calls of one name are one, and the second is answered as the
    /// first was
    #[arg(long)]
    pub(crate) name: Option<String>,
    #[command(flatten)]
    pub(crate) follow: FollowArgs,
}

/// What happens once a task has been started.
#[derive(Debug, Clone, Args)]
pub(crate) struct FollowArgs {
    /// Save the files into this folder
    #[arg(long, value_name = "DIR")]
    pub(crate) save: Option<PathBuf>,
    /// Save lyrics, covers and the record beside the songs
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
