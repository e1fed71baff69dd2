//! A running `kie listen`.

use std::{
    io::{BufRead as _, BufReader, Lines},
    process::{ChildStdout, Stdio},
};

use serde_json::Value;

use crate::stage::{
    kie::{Kie, Output, Running},
    schema::problems,
    service::{kie, stdout},
};

/// Webhook key of the listeners of the tests.
pub(crate) const KEY: &str = "whk";

/// Returns a command with the webhook key.
pub(crate) fn with_key() -> Kie {
    let mut kie = kie();
    kie.env("KIE_WEBHOOK_KEY", KEY);
    kie
}

/// A running `kie listen` on a free port, whose output is JSON. It is killed when it is dropped.
pub(crate) struct Listener {
    child: Running,
    lines: Lines<BufReader<ChildStdout>>,
    pub(crate) url: String,
}

impl Listener {
    /// Starts to listen with the webhook key.
    pub(crate) fn start(arguments: &[&str]) -> Self {
        Self::of(with_key(), arguments)
    }

    pub(crate) fn of(mut kie: Kie, arguments: &[&str]) -> Self {
        kie.args(["--format", "json", "listen", "--port", "0"]).args(arguments).stdout(Stdio::piped());
        let mut child = kie.spawn().unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let mut listener = Self { child, lines, url: String::new() };
        let started = listener.event();
        assert_eq!(started["event"], "started");
        listener.url = started["url"].as_str().unwrap().to_owned();
        listener
    }

    /// Returns the next line, which must fit the schema.
    pub(crate) fn event(&mut self) -> Value {
        let line = self.lines.next().unwrap().unwrap();
        let event = serde_json::from_str(&line).unwrap_or_else(|error| panic!("{error}: {line}"));
        let problems = problems("listen", &event);
        assert!(problems.is_empty(), "{problems:#?}\n{event:#}");
        event
    }

    /// Waits for the end, which must be a success. Returns the rest of the lines.
    pub(crate) fn end(mut self) -> Vec<String> {
        let rest = self.lines.by_ref().map(Result::unwrap).collect();
        assert_eq!(self.child.wait().unwrap().code(), Some(0));
        rest
    }

    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    /// Triggers a callback to this listener, with the webhook key. The command must end with this exit code.
    pub(crate) fn trigger(&self, code: i32, arguments: &[&str]) -> Output {
        let output = with_key().arg("trigger").args(arguments).args(["--to", &self.url]).output().unwrap();
        assert_eq!(output.status.code(), Some(code), "{arguments:?}: {output:?}");
        output
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Returns the body of a callback.
pub(crate) fn body(arguments: &[&str]) -> String {
    let output = with_key().arg("trigger").args(arguments).arg("--print").output().unwrap();
    assert_eq!(output.status.code(), Some(0), "{arguments:?}: {output:?}");
    stdout(&output)
}
