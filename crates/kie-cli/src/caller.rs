//! The client that a command works with, and the simulator inside the command if there is one.

use std::{path::Path, time::Duration};

use kie_sandbox::{Listening, Sandbox};
use kie_suno::{Client, Credits, Pace, transport::BaseUrl};
use tokio::time::timeout;

use crate::{
    args::{Format, Global},
    stop::{Interrupt, Stop},
};

/// The key for a simulator that asks for none in particular.
pub(crate) const SANDBOX_KEY: &str = "sandbox";

pub(crate) struct Caller {
    pub(crate) client: Client,
    pub(crate) format: Format,
    pub(crate) interrupt: Interrupt,
    /// What has to stand before a `kie` command that goes on with a task of this one.
    pub(crate) flags: String,
    /// Whether the service is on this machine, where looking costs nobody anything.
    is_near: bool,
    /// The simulator lives as long as the command.
    simulator: Option<Listening>,
}

impl Caller {
    pub(crate) async fn open(global: Global, interrupt: Interrupt) -> Result<Self, Stop> {
        let mut builder = Client::builder();
        let mut flags = String::new();
        let mut is_near = global.sandbox;
        let mut simulator = None;
        if global.sandbox {
            let listening = Sandbox::builder().build().listen(([127, 0, 0, 1], 0)).await?;
            builder = builder.base_url(listening.base_url()).api_key(SANDBOX_KEY);
            simulator = Some(listening);
        } else {
            if let Some(url) = &global.base_url {
                flags += &format!(" --base-url {}", quoted(url));
            }
            if global.format == Format::Json {
                flags += " --format json";
            }
            if let Some(url) = global.base_url.or_else(|| variable("KIE_BASE_URL")) {
                // On this machine it can only be a simulator, which asks for no secret.
                if url.parse::<BaseUrl>().is_ok_and(|url| url.is_loopback()) {
                    is_near = true;
                    builder = builder.api_key(SANDBOX_KEY);
                }
                builder = builder.base_url(url);
            }
            if let Some(url) = variable("KIE_UPLOAD_URL") {
                builder = builder.upload_url(url);
            }
            if let Some(key) = global.api_key.or_else(|| variable("KIE_API_KEY")) {
                builder = builder.api_key(key);
            }
        }
        Ok(Self { client: builder.build()?, format: global.format, interrupt, flags, is_near, simulator })
    }

    /// The command that goes on with a task after this one has ended. A simulated task ends with it.
    pub(crate) fn go_on(&self, operation: &str, task_id: &str, save: Option<&Path>) -> Option<String> {
        let flags = &self.flags;
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
        if self.is_near { pace.first_look(moment).longest_pause(moment) } else { pace }
    }
}

/// A variable of the environment, unless it is empty.
fn variable(name: &str) -> Option<String> {
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
