//! Progress on standard error: a spinner or a bar on a terminal, plain lines elsewhere.

use std::{io::IsTerminal as _, time::Duration};

use indicatif::{ProgressBar, ProgressStyle};

use crate::output::terminal::{note, plain};

/// A progress display. It is removed when this value is dropped.
pub(crate) struct ProgressLine(Option<ProgressBar>);

impl ProgressLine {
    pub(crate) fn new(doing: &str) -> Self {
        if !std::io::stderr().is_terminal() {
            return Self(None);
        }
        let bar = ProgressBar::new_spinner().with_message(doing.to_owned());
        style(&bar, "{spinner} {msg} {elapsed:.dim}");
        bar.enable_steady_tick(Duration::from_millis(120));
        Self(Some(bar))
    }

    /// Prints a permanent line above the progress display.
    pub(crate) fn say(&self, line: &str) {
        match &self.0 {
            Some(bar) => bar.println(plain(line)),
            None => note!("{line}"),
        }
    }

    /// Hides the progress display while `print` prints to standard output.
    pub(crate) fn hidden(&self, print: impl FnOnce()) {
        match &self.0 {
            Some(bar) => bar.suspend(print),
            None => print(),
        }
    }

    /// Returns a callback that shows the bytes of a transfer, if standard error is a terminal.
    pub(crate) fn bytes(&self) -> impl Fn(u64, Option<u64>) + Send + Sync + 'static {
        let bar = self.0.clone();
        move |bytes, total| {
            let Some(bar) = &bar else { return };
            if bar.length() != total {
                let size = if total.is_some() { "{bar:24} {bytes}/{total_bytes}" } else { "{bytes}" };
                style(bar, &format!("{{spinner}} {{msg}} {size} {{elapsed:.dim}}"));
                total.map_or_else(|| bar.unset_length(), |total| bar.set_length(total));
            }
            bar.set_position(bytes);
        }
    }

    /// Changes the text of the progress display.
    pub(crate) fn doing(&self, what: &str) {
        if let Some(bar) = &self.0 {
            bar.set_message(what.to_owned());
        }
    }
}

fn style(bar: &ProgressBar, template: &str) {
    if let Ok(style) = ProgressStyle::with_template(template) {
        bar.set_style(style);
    }
}

impl Drop for ProgressLine {
    fn drop(&mut self) {
        if let Some(bar) = &self.0 {
            bar.finish_and_clear();
        }
    }
}
