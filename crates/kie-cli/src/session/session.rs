//! The client of a command, and the simulator inside the command if there is one.

use std::{sync::Arc, time::Duration};

use kie_ledger::SqliteLedger;
use kie_sandbox::{Sandbox, Server};
use kie_suno::{
    Client, Credits, Error, Polling, Retrying, Route,
    receipts::{Ledger as _, ReceiptKey, ReceiptState},
};
use tokio::time::timeout;

use crate::{
    args::{GlobalArgs, OutputFormat},
    exit::{ExitError, Interrupt},
    output::{long_line, note},
    session::{environment::variable, ledger, service::SANDBOX_KEY},
};

pub(crate) struct Session {
    pub(crate) client: Client,
    pub(crate) format: OutputFormat,
    pub(crate) interrupt: Interrupt,
    pub(crate) ledger: Option<Arc<SqliteLedger>>,
    pub(crate) global: GlobalArgs,
    /// Route of the calls, and of tasks that are not in the ledger.
    pub(crate) route: Route,
    /// The simulator inside the command. It stops when this field is dropped.
    pub(crate) simulator: Option<Server>,
}

impl Session {
    /// Creates a session. If `keeps_receipts` is `true`, the session has a ledger, unless the user chose none, or
    /// chose a simulator and named no ledger.
    pub(crate) async fn open(
        global: GlobalArgs,
        keeps_receipts: bool,
        interrupt: Interrupt,
    ) -> Result<Self, ExitError> {
        let route = global.route()?;
        let mut builder = Client::builder().route(route).polling(polling(&global)).on_retry(tell_retry);
        let mut simulator = None;
        if global.sandbox {
            let server = Sandbox::builder().build().listen(([127, 0, 0, 1], 0)).await?;
            builder = builder.base_url(server.base_url()).api_key(SANDBOX_KEY);
            simulator = Some(server);
        } else {
            if global.is_local() {
                builder = builder.api_key(SANDBOX_KEY);
            }
            if let Some(url) = global.base_url() {
                builder = builder.base_url(url);
            }
            if let Some(url) = variable("KIE_UPLOAD_URL") {
                builder = builder.upload_url(url);
            }
            if let Some(key) = global.api_key.clone().or_else(|| variable("KIE_API_KEY")) {
                builder = builder.api_key(key);
            }
        }
        let ledger = if keeps_receipts { ledger::open(&global, &interrupt).await? } else { None };
        if let Some(ledger) = &ledger {
            builder = builder.ledger(Arc::clone(ledger));
        }
        Ok(Self { client: builder.build()?, format: global.format, interrupt, ledger, global, route, simulator })
    }

    /// Refuses the name of a call if there is no ledger, because the name is stored in the ledger. Prints a line if the
    /// call will wait for an earlier call with this name. Returns `true` if an earlier call with this name has started
    /// a task or has a response.
    pub(crate) async fn check_name(&self, name: Option<&str>) -> Result<bool, ExitError> {
        let Some(name) = name else { return Ok(false) };
        let earlier = self.ledger()?.find(ReceiptKey::Name(name)).await.map_err(Error::Ledger)?;
        if earlier.as_ref().is_some_and(|earlier| earlier.state == ReceiptState::Sent) {
            note!("an earlier call with this name has no response yet; waiting for it for up to 3.5 minutes");
        }
        Ok(earlier.is_some_and(|earlier| earlier.task_id.is_some() || earlier.response.is_some()))
    }

    /// Returns the ledger, or an error if the session has no ledger.
    pub(crate) fn ledger(&self) -> Result<&SqliteLedger, ExitError> {
        self.ledger.as_deref().ok_or_else(|| ledger::missing(&self.global))
    }

    /// Returns the balance, or `None` if it is not available within 5 seconds. The balance is only printed, so the
    /// command does not wait longer for it.
    pub(crate) async fn balance(&self) -> Option<Credits> {
        timeout(Duration::from_secs(5), self.client.credits()).await.ok()?.ok()
    }

    /// Waits until all updates of receipts are written, unless the command is interrupted.
    pub(crate) async fn end(&self) {
        drop(self.interrupt.during("writing receipts", self.client.settled()).await);
    }

    /// Returns the polling options for one command.
    pub(crate) fn polling(&self, timeout: Duration) -> Polling {
        polling(&self.global).timeout(timeout)
    }
}

/// Prints that an attempt of a call failed, and that the call is tried again.
fn tell_retry(retrying: &Retrying<'_>) {
    note!("{}: {}", retrying.operation(), long_line(&retrying.to_string()));
}

/// Returns the polling options. A simulator is polled every 0.4 seconds, so that the stages of a fast task are noticed.
fn polling(global: &GlobalArgs) -> Polling {
    let (moment, grace) = (Duration::from_millis(400), Duration::from_secs(2));
    let polling = Polling::default();
    if global.is_local() { polling.first_poll(moment).max_pause(moment).file_grace(grace) } else { polling }
}
