//! `kie save`, `kie resume` and `kie forget`.

use std::path::PathBuf;

use clap::Args;
use kie_suno::{files::NameTemplate, receipts::ReceiptId};

use crate::args::follow::{FollowArgs, TagArgs};

#[derive(Debug, Args)]
pub(crate) struct SaveArgs {
    /// Folder for the files
    #[arg(value_name = "DIR")]
    pub(crate) folder: PathBuf,
    /// Also save lyrics, cover images and the service's JSON record of each task
    #[arg(long)]
    pub(crate) extras: bool,
    /// Names of the files, such as {title}/{index}-{id8}.{ext}. A / makes a folder below DIR. Placeholders: title, part,
    /// index, id8, id, task, kind, date, ext [default: {title}-{id8}.{ext}]
    #[arg(long, value_name = "TEMPLATE")]
    pub(crate) out_template: Option<NameTemplate>,
    #[command(flatten)]
    pub(crate) tags: TagArgs,
}

#[derive(Debug, Args)]
pub(crate) struct ResumeArgs {
    /// Id of the receipt, as listed by kie tasks
    pub(crate) receipt: ReceiptId,
    #[command(flatten)]
    pub(crate) follow: FollowArgs,
}

#[derive(Debug, Args)]
pub(crate) struct ForgetArgs {
    /// Ids of the receipts, as listed by kie tasks
    #[arg(required = true, value_name = "RECEIPT")]
    pub(crate) receipts: Vec<ReceiptId>,
}
