//! Progress on standard error: a spinner or a bar on a terminal, plain lines elsewhere.

use std::{
    io::IsTerminal as _,
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use indicatif::{ProgressBar, ProgressStyle};

/// The progress display on the terminal, if there is one.
static SHOWN: Mutex<Option<ProgressBar>> = Mutex::new(None);

fn shown() -> MutexGuard<'static, Option<ProgressBar>> {
    SHOWN.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Prints something while the progress display is hidden, so that it comes above the display.
pub(super) fn above_progress<T>(print: impl FnOnce() -> T) -> T {
    // The lock ends before the printing, which may take long.
    let bar = shown().clone();
    match bar {
        Some(bar) => bar.suspend(print),
        None => print(),
    }
}

/// A progress display. It is removed when this value is dropped. There is at most one at a time.
pub(crate) struct ProgressLine(Option<ProgressBar>);

impl ProgressLine {
    pub(crate) fn new(doing: &str) -> Self {
        if !std::io::stderr().is_terminal() {
            return Self(None);
        }
        let bar = ProgressBar::new_spinner().with_message(doing.to_owned());
        style(&bar, "{spinner} {msg} {elapsed:.dim}");
        bar.enable_steady_tick(Duration::from_millis(120));
        *shown() = Some(bar.clone());
        Self(Some(bar))
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
            *shown() = None;
            bar.finish_and_clear();
        }
    }
}
