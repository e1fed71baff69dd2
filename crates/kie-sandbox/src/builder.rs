//! The builder of a [`Sandbox`].

use std::{
    fmt,
    sync::{Arc, Mutex},
    time::SystemTime,
};

use kie_types::{Credits, signature::WebhookKey};
use tokio::{io::DuplexStream, time::Instant};

use crate::{
    account::{Account, Clock, Connect, SandboxInner},
    operations::demo,
    sandbox::Sandbox,
    script::Speed,
};

/// Settings of a new [`Sandbox`]. [`Sandbox::builder`] returns the default settings.
#[derive(Clone)]
#[must_use]
pub struct SandboxBuilder {
    speed: Speed,
    credits: Credits,
    api_key: Option<String>,
    webhook_key: Option<WebhookKey>,
    receiver: Option<Connect>,
    wall: Option<SystemTime>,
}

impl SandboxBuilder {
    fn new() -> Self {
        Self {
            speed: Speed::default(),
            credits: Credits::new(1_000.0),
            api_key: None,
            webhook_key: None,
            receiver: None,
            wall: None,
        }
    }

    /// Sets the speed of tasks. The default is [`Speed::Fast`].
    pub fn speed(mut self, speed: Speed) -> Self {
        self.speed = speed;
        self
    }

    /// Sets the balance of the new account, in credits. The default is 1000.
    pub fn credits(mut self, credits: Credits) -> Self {
        self.credits = credits;
        self
    }

    /// Sets the only accepted API key. By default, any non-empty bearer token is accepted.
    pub fn api_key(mut self, key: impl Into<String>) -> Self {
        self.api_key = Some(key.into());
        self
    }

    /// Sets the key that signs callbacks. By default, callbacks are not signed.
    pub fn webhook_key(mut self, key: impl AsRef<[u8]>) -> Self {
        self.webhook_key = Some(WebhookKey::new(key));
        self
    }

    /// Sends all callbacks to one receiver, even if the callback addresses name other hosts. `connect` opens a pipe in
    /// memory to this receiver. By default, callbacks are sent over sockets, and only to plain http addresses on
    /// loopback.
    pub fn receiver(mut self, connect: impl Fn() -> DuplexStream + Send + Sync + 'static) -> Self {
        self.receiver = Some(Arc::new(connect));
        self
    }

    /// Sets the time that the account's clock shows when the sandbox is built. After that, the clock advances with
    /// tokio's clock. The default is the current system time. Result files expire 14 days after their task is complete.
    /// Uploaded files expire after one day.
    pub fn start_time(mut self, time: SystemTime) -> Self {
        self.wall = Some(time);
        self
    }

    /// Creates the sandbox with a new account.
    pub fn build(self) -> Sandbox {
        let Self { speed, credits, api_key, webhook_key, receiver, wall } = self;
        let clock = Clock::start(wall.unwrap_or_else(SystemTime::now));
        let account = Mutex::new(Account::new(credits, demo::tasks(Instant::now())));
        Sandbox::new(SandboxInner { speed, clock, api_key, webhook_key, receiver, account })
    }
}

impl Sandbox {
    /// Returns a builder with the default settings.
    pub fn builder() -> SandboxBuilder {
        SandboxBuilder::new()
    }
}

impl Default for Sandbox {
    fn default() -> Self {
        Self::builder().build()
    }
}

impl fmt::Debug for SandboxBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = f.debug_struct("SandboxBuilder");
        shown.field("speed", &self.speed).field("credits", &self.credits).finish_non_exhaustive()
    }
}
