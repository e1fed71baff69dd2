//! Consent to a call that can cost money: the dry run, the API key, and the question about a high price.

use std::io::{self, IsTerminal as _};

use kie_suno::{Credits, Route};
use serde_json::Value;

use crate::{exit::ExitError, follow::Cost, output::note, session::Session, spend::preview::Preview};

/// Price above which a call to the real service must be confirmed, in credits. One song costs 12.
const CONFIRM_ABOVE: Credits = Credits::new(20.0);

/// Returns if a checked request may be sent. Every verb that can cost money calls this function before it sends or uploads
/// anything. `cost` is `None` if the call costs nothing, because an earlier call with the same name has started its task.
///
/// # Errors
///
/// In a dry run, the request is printed, and the error is [`ExitError::Reported`] with the exit code 0, so that the verb
/// ends. Otherwise there is an error if the API key is missing, or if a high price is not confirmed.
pub(crate) async fn consent(
    session: &Session,
    operation: &'static str,
    route: Route,
    request: &Value,
    cost: Option<&Cost>,
) -> Result<(), ExitError> {
    if session.global.money.dry_run {
        Preview::of(session, operation, route, request)?.print(session, cost)?;
        return Err(ExitError::Reported(0));
    }
    session.require_key()?;
    if cost.is_none() {
        note!("an earlier call with this name has its response, so nothing is sent or paid");
    }
    if let Some((cost, price)) = cost.and_then(|cost| Some((cost, cost.price?)))
        && let Some(most) = threshold(session)?
        && price > most
    {
        confirm(session, operation, cost, most).await?;
    }
    Ok(())
}

/// Returns the price above which a call must be confirmed, or `None` if no call must be confirmed. A budget that the
/// command line gives is a confirmation, because a call above it is not sent. A simulator costs nothing, so it has no
/// default.
fn threshold(session: &Session) -> Result<Option<Credits>, ExitError> {
    let global = &session.global;
    if global.money.yes || global.money.budget.is_some() {
        return Ok(None);
    }
    let default = (!global.is_local()).then_some(CONFIRM_ABOVE);
    Ok(global.settings.confirm_above().map_err(ExitError::Usage)?.unwrap_or(default))
}

/// Asks for consent on a terminal. Without a terminal nobody can answer, so the call is refused.
async fn confirm(session: &Session, operation: &str, cost: &Cost, most: Credits) -> Result<(), ExitError> {
    let price = cost.words().unwrap_or_default();
    if !io::stdin().is_terminal() || !io::stderr().is_terminal() {
        return Err(ExitError::NotConfirmed(format!(
            "{operation} costs {price}. This is more than {most} credits, and there is no terminal to ask: add --yes, or \
             --budget CREDITS"
        )));
    }
    note!("{operation} costs {price}");
    note!("Send it? Type y for yes, or anything else for no");
    let answer = move || {
        let mut line = String::new();
        io::stdin().read_line(&mut line)?;
        Ok(line)
    };
    let line = session.interrupt.during_blocking("asking for consent", answer).await?;
    match line.trim().to_lowercase().as_str() {
        "y" | "yes" => Ok(()),
        _ => Err(ExitError::NotConfirmed("the price was not confirmed".to_owned())),
    }
}
