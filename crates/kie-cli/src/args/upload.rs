//! `kie upload`.

use std::path::PathBuf;

use clap::Args;

#[derive(Debug, Args)]
pub(crate) struct UploadArgs {
    /// The file
    pub(crate) file: PathBuf,
    /// Send it as Base64, up to 10 MB, where a form does not get through
    #[arg(long)]
    pub(crate) base64: bool,
}
