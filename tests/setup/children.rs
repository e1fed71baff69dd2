//! Processes of our own, to compete and to be killed. What they do is in `child/`.

use std::process::Stdio;

use tokio::{
    io::{AsyncBufReadExt as _, BufReader, Lines},
    process::{self, ChildStdout, Command},
};

/// Lets so many processes do what the words say, all at once, and returns what each told. Each has to be content.
pub(crate) async fn all_told(processes: usize, words: &[&str]) -> Vec<Vec<(String, String)>> {
    let mut children: Vec<Child> = (0..processes).map(|_| Child::start(words)).collect();
    let mut told = Vec::new();
    for child in &mut children {
        told.push(child.rest().await);
    }
    for child in children {
        assert!(child.succeeds().await);
    }
    told
}

/// A process that does something, and tells in lines of its own how far it is. It does not outlive this.
pub(crate) struct Child {
    process: process::Child,
    lines: Lines<BufReader<ChildStdout>>,
}

impl Child {
    /// Starts the one that does what the first word says, with the others.
    pub(crate) fn start<W: AsRef<str>>(words: impl IntoIterator<Item = W>) -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_kie-tests-child"));
        for word in words {
            command.arg(word.as_ref());
        }
        Self::of(command)
    }

    /// The same by a command that starts it in its own way.
    pub(crate) fn of(mut command: Command) -> Self {
        let mut process = command.stdout(Stdio::piped()).kill_on_drop(true).spawn().unwrap();
        let lines = BufReader::new(process.stdout.take().unwrap()).lines();
        Self { process, lines }
    }

    /// What it tells next: a word, and what that is about. Nothing when it has ended.
    pub(crate) async fn told(&mut self) -> Option<(String, String)> {
        let line = self.lines.next_line().await.unwrap()?;
        let (word, rest) = line.split_once(' ').unwrap_or((&line, ""));
        Some((word.to_owned(), rest.to_owned()))
    }

    /// All that it still tells, up to its end.
    pub(crate) async fn rest(&mut self) -> Vec<(String, String)> {
        let mut all = Vec::new();
        while let Some(told) = self.told().await {
            all.push(told);
        }
        all
    }

    /// Kills it as the system does, without a chance to do anything. What it told before can still be read.
    pub(crate) async fn kill(&mut self) {
        self.process.kill().await.unwrap();
    }

    /// Waits for its end, and says whether it is content.
    pub(crate) async fn succeeds(mut self) -> bool {
        self.process.wait().await.unwrap().success()
    }
}
