//! `kie upload`.

use std::path::PathBuf;

use clap::Args;

#[derive(Debug, Args)]
pub(crate) struct UploadArgs {
    /// The file
    pub(crate) file: PathBuf,
    /// Send the file as Base64, up to 10 MB, for networks that block multipart forms
    #[arg(long)]
    pub(crate) base64: bool,
}
