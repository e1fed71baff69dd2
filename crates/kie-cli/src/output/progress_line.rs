//! Progress on standard error: a display that moves on a terminal, and events with `--progress json`.

use std::{
    io::IsTerminal as _,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use indicatif::{MultiProgress, ProgressBar, ProgressStyle};
use serde_json::json;

use crate::output::{
    progress_mode::{ProgressMode, progress_mode},
    terminal::event,
    transfer::Transfer,
};

/// Line that says what the command does, for how long, and how long that usually takes.
const DOING: &str = "{spinner} {msg} {elapsed:.dim} {prefix:.dim}";

/// The progress display on the terminal, if there is one.
static SHOWN: Mutex<Option<ProgressBar>> = Mutex::new(None);

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Prints something while the progress display is hidden, so that it comes above the display.
pub(super) fn above_progress<T>(print: impl FnOnce() -> T) -> T {
    // The lock ends before the printing, which may take long.
    let bar = lock(&SHOWN).clone();
    match bar {
        Some(bar) => bar.suspend(print),
        None => print(),
    }
}

/// A progress display. It is removed when this value is dropped. There is at most one at a time.
pub(crate) struct ProgressLine {
    /// Description of the work of the command.
    doing: Mutex<String>,
    /// The display on a terminal.
    shown: Option<Shown>,
}

/// A display on a terminal: a line that says what the command does, and a line for each result below it.
struct Shown {
    all: MultiProgress,
    first: ProgressBar,
    results: Mutex<Vec<ProgressBar>>,
}

impl ProgressLine {
    pub(crate) fn new(doing: &str) -> Self {
        event("doing", &json!({ "doing": doing }));
        let is_shown = progress_mode() == ProgressMode::Auto && std::io::stderr().is_terminal();
        Self { doing: Mutex::new(doing.to_owned()), shown: is_shown.then(|| Shown::on(MultiProgress::new(), doing)) }
    }

    /// Returns `true` if there is a display on a terminal, so that no lines about the progress are needed.
    pub(crate) fn is_shown(&self) -> bool {
        self.shown.is_some()
    }

    /// Returns a callback that shows the bytes of a transfer, its speed and its bar.
    pub(crate) fn bytes(&self) -> impl Fn(u64, Option<u64>) + Send + Sync + 'static {
        let transfer = Transfer::new(lock(&self.doing).clone());
        let bar = self.shown.as_ref().map(|shown| {
            // The speed is that of the transfer alone.
            shown.first.reset_elapsed();
            shown.first.reset_eta();
            shown.first.set_prefix("");
            shown.first.clone()
        });
        let bar = Arc::new(bar);
        move |bytes, total| {
            transfer.reached(bytes, total);
            let Some(bar) = &*bar else { return };
            if bar.length() != total {
                let size =
                    if total.is_some() { "{bar:24} {decimal_bytes}/{decimal_total_bytes}" } else { "{decimal_bytes}" };
                style(bar, &format!("{{spinner}} {{msg}} {size} {{decimal_bytes_per_sec:.dim}}"));
                total.map_or_else(|| bar.unset_length(), |total| bar.set_length(total));
            }
            bar.set_position(bytes);
        }
    }

    /// Changes the text of the progress display.
    pub(crate) fn doing(&self, what: &str) {
        event("doing", &json!({ "doing": what }));
        what.clone_into(&mut lock(&self.doing));
        if let Some(shown) = &self.shown {
            shown.first.set_message(what.to_owned());
        }
    }

    /// Shows that the work has begun this time ago, and a remark about it.
    pub(crate) fn since(&self, elapsed: Duration, remark: &str) {
        if let Some(shown) = &self.shown {
            shown.first.set_elapsed(elapsed);
            shown.first.set_prefix(remark.to_owned());
        }
    }

    /// Shows a line for the result with this number, counted from 0.
    pub(crate) fn result(&self, number: usize, text: &str) {
        let Some(shown) = &self.shown else { return };
        let mut results = lock(&shown.results);
        while results.len() <= number {
            let bar = shown.all.add(ProgressBar::new_spinner());
            style(&bar, "  {msg}");
            results.push(bar);
        }
        results[number].set_message(text.to_owned());
        results[number].tick();
    }
}

impl Shown {
    fn on(all: MultiProgress, doing: &str) -> Self {
        let first = all.add(ProgressBar::new_spinner().with_message(doing.to_owned()));
        style(&first, DOING);
        first.enable_steady_tick(Duration::from_millis(120));
        *lock(&SHOWN) = Some(first.clone());
        Self { all, first, results: Mutex::default() }
    }
}

fn style(bar: &ProgressBar, template: &str) {
    if let Ok(style) = ProgressStyle::with_template(template) {
        bar.set_style(style);
    }
}

impl Drop for Shown {
    fn drop(&mut self) {
        *lock(&SHOWN) = None;
        lock(&self.results).iter().for_each(ProgressBar::finish_and_clear);
        self.first.finish_and_clear();
    }
}

#[cfg(test)]
mod tests {
    use indicatif::{InMemoryTerm, ProgressDrawTarget};

    use super::*;

    #[test]
    fn a_terminal_shows_a_line_for_the_task_and_for_each_track() {
        let screen = InMemoryTerm::new(24, 80);
        let target = ProgressDrawTarget::term_like_with_hz(Box::new(screen.clone()), 255);
        let shown = Shown::on(MultiProgress::with_draw_target(target), "waiting");
        // The spinner does not turn by itself here, so that the screen does not depend on the clock.
        shown.first.disable_steady_tick();
        let line = ProgressLine { doing: Mutex::new("waiting".to_owned()), shown: Some(shown) };
        // The first character is the spinner.
        let seen = || -> Vec<String> {
            if let Some(shown) = &line.shown {
                shown.first.force_draw();
            }
            screen.contents().lines().map(|line| line.chars().skip(1).collect()).collect()
        };
        line.since(Duration::from_secs(600), "usually 1 to 2 min");
        assert_eq!(seen(), [" waiting 10m usually 1 to 2 min"]);
        line.doing("making the next track");
        line.result(0, "月光下的华尔兹 2:50  finished");
        line.result(1, "月光下的华尔兹  being made");
        assert_eq!(
            seen(),
            [
                " making the next track 10m usually 1 to 2 min",
                " 月光下的华尔兹 2:50  finished",
                " 月光下的华尔兹  being made"
            ]
        );
        line.doing("saving 2 files");
        let bytes = line.bytes();
        bytes(340_000, Some(680_000));
        let saving = seen();
        assert!(saving[0].starts_with(" saving 2 files ████████████░░░░░░░░░░░░ 340.00 kB/680.00 kB "), "{saving:?}");
        drop((bytes, line));
        assert_eq!(screen.contents(), "");
    }
}
