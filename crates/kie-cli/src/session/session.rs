//! The client of a command, and the simulator inside the command if there is one.

use std::time::Duration;

use kie_sandbox::{Sandbox, Server};
use kie_suno::{
    Budget, Client, Credits, Error, Polling, Retrying, Route,
    receipts::{ReceiptKey, ReceiptState},
    requests::Model,
    transport::{self, Body, ErrorKind, http},
};
use tokio::time::timeout;

use crate::{
    args::{FollowArgs, GlobalArgs, OutputFormat},
    exit::{ExitError, Interrupt, key_advice},
    output::{long_line, note},
    session::{
        key::{find_key, no_key},
        ledger::{self, OpenLedger},
        service::SANDBOX_KEY,
    },
    settings::Setting,
};

pub(crate) struct Session {
    pub(crate) client: Client,
    pub(crate) format: OutputFormat,
    pub(crate) interrupt: Interrupt,
    pub(crate) ledger: Option<OpenLedger>,
    pub(crate) global: GlobalArgs,
    /// Route of the calls, and of tasks that are not in the ledger.
    pub(crate) route: Route,
    /// The simulator inside the command. It stops when this field is dropped.
    pub(crate) simulator: Option<Server>,
    /// `false` if there is no API key. The client then sends nothing.
    has_key: bool,
}

impl Session {
    /// Creates a session. If `keeps_receipts` is `true`, the session has a ledger, unless the user chose none, or
    /// chose a simulator and named no ledger. Without an API key, and in a dry run, the client of the session sends
    /// nothing.
    pub(crate) async fn open(
        global: GlobalArgs,
        keeps_receipts: bool,
        interrupt: Interrupt,
    ) -> Result<Self, ExitError> {
        let route = global.route()?;
        let mut builder = Client::builder().route(route).polling(polling(&global)).on_retry(tell_retry);
        let mut simulator = None;
        let mut has_key = true;
        if global.sandbox {
            let server = Sandbox::builder().build().listen(([127, 0, 0, 1], 0)).await?;
            builder = builder.base_url(server.base_url()).api_key(SANDBOX_KEY);
            simulator = Some(server);
        } else {
            if let Some(url) = global.base_url() {
                builder = builder.base_url(url);
            }
            if let Some(url) = global.settings.text(Setting::UploadUrl) {
                builder = builder.upload_url(url);
            }
            // A dry run sends nothing, so it needs no key.
            let key = if global.money.dry_run { None } else { find_key(&global)?.map(|(key, _)| key) };
            has_key = key.is_some() || global.is_local();
            builder = builder.api_key(key.as_deref().unwrap_or(SANDBOX_KEY));
        }
        if global.money.dry_run {
            builder = builder.http(|request| send_nothing(request, "nothing is sent in a dry run".to_owned()));
        } else if !has_key {
            builder = builder.http(|request| send_nothing(request, format!("there is no API key; {}", key_advice())));
        }
        if let Some(limit) = global.budget().map_err(ExitError::Usage)? {
            builder = builder.budget(Budget::new(limit));
        }
        let ledger = if keeps_receipts { ledger::open(&global, &interrupt).await? } else { None };
        if let Some(ledger) = &ledger {
            builder = builder.ledger(ledger.shared());
        }
        let (client, format) = (builder.build()?, global.format);
        Ok(Self { client, format, interrupt, ledger, global, route, simulator, has_key })
    }

    /// Returns an error if there is no API key. A verb calls this function when its input is checked, and before it
    /// sends anything. In a dry run, no key is needed.
    pub(crate) fn require_key(&self) -> Result<(), ExitError> {
        if self.has_key || self.global.money.dry_run { Ok(()) } else { Err(no_key()) }
    }

    /// Returns the options for following a task that this command starts: the given ones, and the settings for those that
    /// are not given.
    pub(crate) fn follow(&self, given: &FollowArgs) -> Result<FollowArgs, ExitError> {
        given.or_settings(&self.global).map_err(ExitError::Usage)
    }

    /// Returns the model of a call: the given one, or else that of the settings, or else the newest model of the route.
    pub(crate) fn model(&self, given: Option<Model>) -> Result<Model, ExitError> {
        match given {
            Some(model) => Ok(model),
            None => Ok(self.global.settings.model().map_err(ExitError::Usage)?.unwrap_or(self.route.newest_model())),
        }
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
    pub(crate) fn ledger(&self) -> Result<&OpenLedger, ExitError> {
        self.ledger.as_ref().ok_or_else(|| ledger::missing(&self.global))
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

/// HTTP service of a client that must send nothing. Verbs do not reach it: they end before they send.
async fn send_nothing(_: http::Request<Body>, why: String) -> Result<http::Response<Body>, transport::Error> {
    Err(transport::Error::new(ErrorKind::Setup, why))
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
