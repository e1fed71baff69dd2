//! The builder of a [`Sandbox`].

use std::{
    fmt,
    sync::{Arc, Mutex},
    time::SystemTime,
};

use kie_types::{Credits, signature::WebhookKey};
use tokio::{io::DuplexStream, time::Instant};

use crate::{
    account::{Account, Clock, Connect, Ids, Observer, SandboxInner},
    events::SandboxEvent,
    faults::Faults,
    operations::demo,
    sandbox::Sandbox,
    script::{Behaviour, MarketCallbacks, Speed, random_seed},
};

/// Settings of a new [`Sandbox`]. [`Sandbox::builder`] returns the default settings.
#[derive(Clone)]
#[must_use]
pub struct SandboxBuilder {
    behaviour: Behaviour,
    credits: Credits,
    api_key: Option<String>,
    webhook_key: Option<WebhookKey>,
    receiver: Option<Connect>,
    wall: Option<SystemTime>,
    seed: Option<u64>,
    observer: Option<Observer>,
    cors: bool,
    faults: Faults,
}

impl SandboxBuilder {
    fn new() -> Self {
        Self {
            behaviour: Behaviour::default(),
            credits: Credits::new(1_000.0),
            api_key: None,
            webhook_key: None,
            receiver: None,
            wall: None,
            seed: None,
            observer: None,
            cors: false,
            faults: Faults::default(),
        }
    }

    /// Sets the speed of tasks. The default is [`Speed::Fast`].
    pub fn speed(mut self, speed: Speed) -> Self {
        self.behaviour.speed = speed;
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

    /// Sets the seed of everything that is random: the ids, the durations of songs, the phrases of voices, and the random
    /// faults of a [`Faults`](crate::Faults). For the same seed and the same requests in the same order, they are the
    /// same. Times still follow the clock. The default is a random seed, which [`Sandbox::seed`] returns.
    pub fn seed(mut self, seed: u64) -> Self {
        self.seed = Some(seed);
        self
    }

    /// Sets a function that is told each request, each change of a task, and each attempt to send a callback, when it
    /// happens. The events are the log of the sandbox. By default, there is no observer.
    ///
    /// The function may use the sandbox. It must not block, because the response to the request waits for it.
    ///
    /// ```
    /// use kie_sandbox::Sandbox;
    ///
    /// let sandbox = Sandbox::builder().observer(|event| eprintln!("{event}")).build();
    /// # drop(sandbox);
    /// ```
    pub fn observer(mut self, observer: impl Fn(&SandboxEvent) + Send + Sync + 'static) -> Self {
        self.observer = Some(Arc::new(observer));
        self
    }

    /// Sets the responses of the market route to the operations that start no task on the classic route:
    /// `generate-persona`, `boost-music-style`, `get-timestamped-lyrics` and `suno-voice-check-voice`. With `true`, the
    /// response is the result. With `false`, a task is started, and its record has the result.
    ///
    /// The default is `true`: the documentation of these operations shows a result, and so does a recorded response to
    /// `get-timestamped-lyrics`. Some clients expect a task.
    pub fn market_inline(mut self, inline: bool) -> Self {
        self.behaviour.market.inline = inline;
        self
    }

    /// Sets the form of the callbacks of tasks that the market route started. The default is
    /// [`MarketCallbacks::Record`]. The callback of a finished MIDI task always has the classic form, because no other
    /// form with its notes is known.
    pub fn market_callbacks(mut self, callbacks: MarketCallbacks) -> Self {
        self.behaviour.market.callbacks = callbacks;
        self
    }

    /// With `true`, a lookup on either route finds the tasks of both routes. The default is `false`: a lookup finds only
    /// the tasks of its own route, because nobody has shown that the live service does more.
    ///
    /// A request can name a task or a track of the other route in both cases.
    pub fn ids_cross(mut self, cross: bool) -> Self {
        self.behaviour.market.ids_cross = cross;
        self
    }

    /// With `true`, the account has the rate limits of the service. The default is `false`. Requests over a limit are
    /// refused with code 430 on the classic route, and with code 429 on the market route.
    ///
    /// | requests | limit |
    /// | --- | --- |
    /// | starts of tasks, both routes together | 20 in 10 seconds |
    /// | lookups of one task on the market route | 10 in one second |
    /// | reads of the catalogue of the market route | 1 in one second |
    pub fn rate_limits(mut self, limits: bool) -> Self {
        self.behaviour.rate_limits = limits;
        self
    }

    /// With `true`, pages of other origins may use the sandbox from a browser, for example a page that shows its OpenAPI
    /// document and sends requests. The sandbox answers the preflights of browsers, and each response has the header
    /// `access-control-allow-origin: *`. The default is `false`. The service itself was never seen to send this header.
    pub fn cors(mut self, cors: bool) -> Self {
        self.cors = cors;
        self
    }

    /// Sets the faults and the behaviour that a file describes. A setting that the file has, such as the speed, replaces
    /// an earlier call for this setting, and a later call replaces it. A second call replaces all faults of the first.
    pub fn faults(mut self, faults: Faults) -> Self {
        faults.change(&mut self.behaviour);
        self.faults = faults;
        self
    }

    /// Creates the sandbox with a new account.
    pub fn build(self) -> Sandbox {
        let Self { behaviour, credits, api_key, webhook_key, receiver, wall, seed, observer, cors, faults } = self;
        let clock = Clock::start(wall.unwrap_or_else(SystemTime::now));
        let seed = seed.unwrap_or_else(random_seed);
        // The tasks of a new account have ids of their own, so that a change of these tasks changes no other id.
        let demo = demo::tasks(Instant::now(), &mut Ids::new(!seed));
        let links = demo::links(&demo);
        let mut account = Account::new(credits, Ids::new(seed), behaviour, demo, links);
        faults.add_to(&mut account, seed);
        let account = Mutex::new(account);
        Sandbox::new(SandboxInner { seed, cors, clock, api_key, webhook_key, receiver, observer, account })
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
        shown.field("speed", &self.behaviour.speed).field("credits", &self.credits).finish_non_exhaustive()
    }
}
