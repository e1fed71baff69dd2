//! `kie models`: compares the service's catalogue with the tables of this version.

use std::time::Duration;

use clap::Args;
use kie_suno::types::text::one_line;
use serde_json::json;

use crate::{
    args::OutputFormat,
    exit::ExitError,
    output::{ProgressLine, note, out, print_json},
    session::Session,
};

#[derive(Debug, Args)]
pub(crate) struct ModelsArgs {
    /// Read the catalogue of the service. The calls are free
    #[arg(long, required = true)]
    pub(crate) live: bool,
}

/// Time between two calls. The service accepts one call of the catalogue per second.
const PAUSE: Duration = Duration::from_millis(1_100);

pub(crate) async fn run(session: &Session) -> Result<(), ExitError> {
    // A simulator has no rate limit.
    let pause = if session.global.is_local() { Duration::ZERO } else { PAUSE };
    let doing = "reading the catalogue";
    let progress = ProgressLine::new(doing);
    let drift = session.interrupt.during(doing, session.client.catalogue().compare(pause)).await??;
    drop(progress);
    if session.format == OutputFormat::Json {
        print_json(&json!({ "differences": drift.differences, "unchecked": drift.unchecked }))?;
    } else {
        drift.differences.iter().for_each(|difference| out!("{difference}"));
        if drift.differences.is_empty() {
            out!("there are no differences");
        }
        for unchecked in &drift.unchecked {
            note!("not compared: {}: {}", one_line(&unchecked.slug), one_line(&unchecked.reason));
        }
    }
    if drift.differences.is_empty() { Ok(()) } else { Err(ExitError::Reported(1)) }
}
