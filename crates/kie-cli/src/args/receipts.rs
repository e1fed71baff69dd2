//! `kie save`, `kie resume` and `kie forget`.

use std::path::PathBuf;

use clap::Args;
use kie_suno::receipts::ReceiptId;

use crate::args::follow::FollowArgs;

#[derive(Debug, Args)]
pub(crate) struct SaveArgs {
    /// The folder
    #[arg(value_name = "DIR")]
    pub(crate) folder: PathBuf,
    /// Save lyrics, covers and records beside the songs
    #[arg(long)]
    pub(crate) extras: bool,
}

#[derive(Debug, Args)]
pub(crate) struct ResumeArgs {
    /// The receipt's id, as kie tasks lists it
    pub(crate) receipt: ReceiptId,
    #[command(flatten)]
    pub(crate) follow: FollowArgs,
}

#[derive(Debug, Args)]
pub(crate) struct ForgetArgs {
    /// The receipts' ids, as kie tasks lists them
    #[arg(required = true, value_name = "RECEIPT")]
    pub(crate) receipts: Vec<ReceiptId>,
}
