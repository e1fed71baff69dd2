//! `kie save`, `kie resume` and `kie forget`.

use std::path::PathBuf;

use clap::Args;
use kie_suno::receipts::ReceiptId;

use crate::args::follow::Follow;

#[derive(Debug, Args)]
pub(crate) struct Save {
    /// The folder
    #[arg(value_name = "DIR")]
    pub(crate) folder: PathBuf,
    /// Save lyrics, covers and records beside the songs
    #[arg(long)]
    pub(crate) extras: bool,
}

#[derive(Debug, Args)]
pub(crate) struct Resume {
    /// The receipt's id, as kie tasks lists it
    pub(crate) receipt: ReceiptId,
    #[command(flatten)]
    pub(crate) follow: Follow,
}

#[derive(Debug, Args)]
pub(crate) struct Forget {
    /// The receipts' ids, as kie tasks lists them
    #[arg(required = true, value_name = "RECEIPT")]
    pub(crate) receipts: Vec<ReceiptId>,
}
