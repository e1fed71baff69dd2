//! A client and a sandbox, with real HTTP over an in-memory pipe between them.
//!
//! With the clock paused, a minute of the simulated service passes as soon as everybody waits.

use kie_sandbox::{Sandbox, Speed};
use kie_suno::{Client, ClientBuilder, GenerateMusic, Model, transport::Pipe};

/// An account at the service's own speed, and a client of it.
pub(crate) fn live() -> (Sandbox, Client) {
    at(Speed::Live)
}

/// An account where tasks are finished at once, and a client of it.
pub(crate) fn instant() -> (Sandbox, Client) {
    at(Speed::Instant)
}

fn at(speed: Speed) -> (Sandbox, Client) {
    let sandbox = Sandbox::builder().speed(speed).build();
    let client = client_of(&sandbox).build().unwrap();
    (sandbox, client)
}

pub(crate) fn client_of(sandbox: &Sandbox) -> ClientBuilder {
    let sandbox = sandbox.clone();
    Client::builder().api_key("key").base_url("http://localhost").http(Pipe::new(move || sandbox.connect()))
}

pub(crate) fn waltz() -> GenerateMusic {
    GenerateMusic::simple(Model::V5, "a slow waltz for two accordions")
}
