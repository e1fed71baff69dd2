//! Tests of the whole program against the sandbox, which listens on a loopback address.

mod callbacks;
mod spending;

use std::{
    error::Error,
    fs,
    path::{Path, PathBuf},
    process::{Command, Output},
};

use kie_sandbox::{Sandbox, SandboxBuilder, Server, Speed};
use tempfile::TempDir;

pub(crate) type Tested<T = ()> = Result<T, Box<dyn Error>>;

pub(crate) const KEY: &str = "kie-secret-key-0815";

/// A sandbox that listens, and a folder for the results.
pub(crate) struct Desk {
    pub(crate) sandbox: Sandbox,
    server: Server,
    folder: TempDir,
}

impl Desk {
    pub(crate) async fn new(builder: SandboxBuilder) -> Tested<Self> {
        let sandbox = builder.api_key(KEY).speed(Speed::Instant).build();
        let server = sandbox.listen(([127, 0, 0, 1], 0)).await?;
        Ok(Self { sandbox, server, folder: tempfile::tempdir()? })
    }

    pub(crate) fn out(&self) -> PathBuf {
        self.folder.path().join("out")
    }

    /// Runs the program with these options. Returns its output.
    pub(crate) async fn probe(&self, options: &[&str]) -> Tested<Output> {
        let mut command = Command::new(env!("CARGO_BIN_EXE_kie-probe"));
        command.env("KIE_API_KEY", KEY).env_remove("KIE_WEBHOOK_KEY").args(["--first-poll", "0.05"]);
        command.args(["--base-url", &self.server.base_url()]);
        command.arg("--out").arg(self.out()).arg("--ledger").arg(self.folder.path().join("ledger.db"));
        command.args(options).stdin(std::process::Stdio::null());
        Ok(tokio::task::spawn_blocking(move || command.output()).await??)
    }

    pub(crate) fn report(&self) -> Tested<String> {
        Ok(fs::read_to_string(self.out().join("report.md"))?)
    }

    /// Returns the number of requests to this operation.
    pub(crate) fn calls(&self, operation: &str) -> usize {
        self.sandbox.requests(operation).len()
    }
}

/// Returns the texts of all files in the folder.
pub(crate) fn texts(folder: &Path) -> Tested<Vec<(String, String)>> {
    let files = fs::read_dir(folder)?.map(|file| {
        let path = file?.path();
        Ok((path.display().to_string(), fs::read_to_string(path)?))
    });
    files.collect()
}

pub(crate) fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}
