//! `kie sandbox`.

use clap::{Args, ValueEnum};

#[derive(Debug, Args)]
pub(crate) struct SandboxArgs {
    /// Port on 127.0.0.1. 0 chooses a free port
    #[arg(long, default_value_t = 8787)]
    pub(crate) port: u16,
    /// Key for signing callbacks
    #[arg(long, value_name = "KEY")]
    pub(crate) webhook_key: Option<String>,
    /// Speed of tasks
    #[arg(long, value_enum, default_value_t = SpeedArg::Fast)]
    pub(crate) speed: SpeedArg,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum SpeedArg {
    /// As slow as the service: about 75 seconds for a song
    Live,
    /// One or two seconds for each task
    Fast,
    /// No delay
    Instant,
}
