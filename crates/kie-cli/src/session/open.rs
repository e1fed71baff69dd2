//! The client that a command works with, and the simulator inside the command if there is one.

use std::{path::Path, sync::Arc, time::Duration};

use kie_ledger::SqliteLedger;
use kie_sandbox::{Listening, Sandbox};
use kie_suno::{Charged, Client, Credits, Error, Pace, transport::BaseUrl};
use tokio::time::timeout;

use crate::{
    args::{Format, Global},
    exit::{Interrupt, Stop},
    session::ledger,
};

/// The key for a simulator that asks for none in particular.
pub(crate) const SANDBOX_KEY: &str = "sandbox";

pub(crate) struct Caller {
    pub(crate) client: Client,
    pub(crate) format: Format,
    pub(crate) interrupt: Interrupt,
    pub(crate) ledger: Option<Arc<SqliteLedger>>,
    global: Global,
    /// The simulator lives as long as the command.
    simulator: Option<Listening>,
}

impl Global {
    /// The address that replaces the service's own.
    fn base_url(&self) -> Option<String> {
        self.base_url.clone().or_else(|| variable("KIE_BASE_URL"))
    }

    /// Whether the service is on this machine, where it can only be a simulator: it asks for no secret, and looking costs
    /// nobody anything.
    pub(crate) fn is_near(&self) -> bool {
        let is_loopback = |url: String| url.parse::<BaseUrl>().is_ok_and(|url| url.is_loopback());
        self.sandbox || self.base_url().is_some_and(is_loopback)
    }

    /// What has to stand before a `kie` command that goes on where this one ends.
    pub(crate) fn flags(&self) -> String {
        let mut flags = String::new();
        if let Some(url) = &self.base_url {
            flags += &format!(" --base-url {}", quoted(url));
        }
        if let Some(ledger) = &self.ledger {
            flags += &format!(" --ledger {}", quoted(&ledger.to_string_lossy()));
        }
        if self.format == Format::Json {
            flags += " --format json";
        }
        flags
    }
}

impl Caller {
    /// A caller, with a ledger if the command is one that writes or reads receipts.
    pub(crate) async fn open(global: Global, keeps_receipts: bool, interrupt: Interrupt) -> Result<Self, Stop> {
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

    /// The client for a call, with the caller's own name for it.
    pub(crate) fn client(&self, name: Option<&str>) -> Result<Client, Stop> {
        let Some(name) = name else { return Ok(self.client.clone()) };
        self.ledger()?;
        Ok(self.client.named(name))
    }

    /// The ledger, of a command that cannot do without.
    pub(crate) fn ledger(&self) -> Result<&SqliteLedger, Stop> {
        self.ledger.as_deref().ok_or_else(|| ledger::missing(&self.global))
    }

    /// Makes a call that creates something. Where nobody knows what came of it, Ctrl-C included, its receipt is listed.
    pub(crate) async fn submit<T>(
        &self,
        operation: &'static str,
        call: impl Future<Output = Result<T, Error>>,
    ) -> Result<T, Stop> {
        tokio::select! {
            biased;
            answer = call => answer.map_err(|error| self.lost(error)),
            () = self.interrupt.came() => Err(Stop::Submitting { operation, go_on: self.list() }),
        }
    }

    /// The end of a call that went wrong.
    pub(crate) fn lost(&self, error: Error) -> Stop {
        let is_unknown = error.task_id().is_none() && error.charged() == Charged::Unknown;
        let go_on = self.list().filter(|_| is_unknown && error.receipt().is_some());
        Stop::Client { error, go_on }
    }

    /// The command that lists the receipts, if there are any to list after this one has ended.
    pub(crate) fn list(&self) -> Option<String> {
        let goes_on = self.ledger.is_some() && self.simulator.is_none();
        goes_on.then(|| format!("kie{} tasks", self.global.flags()))
    }

    /// The command that goes on with a task after this one has ended. A simulated task ends with it.
    pub(crate) fn go_on(&self, operation: &str, task_id: &str, save: Option<&Path>) -> Option<String> {
        let flags = self.global.flags();
        let then = match save {
            Some(folder) => format!("--save {}", quoted(&folder.to_string_lossy())),
            None => "--wait".to_owned(),
        };
        let is_over = self.simulator.is_some();
        (!is_over).then(|| format!("kie{flags} task {operation} {} {then}", quoted(task_id)))
    }

    /// The balance, if it can be had soon: it is worth knowing and not worth waiting for.
    pub(crate) async fn balance(&self) -> Option<Credits> {
        timeout(Duration::from_secs(5), self.client.credits()).await.ok()?.ok()
    }

    /// How often a task is looked at: as the service asks, or fast enough to see each stage of a simulated one.
    pub(crate) fn pace(&self, timeout: Duration) -> Pace {
        let pace = Pace::default().timeout(timeout);
        let moment = Duration::from_millis(400);
        if self.global.is_near() { pace.first_look(moment).longest_pause(moment) } else { pace }
    }
}

/// A variable of the environment, unless it is empty.
pub(crate) fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().map(|value| value.trim().to_owned()).filter(|value| !value.is_empty())
}

/// The text as a shell takes it for one word.
fn quoted(text: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_.:/".contains(c);
    if !text.is_empty() && text.chars().all(plain) {
        text.to_owned()
    } else {
        format!("'{}'", text.replace('\'', r"'\''"))
    }
}
