//! An account of the service: a sandbox, whose books tell what was sent and paid for.

use std::time::Duration;

use kie_ledger::Ledger;
use kie_sandbox::{Sandbox, Speed};
use kie_suno::{
    Client, Credits,
    requests::{GenerateMusic, Model},
    transport::Pipe,
};

#[derive(Clone)]
pub(crate) struct Account {
    pub(crate) sandbox: Sandbox,
}

impl Account {
    pub(crate) fn new() -> Self {
        let sandbox = Sandbox::builder().speed(Speed::Instant).rate_limits(false).credits(Credits::new(1e9)).build();
        Self { sandbox }
    }

    /// Returns a client of this account without a rate limit and without a receiver.
    pub(crate) fn client(&self, ledger: impl Ledger) -> Client {
        let connecting = self.sandbox.clone();
        Client::builder()
            .api_key("key")
            .base_url("http://localhost")
            .http(Pipe::new(move || connecting.connect()))
            .ledger(ledger)
            .call_back_url("https://callback.invalid/kie")
            .task_rate(0, Duration::ZERO)
            .build()
            .unwrap()
    }

    /// Returns the number of songs that the service was asked to make.
    pub(crate) fn orders(&self) -> usize {
        self.sandbox.requests("generate-music").len()
    }
}

pub(crate) fn song() -> GenerateMusic {
    GenerateMusic::simple(Model::V5, "a slow waltz")
}
