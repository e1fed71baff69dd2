//! Progress on standard error: a spinner on a terminal, plain lines elsewhere.

use std::{io::IsTerminal as _, time::Duration};

use indicatif::{ProgressBar, ProgressStyle};

use crate::terminal::{note, plain};
pub(crate) struct Progress(Option<ProgressBar>);

impl Progress {
    pub(crate) fn new(doing: &str) -> Self {
        if !std::io::stderr().is_terminal() {
            return Self(None);
        }
        let bar = ProgressBar::new_spinner().with_message(doing.to_owned());
        if let Ok(style) = ProgressStyle::with_template("{spinner} {msg} {elapsed:.dim}") {
            bar.set_style(style);
        }
        bar.enable_steady_tick(Duration::from_millis(120));
        Self(Some(bar))
    }

    /// A line that stays.
    pub(crate) fn say(&self, line: &str) {
        match &self.0 {
            Some(bar) => bar.println(plain(line)),
            None => note!("{line}"),
        }
    }

    /// What is being done now.
    pub(crate) fn doing(&self, what: &str) {
        if let Some(bar) = &self.0 {
            bar.set_message(what.to_owned());
        }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        if let Some(bar) = &self.0 {
            bar.finish_and_clear();
        }
    }
}
