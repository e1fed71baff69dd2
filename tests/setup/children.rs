//! Child processes, which compete for a ledger or are killed by a test. The folder `child/` has their code.

use std::process::Stdio;

use tokio::{
    io::{AsyncBufReadExt as _, BufReader, Lines},
    process::{self, ChildStdout, Command},
};

/// Runs `processes` child processes at the same time, each with the arguments `words`. Returns the lines that each
/// process printed. Panics if a process fails.
pub(crate) async fn run_all(processes: usize, words: &[&str]) -> Vec<Vec<(String, String)>> {
    let mut children: Vec<Child> = (0..processes).map(|_| Child::start(words)).collect();
    let mut lines = Vec::new();
    for child in &mut children {
        lines.push(child.rest().await);
    }
    for child in children {
        assert!(child.succeeds().await);
    }
    lines
}

/// A child process that prints its progress in lines. Dropping this value kills the process.
pub(crate) struct Child {
    process: process::Child,
    lines: Lines<BufReader<ChildStdout>>,
}

impl Child {
    /// Starts a child process with these arguments.
    pub(crate) fn start<W: AsRef<str>>(words: impl IntoIterator<Item = W>) -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_kie-tests-child"));
        for word in words {
            command.arg(word.as_ref());
        }
        Self::of(command)
    }

    /// Starts a child process with this command.
    pub(crate) fn of(mut command: Command) -> Self {
        let mut process = command.stdout(Stdio::piped()).kill_on_drop(true).spawn().unwrap();
        let lines = BufReader::new(process.stdout.take().unwrap()).lines();
        Self { process, lines }
    }

    /// Returns the first word and the rest of the next line that the process prints. Returns `None` if the process has
    /// ended.
    pub(crate) async fn next_line(&mut self) -> Option<(String, String)> {
        let line = self.lines.next_line().await.unwrap()?;
        let (word, rest) = line.split_once(' ').unwrap_or((&line, ""));
        Some((word.to_owned(), rest.to_owned()))
    }

    /// Returns all lines that were not read yet. Waits until the process ends.
    pub(crate) async fn rest(&mut self) -> Vec<(String, String)> {
        let mut all = Vec::new();
        while let Some(line) = self.next_line().await {
            all.push(line);
        }
        all
    }

    /// Kills the process. Lines that the process has printed before can still be read.
    pub(crate) async fn kill(&mut self) {
        self.process.kill().await.unwrap();
    }

    /// Waits until the process ends. Returns `true` if it succeeded.
    pub(crate) async fn succeeds(mut self) -> bool {
        self.process.wait().await.unwrap().success()
    }
}
