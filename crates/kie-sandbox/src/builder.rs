//! How an account is opened.

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

/// How an account is opened. Made by [`Sandbox::builder`].
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

    /// How fast tasks go on; [`Speed::Fast`] if nothing else is said.
    pub fn speed(mut self, speed: Speed) -> Self {
        self.speed = speed;
        self
    }

    /// What there is to spend; 1000 credits if nothing else is said.
    pub fn credits(mut self, credits: Credits) -> Self {
        self.credits = credits;
        self
    }

    /// The only key that opens the account. Without one, every bearer does that is not empty.
    pub fn api_key(mut self, key: impl Into<String>) -> Self {
        self.api_key = Some(key.into());
        self
    }

    /// The key that signs callbacks. Without one they are not signed.
    pub fn webhook_key(mut self, key: impl AsRef<[u8]>) -> Self {
        self.webhook_key = Some(WebhookKey::new(key));
        self
    }

    /// Delivers callbacks over pipes in memory, which this makes, whatever their addresses are. Without it they are delivered
    /// over sockets, and to loopback addresses only.
    pub fn receiver(mut self, connect: impl Fn() -> DuplexStream + Send + Sync + 'static) -> Self {
        self.receiver = Some(Arc::new(connect));
        self
    }

    /// What the account's clock shows when it is opened, and goes on from by tokio's clock; the machine's time if nothing else
    /// is said. What a task made is served for 14 days by this clock, and what was uploaded for one.
    pub fn opened(mut self, time: SystemTime) -> Self {
        self.wall = Some(time);
        self
    }

    /// Opens the account.
    pub fn build(self) -> Sandbox {
        let Self { speed, credits, api_key, webhook_key, receiver, wall } = self;
        let clock = Clock::start(wall.unwrap_or_else(SystemTime::now));
        let account = Mutex::new(Account::new(credits, demo::tasks(Instant::now())));
        Sandbox::new(SandboxInner { speed, clock, api_key, webhook_key, receiver, account })
    }
}

impl Sandbox {
    /// Says how the account is to be opened.
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
