//! Tools about the ledger and the account: the list of calls, the balance with the budgets, and uploads.

use kie_suno::{Credits, records::Timestamp};
use schemars::JsonSchema;
use serde::Serialize;

use crate::{
    exit::ExitError,
    mcp::{
        arguments::{ListArguments, UploadArguments},
        made::Made,
        server::Server,
    },
    sources::{History, begin_upload, uploading},
};

/// The newest calls of the ledger.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Calls {
    /// The calls, the newest first, in their last known state.
    calls: Vec<Made>,
}

/// The balance, and what is left of the budgets.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct Balance {
    /// Balance of the account, in credits.
    credits_left: Credits,
    /// Maximum number of credits that this server may spend. Null if there is no limit.
    budget: Option<Credits>,
    /// Maximum number of credits that the calls of 24 hours may cost. Null if there is no limit.
    budget_per_day: Option<Credits>,
    /// Credits that the calls of the last 24 hours have cost, according to the ledger.
    spent_per_day: Credits,
}

/// An uploaded file.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct Uploaded {
    /// Link to the file, for the request of another tool.
    url: Option<String>,
    /// Time until which the service keeps the file according to its documentation, in milliseconds since 1970.
    kept_until: Option<i64>,
}

/// Lists the newest calls.
pub(super) async fn list(server: &Server, arguments: &ListArguments) -> Result<Calls, ExitError> {
    let (mut calls, mut history) = (Vec::new(), History::in_ledger(Some(server.ledger()?)));
    while calls.len() < usize::from(arguments.most)
        && let Some(receipt) = history.next().await?
    {
        calls.push(Made::of(&receipt, &server.root));
    }
    Ok(Calls { calls })
}

/// Reads the balance.
pub(super) async fn credits(server: &Server) -> Result<Balance, ExitError> {
    server.session.require_key()?;
    Ok(Balance {
        credits_left: server.session.client.credits().await?,
        budget: server.session.global.money.budget,
        budget_per_day: server.day.limit(),
        spent_per_day: server.day.spent(server.ledger()?).await?,
    })
}

/// Uploads a file.
pub(super) async fn upload(server: &Server, arguments: &UploadArguments) -> Result<Uploaded, ExitError> {
    let file = server.root.file(&arguments.file)?;
    server.session.require_key()?;
    let (upload, _progress) = begin_upload(&server.session, &file);
    let uploaded = server.session.interrupt.during(&uploading(&file), upload.response()).await??;
    let kept_until = uploaded.kept_until().as_ref().and_then(Timestamp::as_millis);
    Ok(Uploaded { url: uploaded.url().map(|url| url.as_str().to_owned()), kept_until })
}
