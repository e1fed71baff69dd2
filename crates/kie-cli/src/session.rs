//! The client that a command works with, and the simulator inside the command if there is one.

use std::time::Duration;

use kie_sandbox::{Listening, Sandbox};
use kie_suno::{Client, Pace};

use crate::{
    args::{Format, Global},
    stop::Stop,
};

/// The key for a simulator that asks for none in particular.
pub(crate) const SANDBOX_KEY: &str = "sandbox";

pub(crate) struct Session {
    pub(crate) client: Client,
    pub(crate) format: Format,
    /// What has to stand before a `kie` command that goes on with a task of this one.
    pub(crate) flags: String,
    /// Whether the service is on this machine, where looking costs nobody anything.
    is_near: bool,
    /// The simulator lives as long as the command.
    simulator: Option<Listening>,
}

impl Session {
    pub(crate) async fn open(global: Global) -> Result<Self, Stop> {
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
                flags = format!(" --base-url {}", quoted(url));
            }
            if let Some(url) = global.base_url.or_else(|| variable("KIE_BASE_URL")) {
                // Plain http is refused by the client except on loopback, where the simulator asks for no secret.
                if url.starts_with("http://") {
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
        Ok(Self { client: builder.build()?, format: global.format, flags, is_near, simulator })
    }

    /// The command that goes on with a task after this one has ended.
    pub(crate) fn command(&self, operation: &str, task_id: &str) -> String {
        format!("kie{} task {operation} {} --wait", self.flags, quoted(task_id))
    }

    /// How often a task is looked at: as the service asks, or fast enough to see each stage of a simulated one.
    pub(crate) fn pace(&self, timeout: Duration) -> Pace {
        let mut pace = Pace::default();
        pace.timeout = timeout;
        if self.is_near {
            pace.first_look = Duration::from_millis(400);
            pace.longest_pause = pace.first_look;
        }
        pace
    }

    /// Whether tasks end with this command.
    pub(crate) fn is_simulated(&self) -> bool {
        self.simulator.is_some()
    }
}

/// A variable of the environment, unless it is empty.
fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
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
