//! `kie credits`: prints the balance of the account.

use kie_suno::Credits;
use serde::Serialize;

use crate::{
    args::OutputFormat,
    exit::ExitError,
    output::{out, print_json},
    session::Session,
};

/// Examples in the help.
pub(crate) const EXAMPLES: &str = "\
Examples:
  kie credits
  kie --format json credits";

/// The balance of the account.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub(crate) struct CreditsLeft {
    /// Balance in credits.
    credits_left: Credits,
}

pub(crate) async fn run(session: &Session) -> Result<(), ExitError> {
    let credits = session.interrupt.during("reading the balance", session.client.credits()).await??;
    match session.format {
        OutputFormat::Json => print_json(&CreditsLeft { credits_left: credits })?,
        OutputFormat::Text => out!("{credits} credits left"),
    }
    Ok(())
}
