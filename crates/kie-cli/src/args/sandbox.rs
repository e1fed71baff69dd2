//! `kie sandbox`.

use clap::{Args, ValueEnum};

#[derive(Debug, Args)]
pub(crate) struct SandboxArgs {
    /// The port on 127.0.0.1; 0 takes a free one
    #[arg(long, default_value_t = 8787)]
    pub(crate) port: u16,
    /// Sign callbacks with this key
    #[arg(long, value_name = "KEY")]
    pub(crate) webhook_key: Option<String>,
    /// How long tasks take
    #[arg(long, value_enum, default_value_t = SpeedArg::Fast)]
    pub(crate) speed: SpeedArg,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum SpeedArg {
    /// About a minute, as at the service
    Live,
    /// A second or two
    Fast,
    /// No time at all
    Instant,
}
