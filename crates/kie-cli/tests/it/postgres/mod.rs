//! Tests with a ledger in PostgreSQL. Without PostgreSQL, they are left out, and say so.

mod calls;
mod copies;
mod passwords;

use std::{process::Command, sync::Arc};

use kie_sandbox::Speed;
use kie_test_postgres::{Cluster, database, fresh_schema};
use serde_json::Value;

use crate::stage::{
    desk::Desk,
    kie::{Kie, Output},
    service::{document, kie, stderr, stdout},
};

/// A simulator, and a ledger in a schema of its own. The address of the ledger has a password.
struct Fleet {
    desk: Desk,
    cluster: Arc<Cluster>,
    schema: String,
    password: String,
}

impl Fleet {
    fn new(speed: Speed) -> Option<Self> {
        let cluster = database()?;
        let credentials = cluster.url().split_once("://").and_then(|(_, rest)| rest.rsplit_once('@'));
        let known = credentials.and_then(|(credentials, _)| credentials.split_once(':'));
        let password = known.map_or("hush5ecret", |(_, password)| password).to_owned();
        Some(Self { desk: Desk::new(speed), cluster, schema: fresh_schema(), password })
    }

    /// Returns the address of the database, without a password and with the schema.
    fn shown(&self) -> String {
        let url = self.cluster.url().replace(&format!(":{}@", self.password), "@");
        format!("{url}{}schema={}", if url.contains('?') { "&" } else { "?" }, self.schema)
    }

    /// Returns the address of the ledger.
    fn url(&self) -> String {
        self.shown().replacen('@', &format!(":{}@", self.password), 1)
    }

    /// Returns a command with the ledger in the database.
    fn kie(&self) -> Kie {
        let mut kie = self.desk.service.kie();
        kie.arg("--ledger").arg(self.url()).current_dir(self.desk.folder.path());
        kie
    }

    /// Returns a command without a service. The ledger is in the environment.
    fn alone(&self) -> Kie {
        let mut kie = kie();
        kie.env("KIE_LEDGER", self.url()).current_dir(self.desk.folder.path());
        kie
    }

    /// Runs a command, whose output must not have the password.
    fn run(&self, code: i32, mut kie: Kie) -> Output {
        let output = kie.output().unwrap();
        let said = format!("{}{}", stdout(&output), stderr(&output));
        assert!(!said.contains(&self.password), "{:?}: {said}", Command::from(kie));
        assert_eq!(output.status.code(), Some(code), "{:?}: {said}", Command::from(kie));
        output
    }

    /// Runs a command with the ledger in the database, and returns its document.
    fn json(&self, code: i32, arguments: &[&str]) -> Value {
        let mut kie = self.kie();
        kie.args(["--format", "json"]).args(arguments);
        document(&self.run(code, kie))
    }
}
