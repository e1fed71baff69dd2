//! `kie credits`: the balance.

use crate::{
    args::OutputFormat,
    exit::ExitError,
    output::{out, print_json},
    session::Session,
};

pub(crate) async fn credits(caller: &Session) -> Result<(), ExitError> {
    let credits = caller.client.credits().await?;
    match caller.format {
        OutputFormat::Json => print_json(&serde_json::json!({ "creditsLeft": credits }))?,
        OutputFormat::Text => out!("{credits} credits left"),
    }
    Ok(())
}
