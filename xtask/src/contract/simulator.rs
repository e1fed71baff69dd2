//! The simulator of the service, as the program `kie` serves it.

use std::{
    io::{BufRead as _, BufReader},
    path::PathBuf,
    process::{Child, Command, Stdio},
};

use anyhow::Context as _;
use serde_json::Value;

use crate::{cargo::cargo, target::target};

/// A running simulator on a free port. It is stopped when it is dropped.
pub(crate) struct Simulator {
    child: Child,
    address: String,
}

impl Simulator {
    /// Builds the program `kie`, with the server for agents. `cargo xtask ci` builds it too, so then nothing is compiled.
    pub(crate) fn build() -> anyhow::Result<()> {
        cargo("build --release -p kie-cli --features mcp", &[])
    }

    /// Returns the path of the program `kie`.
    pub(crate) fn program() -> PathBuf {
        target().join("release/kie")
    }

    /// Starts a simulator with fast tasks and many credits. Its ids are the same in every run.
    pub(crate) fn start() -> anyhow::Result<Self> {
        let mut command = Command::new(Self::program());
        command.args("sandbox --port 0 --speed instant --credits 100000000 --seed 1 --quiet --format json".split(' '));
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null());
        let child = command.spawn().context("kie cannot be run")?;
        let mut simulator = Self { child, address: String::new() };
        let stdout = simulator.child.stdout.take().context("kie has no output")?;
        let mut line = String::new();
        BufReader::new(stdout).read_line(&mut line)?;
        let started: Value = serde_json::from_str(&line).context("kie sandbox printed no address")?;
        simulator.address = started["baseUrl"].as_str().context("kie sandbox printed no address")?.to_owned();
        Ok(simulator)
    }

    /// Returns the address of the simulator, such as `http://127.0.0.1:8787`.
    pub(crate) fn address(&self) -> &str {
        &self.address
    }
}

impl Drop for Simulator {
    fn drop(&mut self) {
        // A simulator that has ended already needs no end.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
