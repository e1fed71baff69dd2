//! The callback address of a task.

use clap::Args;

/// Option for the callback address of a task.
#[derive(Debug, Args)]
pub(crate) struct CallBackArgs {
    /// Address to which the service reports the end of the task
    #[arg(long, value_name = "URL")]
    pub(crate) call_back_url: Option<String>,
}
