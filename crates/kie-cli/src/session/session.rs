//! The client that a command works with, and the simulator inside the command if there is one.

use std::{sync::Arc, time::Duration};

use kie_ledger::SqliteLedger;
use kie_sandbox::{Sandbox, Server};
use kie_suno::{Client, Credits, Polling};
use tokio::time::timeout;

use crate::{
    args::{GlobalArgs, OutputFormat},
    exit::{ExitError, Interrupt},
    session::{environment::variable, ledger, service::SANDBOX_KEY},
};

pub(crate) struct Session {
    pub(crate) client: Client,
    pub(crate) format: OutputFormat,
    pub(crate) interrupt: Interrupt,
    pub(crate) ledger: Option<Arc<SqliteLedger>>,
    pub(crate) global: GlobalArgs,
    /// The simulator lives as long as the command.
    pub(crate) simulator: Option<Server>,
}

impl Session {
    /// A caller, with a ledger if the command is one that writes or reads receipts.
    pub(crate) async fn open(
        global: GlobalArgs,
        keeps_receipts: bool,
        interrupt: Interrupt,
    ) -> Result<Self, ExitError> {
        let mut builder = Client::builder();
        let mut simulator = None;
        if global.sandbox {
            let listening = Sandbox::builder().build().listen(([127, 0, 0, 1], 0)).await?;
            builder = builder.base_url(listening.base_url()).api_key(SANDBOX_KEY);
            simulator = Some(listening);
        } else {
            if global.is_near() {
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
        let ledger = if keeps_receipts { ledger::open(&global).await? } else { None };
        if let Some(ledger) = &ledger {
            builder = builder.ledger(Arc::clone(ledger));
        }
        Ok(Self { client: builder.build()?, format: global.format, interrupt, ledger, global, simulator })
    }

    /// Makes sure that a call can have this name.
    pub(crate) fn can_name(&self, name: Option<&str>) -> Result<(), ExitError> {
        name.map_or(Ok(()), |_| self.ledger().map(drop))
    }

    /// The ledger, of a command that cannot do without.
    pub(crate) fn ledger(&self) -> Result<&SqliteLedger, ExitError> {
        self.ledger.as_deref().ok_or_else(|| ledger::missing(&self.global))
    }

    /// The balance, if it can be had soon: it is worth knowing and not worth waiting for.
    pub(crate) async fn balance(&self) -> Option<Credits> {
        timeout(Duration::from_secs(5), self.client.credits()).await.ok()?.ok()
    }

    /// How often a task is looked at: as the service asks, or fast enough to see each stage of a simulated one.
    pub(crate) fn polling(&self, timeout: Duration) -> Polling {
        let polling = Polling::default().timeout(timeout);
        let moment = Duration::from_millis(400);
        if self.global.is_near() { polling.first_poll(moment).longest_pause(moment) } else { polling }
    }
}
