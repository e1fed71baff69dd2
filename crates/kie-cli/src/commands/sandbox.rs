//! `kie sandbox`: serves the simulator on a loopback address.

use kie_sandbox::Sandbox;
use serde_json::json;

use crate::{
    args::{self, GlobalArgs, OutputFormat},
    exit::{ExitError, Interrupt},
    output::{out, print_json},
    session::SANDBOX_KEY,
};

pub(crate) async fn serve(args: args::SandboxArgs, global: GlobalArgs, interrupt: &Interrupt) -> Result<(), ExitError> {
    let mut builder = Sandbox::builder().speed(match args.speed {
        args::SpeedArg::Live => kie_sandbox::Speed::Live,
        args::SpeedArg::Fast => kie_sandbox::Speed::Fast,
        args::SpeedArg::Instant => kie_sandbox::Speed::Instant,
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
