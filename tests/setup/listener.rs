//! A subscriber of `tracing` that remembers all that it is told.

use std::{
    collections::BTreeMap,
    fmt::Debug,
    sync::{Arc, Mutex, OnceLock},
};

use tracing::{
    Dispatch, Event, Metadata, Subscriber,
    field::{Field, Visit},
    span::{Attributes, Id, Record},
    subscriber::DefaultGuard,
};
use tracing_core::span::Current;

/// What has been said: the fields of a span or of an event, and its name among them.
pub(crate) type Said = BTreeMap<String, String>;

/// Keeps all that is said on one thread.
#[derive(Debug, Default, Clone)]
pub(crate) struct Listener(Arc<Mutex<Heard>>);

#[derive(Debug, Default)]
struct Heard {
    spans: Vec<(&'static Metadata<'static>, Said)>,
    events: Vec<Said>,
    inside: Vec<u64>,
}

struct Into<'a>(&'a mut Said);

impl Visit for Into<'_> {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        self.0.insert(field.name().into(), format!("{value:?}"));
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.0.insert(field.name().into(), value.into());
    }
}

impl Subscriber for Listener {
    fn enabled(&self, _: &Metadata<'_>) -> bool {
        true
    }

    fn new_span(&self, span: &Attributes<'_>) -> Id {
        let mut said = Said::from([("name".into(), span.metadata().name().into())]);
        span.record(&mut Into(&mut said));
        let mut heard = self.0.lock().unwrap();
        heard.spans.push((span.metadata(), said));
        Id::from_u64(heard.spans.len() as u64)
    }

    fn record(&self, span: &Id, values: &Record<'_>) {
        let index = usize::try_from(span.into_u64()).unwrap() - 1;
        values.record(&mut Into(&mut self.0.lock().unwrap().spans[index].1));
    }

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn event(&self, event: &Event<'_>) {
        let mut said = Said::new();
        event.record(&mut Into(&mut said));
        self.0.lock().unwrap().events.push(said);
    }

    fn enter(&self, span: &Id) {
        self.0.lock().unwrap().inside.push(span.into_u64());
    }

    fn exit(&self, span: &Id) {
        let left = self.0.lock().unwrap().inside.pop();
        assert_eq!(left, Some(span.into_u64()), "spans are left in the order they were entered");
    }

    fn current_span(&self) -> Current {
        let heard = self.0.lock().unwrap();
        match heard.inside.last() {
            Some(&id) => Current::new(Id::from_u64(id), heard.spans[usize::try_from(id).unwrap() - 1].0),
            None => Current::none(),
        }
    }
}

impl Listener {
    /// Listens to this thread, until the guard is dropped.
    pub(crate) fn listen(&self) -> DefaultGuard {
        /// While there is one subscriber alone, whatever another thread is the first to say is switched off for all.
        static ANOTHER: OnceLock<Dispatch> = OnceLock::new();
        ANOTHER.get_or_init(|| Dispatch::new(Self::default()));
        tracing::subscriber::set_default(self.clone())
    }

    /// The calls of this operation.
    pub(crate) fn calls(&self, operation: &str) -> Vec<Said> {
        let heard = self.0.lock().unwrap();
        let calls = heard.spans.iter().map(|(_, said)| said).filter(|said| said["name"] == "call");
        calls.filter(|said| said["operation"] == operation).cloned().collect()
    }

    /// The events with this message.
    pub(crate) fn events(&self, message: &str) -> Vec<Said> {
        self.0.lock().unwrap().events.iter().filter(|said| said["message"] == message).cloned().collect()
    }

    pub(crate) fn everything(&self) -> String {
        let heard = self.0.lock().unwrap();
        let spans: Vec<_> = heard.spans.iter().map(|(_, said)| said).collect();
        format!("{spans:?} {:?}", heard.events)
    }
}
