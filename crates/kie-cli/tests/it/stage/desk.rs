//! Helpers for tests that need a simulator, and a ledger for its tasks.

use std::path::PathBuf;

use kie_sandbox::{Fault, Speed};
use serde_json::{Value, json};
use tempfile::{TempDir, tempdir};

use crate::stage::{
    kie::{Kie, Output},
    service::{Service, document},
};

/// A simulator, and a ledger file for the tasks that the binary starts at the simulator.
pub(crate) struct Desk {
    pub(crate) service: Service,
    pub(crate) folder: TempDir,
}

impl Desk {
    pub(crate) fn new(speed: Speed) -> Self {
        Self::of(Service::new(speed))
    }

    pub(crate) fn of(service: Service) -> Self {
        Self { service, folder: tempdir().unwrap() }
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(crate) fn songs(&self) -> usize {
        std::fs::read_dir(self.path("songs")).map(Iterator::count).unwrap_or_default()
    }

    pub(crate) fn kie(&self) -> Kie {
        let mut kie = self.service.kie();
        kie.arg("--ledger").arg(self.path("ledger.db")).current_dir(self.folder.path());
        kie
    }

    pub(crate) fn run(&self, arguments: &[&str]) -> Output {
        self.kie().args(arguments).output().unwrap()
    }

    /// Runs a command that must end with this exit code. Returns the JSON document that the command prints.
    pub(crate) fn json(&self, code: i32, arguments: &[&str]) -> Value {
        let output = self.kie().args(["--format", "json"]).args(arguments).output().unwrap();
        assert_eq!(output.status.code(), Some(code), "{arguments:?}: {output:?}");
        document(&output)
    }

    /// Returns the tasks that `kie tasks` lists.
    pub(crate) fn tasks(&self) -> Vec<Value> {
        let listed = self.json(0, &["tasks"]);
        assert_eq!(listed["ledger"], self.path("ledger.db").to_str().unwrap());
        listed["tasks"].as_array().unwrap().clone()
    }

    pub(crate) fn starts(&self) -> usize {
        self.service.sandbox.requests("generate-music").len()
    }

    /// Starts a song whose response is lost, and returns the id of its receipt.
    pub(crate) fn lose(&self) -> String {
        self.service.sandbox.fault("generate-music", Fault::DropResponse);
        let lost = self.json(7, &["generate", "x"]);
        assert_eq!((&lost["outcome"], &lost["charged"]), (&json!("unknown"), &json!("unknown")));
        lost["receipt"].as_str().unwrap().to_owned()
    }
}
