//! Warnings of the client on standard error, for example about a ledger that could not be updated.

use std::{
    error::Error,
    fmt::{Debug, Write as _},
    sync::atomic::{AtomicBool, Ordering},
};

use kie_suno::{files::SavedFile, types::text::one_line};
use tracing_core::{
    Event, Field, Level, LevelFilter, Metadata, Subscriber,
    dispatcher::{Dispatch, set_global_default},
    field::Visit,
    span::{Attributes, Id, Record},
};

use crate::output::{
    causes::with_causes,
    terminal::{long_line, note},
};

/// Prints warnings of the client from now on. `route` is the flag with the route of the command, with a space before it,
/// or empty.
pub(crate) fn tell(route: String) {
    // Fails only if there is another subscriber, and this program has no other one.
    drop(set_global_default(Dispatch::new(Warnings { route })));
}

/// `true` when the command has ended.
static HAS_ENDED: AtomicBool = AtomicBool::new(false);

/// Prints no more warnings. At the end of the command, the runtime stops work that is still running, and this work then
/// fails. The error of the command already says what is unknown.
pub(crate) fn end() {
    HAS_ENDED.store(true, Ordering::Relaxed);
}

struct Warnings {
    route: String,
}

impl Subscriber for Warnings {
    fn enabled(&self, of: &Metadata<'_>) -> bool {
        !HAS_ENDED.load(Ordering::Relaxed)
            && of.is_event()
            && *of.level() <= Level::WARN
            && of.target().starts_with("kie_suno")
    }

    fn max_level_hint(&self) -> Option<LevelFilter> {
        Some(LevelFilter::WARN)
    }

    fn event(&self, event: &Event<'_>) {
        if HAS_ENDED.load(Ordering::Relaxed) {
            return;
        }
        let mut warning = Warning::default();
        event.record(&mut warning);
        let Warning { message, error, about, .. } = &warning;
        note!("warning: {}", long_line(&format!("{message}{error}{about}")));
        if let Some(id) = warning.task_id {
            let id = one_line(&id);
            let route = &self.route;
            note!(
                "keep the id of the task. To save its files, run: kie --ledger none{route} task OPERATION {id} --save DIR"
            );
        }
    }

    fn new_span(&self, _: &Attributes<'_>) -> Id {
        Id::from_u64(1)
    }

    fn record(&self, _: &Id, _: &Record<'_>) {}

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn enter(&self, _: &Id) {}

    fn exit(&self, _: &Id) {}
}

/// A warning as text.
#[derive(Default)]
struct Warning {
    message: String,
    error: String,
    /// The fields of the event other than its message, its error and its task id.
    about: String,
    task_id: Option<String>,
}

impl Visit for Warning {
    fn record_error(&mut self, _: &Field, error: &(dyn Error + 'static)) {
        self.error = format!(": {}", with_causes(error));
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        match field.name() {
            "task_id" => self.task_id = Some(value.to_owned()),
            name => drop(write!(self.about, "; {name}: {value}")),
        }
    }

    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        match field.name() {
            "message" => self.message = format!("{value:?}"),
            // This field is left out of the warning. It has the content of a receipt update, and this content does not
            // help the reader.
            "update" => {}
            name => drop(write!(self.about, "; {name}: {value:?}")),
        }
    }
}

/// Prints a warning on standard error if a saved file may not be the whole result.
pub(crate) fn tell_doubt(file: &SavedFile) {
    if let Some(doubt) = file.doubt {
        note!("warning: {} {doubt}", file.path.display());
    }
}
