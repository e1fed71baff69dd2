//! Options for starting and following a task.

use std::{path::PathBuf, time::Duration};

use clap::Args;
use kie_suno::files::NameTemplate;

use crate::{
    args::{GlobalArgs, MoneyArgs, SourceSong},
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
    /// Names of the saved files, such as {title}/{index}-{id8}.{ext}. A / makes a folder below DIR. Placeholders: title,
    /// part, index, id8, id, task, kind, date, ext [default: {title}-{id8}.{ext}]
    #[arg(long, value_name = "TEMPLATE")]
    pub(crate) out_template: Option<NameTemplate>,
    #[command(flatten)]
    pub(crate) tags: TagArgs,
    /// The song that the results belong to. Verbs set it: it is no option.
    #[arg(skip)]
    pub(crate) song: Option<SourceSong>,
    /// Wait at most this many seconds [env: KIE_TIMEOUT]
    #[arg(long, value_name = "SECONDS", default_value = "900", value_parser = seconds, allow_negative_numbers = true)]
    pub(crate) timeout: Duration,
}

/// Options for the tags in saved songs.
#[derive(Debug, Clone, Default, Args)]
pub(crate) struct TagArgs {
    /// Save songs as the service made them, without tags for title, style, lyrics, cover and ids
    #[cfg(feature = "tags")]
    #[arg(long)]
    pub(crate) no_tags: bool,
    /// Artist in the tags of saved songs
    #[cfg(feature = "tags")]
    #[arg(long, value_name = "NAME", conflicts_with = "no_tags")]
    pub(crate) artist: Option<String>,
}

impl TagArgs {
    /// Returns `true` if saved songs get tags.
    pub(crate) fn are_wanted(&self) -> bool {
        #[cfg(feature = "tags")]
        return !self.no_tags;
        #[cfg(not(feature = "tags"))]
        false
    }

    /// Returns the artist that the user names.
    pub(crate) fn artist(&self) -> Option<&str> {
        #[cfg(feature = "tags")]
        return self.artist.as_deref();
        #[cfg(not(feature = "tags"))]
        None
    }
}

impl FollowArgs {
    /// Returns these options for a task that the command starts. The folder and the extras that are not given come from
    /// the settings. The error is the rule that a setting breaks.
    pub(crate) fn or_settings(&self, global: &GlobalArgs) -> Result<Self, String> {
        let settings = &global.settings;
        let mut follow = self.clone();
        follow.save = follow.save.or_else(|| settings.path(Setting::Save));
        follow.extras |= settings.extras()?;
        if follow.out_template.is_none() {
            follow.out_template = settings.names()?;
        }
        Ok(follow)
    }
}
