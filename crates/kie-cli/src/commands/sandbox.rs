//! `kie sandbox`: the simulator on loopback.

use kie_sandbox::Sandbox;
use serde_json::json;

use crate::{
    args::{self, Format, Global},
    exit::{Interrupt, Stop},
    output::{out, print_json},
    session::SANDBOX_KEY,
};

pub(crate) async fn serve(args: args::Sandbox, global: Global, interrupt: &Interrupt) -> Result<(), Stop> {
    let mut builder = Sandbox::builder().speed(match args.speed {
        args::Speed::Live => kie_sandbox::Speed::Live,
        args::Speed::Fast => kie_sandbox::Speed::Fast,
        args::Speed::Instant => kie_sandbox::Speed::Instant,
    });
    let key = global.api_key;
    if let Some(key) = &key {
        builder = builder.api_key(key);
    }
    if let Some(key) = args.webhook_key {
        builder = builder.webhook_key(key);
    }
    let listening = builder.build().listen(([127, 0, 0, 1], args.port)).await?;
    let url = listening.base_url();
    match global.format {
        Format::Json => print_json(&json!({ "baseUrl": url, "apiKey": key.as_deref().unwrap_or(SANDBOX_KEY) }))?,
        Format::Text => {
            out!("the simulator answers for both hosts of the service at {url}");
            match &key {
                Some(key) => out!("key: {key}"),
                None => out!("key: any, such as {SANDBOX_KEY}"),
            }
            out!("try: KIE_BASE_URL={url} kie generate \"a slow waltz for two accordions\" --save songs");
            out!("Ctrl-C ends it");
        }
    }
    interrupt.came().await;
    Ok(())
}
