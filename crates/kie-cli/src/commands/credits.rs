//! `kie credits`: the balance.

use crate::{
    args::Format,
    exit::Stop,
    output::{out, print_json},
    session::Caller,
};

pub(crate) async fn credits(caller: &Caller) -> Result<(), Stop> {
    let credits = caller.client.credits().await?;
    match caller.format {
        Format::Json => print_json(&serde_json::json!({ "creditsLeft": credits }))?,
        Format::Text => out!("{credits} credits left"),
    }
    Ok(())
}
