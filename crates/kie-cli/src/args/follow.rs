//! Options for starting and following a task.

use std::{path::PathBuf, time::Duration};

use clap::Args;

use crate::{
    args::{GlobalArgs, MoneyArgs},
    settings::{Setting, seconds},
};

/// Options for starting a task.
#[derive(Debug, Args)]
pub(crate) struct StartArgs {
    /// Do not wait for the task: print only its id on standard output
    #[arg(long, conflicts_with = "save")]
    pub(crate) no_wait: bool,
    /// Your own name for the call, such as an order number. A second call with the same name sends nothing and returns
    /// the first task. With another request, it fails
    #[arg(long)]
    pub(crate) name: Option<String>,
    #[command(flatten)]
    pub(crate) money: MoneyArgs,
    #[command(flatten)]
    pub(crate) follow: FollowArgs,
}

/// Options for following a task.
#[derive(Debug, Clone, Args)]
pub(crate) struct FollowArgs {
    /// Save the files into this folder [env: KIE_SAVE, only for new tasks]
    #[arg(long, value_name = "DIR")]
    pub(crate) save: Option<PathBuf>,
    /// Also save lyrics, cover images and the service's JSON record of the task [env: KIE_EXTRAS, only for new tasks]
    #[arg(long)]
    pub(crate) extras: bool,
    /// Wait at most this many seconds [env: KIE_TIMEOUT]
    #[arg(long, value_name = "SECONDS", default_value = "900", value_parser = seconds, allow_negative_numbers = true)]
    pub(crate) timeout: Duration,
}

impl FollowArgs {
    /// Returns these options for a task that the command starts. The folder and the extras that are not given come from
    /// the settings. The error is the rule that a setting breaks.
    pub(crate) fn or_settings(&self, global: &GlobalArgs) -> Result<Self, String> {
        let settings = &global.settings;
        let mut follow = self.clone();
        follow.save = follow.save.or_else(|| settings.path(Setting::Save));
        follow.extras |= settings.extras()?;
        Ok(follow)
    }
}
