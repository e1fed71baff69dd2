//! Serves the simulator until Ctrl-C.

use std::{
    io::{Error, ErrorKind},
    path::{Path, PathBuf},
};

use anyhow::anyhow;
use clap::{Args, ValueEnum};
use kie_sandbox::{Faults, Sandbox, Speed};
use kie_suno::Credits;

use crate::{
    args::{GlobalArgs, webhook_keys},
    exit::{ExitError, Interrupt},
    sources::read_bytes,
};

use super::{log, start::Start};

#[derive(Debug, Args)]
#[command(after_long_help = EXAMPLES)]
pub(crate) struct SandboxArgs {
    /// Port on 127.0.0.1. 0 chooses a free port
    #[arg(long, default_value_t = 8787)]
    pub(crate) port: u16,
    /// Key for signing callbacks [env: KIE_WEBHOOK_KEY, of which the first key signs]
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
    /// Allow pages of other origins to call it from a browser, for example a page that shows the OpenAPI document
    #[arg(long)]
    pub(crate) cors: bool,
    /// JSON file with faults of requests, tasks and callbacks, and with rate limits; - reads standard input. The README of
    /// kie-sandbox shows an example of each kind. POST /sandbox/faults takes the same JSON while it runs
    #[arg(long, value_name = "FILE")]
    pub(crate) faults: Option<PathBuf>,
    /// Print no log. Without it, each request, task change and callback is one line on standard output, with --format json
    /// one JSON object. No line has a key or the content of a request
    #[arg(long)]
    pub(crate) quiet: bool,
}

const EXAMPLES: &str = "\
Examples:
  kie sandbox
  kie sandbox --speed live --seed 7
  kie sandbox --port 0 --format json --credits 1000000 --cors";

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum SpeedArg {
    /// As slow as the service: about 75 seconds for a song
    Live,
    /// One or two seconds for each task
    Fast,
    /// No delay
    Instant,
}

pub(crate) async fn run(args: SandboxArgs, global: GlobalArgs, interrupt: &Interrupt) -> Result<(), ExitError> {
    let mut builder = Sandbox::builder().credits(args.credits).cors(args.cors);
    if let Some(file) = &args.faults {
        builder = builder.faults(read_faults(file, interrupt).await?);
    }
    if let Some(speed) = args.speed {
        builder = builder.speed(match speed {
            SpeedArg::Live => Speed::Live,
            SpeedArg::Fast => Speed::Fast,
            SpeedArg::Instant => Speed::Instant,
        });
    }
    if let Some(seed) = args.seed {
        builder = builder.seed(seed);
    }
    let has_key = global.api_key.is_some();
    if let Some(key) = global.api_key {
        builder = builder.api_key(key);
    }
    let webhook_key = args.webhook_key.or_else(|| webhook_keys().into_iter().next());
    let is_signed = webhook_key.is_some();
    if let Some(key) = webhook_key {
        builder = builder.webhook_key(key);
    }
    let mut writer = None;
    if !args.quiet {
        let (log, lines) = log::log(global.format);
        builder = builder.observer(move |event| log.add(event));
        writer = Some(lines);
    }
    let sandbox = builder.build();
    let server = sandbox.listen(([127, 0, 0, 1], args.port)).await.map_err(|error| cannot_listen(args.port, &error))?;
    let is_quiet = args.quiet;
    Start { url: server.base_url(), has_key, is_signed, is_quiet, sandbox: &sandbox }.print(global.format);
    // The log begins after the start message, even if a client was waiting for the port.
    if let Some(lines) = writer {
        tokio::task::spawn_blocking(move || lines.write());
    }
    interrupt.received().await;
    Ok(())
}

async fn read_faults(file: &Path, interrupt: &Interrupt) -> Result<Faults, ExitError> {
    let bytes = read_bytes(file, interrupt).await?;
    let wrong = |error: &dyn std::fmt::Display| ExitError::Usage(format!("--faults {}: {error}", file.display()));
    let text = String::from_utf8(bytes).map_err(|error| wrong(&error))?;
    Faults::from_json(&text).map_err(|error| wrong(&error))
}

fn cannot_listen(port: u16, error: &Error) -> ExitError {
    let advice = "choose another port with --port; --port 0 takes a free one";
    ExitError::Other(match error.kind() {
        ErrorKind::AddrInUse => {
            anyhow!("port {port} on 127.0.0.1 is already in use, perhaps by another kie sandbox; stop it, or {advice}")
        }
        _ => anyhow!("port {port} on 127.0.0.1 cannot be opened: {error}; {advice}"),
    })
}
