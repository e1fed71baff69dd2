//! Helpers for tests that need a simulator on a loopback address, and the `kie` binary.

use std::{path::PathBuf, process};

use assert_cmd::cargo::cargo_bin;
use kie_sandbox::{FILES, Fault, Sandbox, Server, Speed};
use serde_json::Value;
use tokio::runtime::Runtime;

use crate::stage::{
    kie::{Kie, Output},
    schema::problems,
};

/// A simulator that a test can inspect while the binary uses it.
pub(crate) struct Service {
    pub(crate) sandbox: Sandbox,
    server: Option<Server>,
    runtime: Runtime,
}

impl Service {
    pub(crate) fn new(speed: Speed) -> Self {
        Self::of(Sandbox::builder().speed(speed).build())
    }

    pub(crate) fn of(sandbox: Sandbox) -> Self {
        let runtime = Runtime::new().unwrap();
        let server = runtime.block_on(sandbox.listen(([127, 0, 0, 1], 0))).unwrap();
        Self { sandbox, server: Some(server), runtime }
    }

    pub(crate) fn url(&self) -> String {
        self.server.as_ref().unwrap().base_url()
    }

    /// Returns a command that runs the binary against this simulator.
    pub(crate) fn kie(&self) -> Kie {
        let mut kie = kie();
        kie.env("KIE_BASE_URL", self.url());
        kie
    }

    /// Breaks all links to one of the songs: the song of which a file is requested first. Each request for this song
    /// gets `fault`.
    pub(crate) fn break_one_song(&self, fault: Fault) {
        let mut broken = None;
        self.sandbox.faults(move |request| {
            let file = request.path.rsplit('/').next().filter(|_| request.operation == FILES)?;
            let song = file.split(['.', '?']).next()?.to_owned();
            (*broken.get_or_insert(song.clone()) == song).then(|| fault.clone())
        });
    }

    /// Ends the faults of [`break_one_song`](Self::break_one_song).
    pub(crate) fn mend(&self) {
        self.sandbox.faults(|_| None);
    }

    /// Runs a future on the simulator's runtime. A test uses it to do what another program would do, for example while
    /// the `kie` binary runs.
    pub(crate) fn beside<T>(&self, work: impl Future<Output = T>) -> T {
        self.runtime.block_on(work)
    }

    /// Stops the simulator.
    pub(crate) fn stop(&mut self) {
        let server = self.server.take().unwrap();
        self.runtime.block_on(server.stop());
    }
}

/// Returns a command that runs the binary, without environment variables that would change its behaviour.
pub(crate) fn kie() -> Kie {
    let mut kie = Kie::new(cargo_bin("kie"));
    let of_this_machine = std::env::vars_os().map(|(name, _)| name);
    for name in of_this_machine.filter(|name| name.to_string_lossy().starts_with("KIE_")) {
        kie.env_remove(name);
    }
    for name in ["HOME", "XDG_DATA_HOME", "XDG_CONFIG_HOME", "LOCALAPPDATA", "APPDATA"] {
        kie.env(name, concat!(env!("CARGO_TARGET_TMPDIR"), "/home"));
    }
    kie
}

pub(crate) fn stdout(output: &process::Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

pub(crate) fn stderr(output: &process::Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

/// Returns the JSON document that a command printed on standard output. The document must fit the schema of the verb.
pub(crate) fn document(output: &Output) -> Value {
    let document = serde_json::from_slice(&output.stdout).unwrap_or_else(|error| panic!("{error}: {output:?}"));
    let problems = problems(&output.verb, &document);
    assert!(problems.is_empty(), "kie {}: {problems:#?}\n{document:#}", output.verb);
    document
}

/// Returns the sample request body from the documentation page of an operation.
pub(crate) fn printed(operation: &str) -> Value {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("../../tests/fixtures/documented")
        .join(operation)
        .join("request-as-printed.json");
    let fixture: Value = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
    fixture["body"].clone()
}
