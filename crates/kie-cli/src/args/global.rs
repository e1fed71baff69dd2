//! What every command is told: which service, which key, which ledger, and how results are printed.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

#[derive(Debug, Args)]
pub(crate) struct GlobalArgs {
    /// Use a simulator inside this command: nothing leaves the machine, nothing is paid
    #[arg(long, global = true, conflicts_with = "base_url")]
    pub(crate) sandbox: bool,
    /// The service's address in place of its two hosts: https, or a loopback address [env: KIE_BASE_URL; of the
    /// upload host alone: KIE_UPLOAD_URL]
    #[arg(long, global = true, value_name = "URL")]
    pub(crate) base_url: Option<String>,
    /// The key that pays; better given in the environment, where other users do not see it [env: KIE_API_KEY]
    #[arg(long, global = true, value_name = "KEY")]
    pub(crate) api_key: Option<String>,
    /// Where the receipts of paid calls are kept: a file, or none. A simulator, with --sandbox or at a loopback address,
    /// has only the one that is named here, so that its tasks stay apart [env: KIE_LEDGER] [default: kie/ledger.db in the
    /// user's data directory]
    #[arg(long, global = true, value_name = "FILE|none")]
    pub(crate) ledger: Option<PathBuf>,
    /// How results are printed on standard output
    #[arg(long, global = true, value_enum, default_value_t = OutputFormat::Text)]
    pub(crate) format: OutputFormat,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum OutputFormat {
    /// For people
    Text,
    /// One JSON document
    Json,
}
