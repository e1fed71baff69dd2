//! `kie sandbox`: serves the simulator on a loopback address.

use clap::{Args, ValueEnum};
use kie_sandbox::Sandbox;
use serde_json::json;

use crate::{
    args::{GlobalArgs, OutputFormat},
    exit::{ExitError, Interrupt},
    output::{out, print_json},
    session::SANDBOX_KEY,
};

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

pub(crate) async fn run(args: SandboxArgs, global: GlobalArgs, interrupt: &Interrupt) -> Result<(), ExitError> {
    let mut builder = Sandbox::builder().speed(match args.speed {
        SpeedArg::Live => kie_sandbox::Speed::Live,
        SpeedArg::Fast => kie_sandbox::Speed::Fast,
        SpeedArg::Instant => kie_sandbox::Speed::Instant,
    });
    let key = global.api_key;
    if let Some(key) = &key {
        builder = builder.api_key(key);
    }
    if let Some(key) = args.webhook_key {
        builder = builder.webhook_key(key);
    }
    let server = builder.build().listen(([127, 0, 0, 1], args.port)).await?;
    let url = server.base_url();
    match global.format {
        OutputFormat::Json => print_json(&json!({ "baseUrl": url, "apiKey": key.as_deref().unwrap_or(SANDBOX_KEY) }))?,
        OutputFormat::Text => {
            out!("simulator of both hosts and both routes of the service: {url}");
            match &key {
                Some(key) => out!("API key: {key}"),
                None => out!("API key: any, for example {SANDBOX_KEY}"),
            }
            out!("try: KIE_BASE_URL={url} kie generate \"a slow waltz for two accordions\" --save songs");
            out!("press Ctrl-C to stop");
        }
    }
    interrupt.received().await;
    Ok(())
}
