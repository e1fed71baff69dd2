//! The log of the simulator on standard output.
//!
//! A program may start `kie sandbox` and read only its first line. The pipe is then full after some time. A simulator that
//! waits for this pipe would stop responding, so the lines are written in another thread. Lines that find too many
//! others waiting are dropped and counted.

use std::sync::{
    Mutex, PoisonError,
    mpsc::{Receiver, SyncSender, sync_channel},
};

use kie_sandbox::SandboxEvent;
use serde_json::json;

use crate::{args::OutputFormat, output::print};

/// Maximum number of lines that wait to be written.
const WAITING: usize = 4_096;

/// The side of the log that takes events.
pub(super) struct Log {
    lines: SyncSender<String>,
    /// Number of lines that were dropped since the last line.
    dropped: Mutex<u64>,
    format: OutputFormat,
}

/// The side of the log that writes lines.
pub(super) struct Lines(Receiver<String>);

/// Returns the two sides of a new log.
pub(super) fn log(format: OutputFormat) -> (Log, Lines) {
    let (lines, waiting) = sync_channel(WAITING);
    (Log { lines, dropped: Mutex::new(0), format }, Lines(waiting))
}

impl Log {
    /// Adds an event. Never blocks for longer than another call of this function.
    pub(super) fn add(&self, event: &SandboxEvent) {
        let line = match self.format {
            OutputFormat::Text => event.to_string(),
            OutputFormat::Json => json!(event).to_string(),
        };
        let mut dropped = self.dropped.lock().unwrap_or_else(PoisonError::into_inner);
        if *dropped > 0 && self.lines.try_send(self.gap(*dropped)).is_ok() {
            *dropped = 0;
        }
        if *dropped > 0 || self.lines.try_send(line).is_err() {
            *dropped += 1;
        }
    }

    fn gap(&self, dropped: u64) -> String {
        match self.format {
            OutputFormat::Text => format!("{dropped} lines were dropped, because standard output was not read"),
            OutputFormat::Json => json!({ "event": "dropped", "lines": dropped }).to_string(),
        }
    }
}

impl Lines {
    /// Writes the lines until the simulator ends. Blocks the thread.
    pub(super) fn write(self) {
        self.0.iter().for_each(|line| print(&line));
    }
}

#[cfg(test)]
mod tests {
    use anyhow::Context as _;
    use kie_sandbox::Sandbox;
    use tokio::io::{AsyncReadExt, AsyncWriteExt};

    use super::*;

    /// Returns an event of a simulator.
    async fn event() -> Option<SandboxEvent> {
        let (sender, events) = sync_channel(1);
        let sandbox = Sandbox::builder().observer(move |event| drop(sender.try_send(event.clone()))).build();
        let mut pipe = sandbox.connect();
        pipe.write_all(b"GET /openapi.txt HTTP/1.1\r\nhost: x\r\n\r\n").await.unwrap_or_default();
        pipe.read(&mut [0; 100]).await.unwrap_or_default();
        events.recv().ok()
    }

    #[tokio::test]
    async fn a_log_that_nobody_reads_drops_lines_and_says_so() -> anyhow::Result<()> {
        let event = event().await.context("the request was not answered")?;
        let (log, lines) = log(OutputFormat::Text);
        for _ in 0..WAITING + 7 {
            log.add(&event);
        }
        assert_eq!(lines.0.try_iter().count(), WAITING);
        log.add(&event);
        let rest: Vec<_> = lines.0.try_iter().collect();
        let dropped = "7 lines were dropped, because standard output was not read";
        assert_eq!(rest, [dropped.to_owned(), event.to_string()]);
        assert!(rest[1].ends_with("GET /openapi.txt: no operation, HTTP 404, code 404: Not Found"), "{}", rest[1]);
        Ok(())
    }
}
