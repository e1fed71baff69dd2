//! `kie sandbox`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use kie_suno::Credits;

#[derive(Debug, Args)]
pub(crate) struct SandboxArgs {
    /// Port on 127.0.0.1. 0 chooses a free port
    #[arg(long, default_value_t = 8787)]
    pub(crate) port: u16,
    /// Key for signing callbacks
    #[arg(long, value_name = "KEY")]
    pub(crate) webhook_key: Option<String>,
    /// Speed of tasks [default: that of --faults, or fast]
    #[arg(long, value_enum)]
    pub(crate) speed: Option<SpeedArg>,
    /// Balance of the account
    #[arg(long, value_name = "N", default_value = "1000")]
    pub(crate) credits: Credits,
    /// Seed of everything random: ids, durations and random faults. The same seed and the same requests give the same
    /// results [default: random, and printed]
    #[arg(long, value_name = "N")]
    pub(crate) seed: Option<u64>,
    /// JSON file with faults of requests, tasks and callbacks, and with rate limits; - reads standard input. The README of
    /// kie-sandbox shows an example of each kind
    #[arg(long, value_name = "FILE")]
    pub(crate) faults: Option<PathBuf>,
    /// Print no log. Without it, each request, task change and callback is one line on standard output, with --format json
    /// one JSON object. No line has a key or the content of a request
    #[arg(long)]
    pub(crate) quiet: bool,
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
