//! `kie models`.

use clap::Args;

#[derive(Debug, Args)]
pub(crate) struct ModelsArgs {
    /// Read the catalogue of the service. The calls are free
    #[arg(long, required = true)]
    pub(crate) live: bool,
}
