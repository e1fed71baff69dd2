//! `kie credits`: prints the balance of the account.

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

pub(crate) async fn run(session: &Session) -> Result<(), ExitError> {
    let credits = session.interrupt.during("reading the balance", session.client.credits()).await??;
    match session.format {
        OutputFormat::Json => print_json(&serde_json::json!({ "creditsLeft": credits }))?,
        OutputFormat::Text => out!("{credits} credits left"),
    }
    Ok(())
}
