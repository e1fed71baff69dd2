//! The start message: the addresses of the simulator, and first commands.

use kie_sandbox::Sandbox;
use kie_suno::requests::Host;
use serde_json::json;

use crate::{
    args::OutputFormat,
    output::{out, print},
    session::SANDBOX_KEY,
};

/// A simulator that has just started to listen.
pub(super) struct Start<'a> {
    pub(super) url: String,
    /// `true` if only the key of `--api-key` is accepted. The key is not printed.
    pub(super) has_key: bool,
    /// `true` if callbacks are signed.
    pub(super) is_signed: bool,
    pub(super) is_quiet: bool,
    pub(super) sandbox: &'a Sandbox,
}

impl Start<'_> {
    pub(super) fn print(&self, format: OutputFormat) {
        match format {
            OutputFormat::Json => self.json(),
            OutputFormat::Text => self.text(),
        }
    }

    /// Prints one line, so that each line of the output is a JSON object.
    fn json(&self) {
        let url = &self.url;
        let started = json!({
            "event": "started", "baseUrl": url, "hosts": { "api": url, "upload": url },
            "openapi": format!("{url}/openapi.json"), "books": format!("{url}/sandbox/books"),
            "faults": format!("{url}/sandbox/faults"), "apiKey": (!self.has_key).then_some(SANDBOX_KEY),
            "balance": self.sandbox.balance(), "seed": self.sandbox.seed(),
        });
        print(&started.to_string());
    }

    fn text(&self) {
        let Self { url, sandbox, .. } = self;
        let seed = sandbox.seed();
        out!("simulator of the service, with both routes and {} credits", sandbox.balance());
        for host in [Host::Api, Host::Upload] {
            out!("  {url} stands for {}", host.base_url());
        }
        out!("  {url}/openapi.json is the OpenAPI document");
        out!("  {url}/sandbox/books shows what was received and charged");
        out!("  {url}/sandbox/faults takes faults and shows those that wait");
        match self.has_key {
            true => out!("  API key: the one of --api-key"),
            false => out!("  API key: any, for example {SANDBOX_KEY}"),
        }
        let signed = if self.is_signed { "signed" } else { "--webhook-key KEY signs them" };
        out!("  callbacks: only to http on this machine; {signed}");
        out!("  seed: {seed}; --seed {seed} repeats ids and random faults");
        let (option, key) = if self.has_key { (" --api-key KEY", "KEY") } else { ("", SANDBOX_KEY) };
        out!("try in another terminal:");
        out!("  kie --base-url {url}{option} generate \"a slow waltz for two accordions\" --save songs");
        out!("  curl -H \"Authorization: Bearer {key}\" {url}/api/v1/chat/credit");
        out!("press Ctrl-C to stop");
        if !self.is_quiet {
            out!("log of requests, tasks and callbacks, with times in UTC; --quiet turns it off:");
        }
    }
}
