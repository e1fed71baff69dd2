//! A subscriber of `tracing` that records all spans and events.

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

/// The fields of a span or an event, by their name. The field `name` holds the name of a span, and the field `message`
/// holds the message of an event.
pub(crate) type Fields = BTreeMap<String, String>;

/// Records the spans and events of one thread.
#[derive(Debug, Default, Clone)]
pub(crate) struct Listener(Arc<Mutex<Recorded>>);

#[derive(Debug, Default)]
struct Recorded {
    spans: Vec<(&'static Metadata<'static>, Fields)>,
    events: Vec<Fields>,
    inside: Vec<u64>,
}

struct FieldWriter<'a>(&'a mut Fields);

impl Visit for FieldWriter<'_> {
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
        let mut fields = Fields::from([("name".into(), span.metadata().name().into())]);
        span.record(&mut FieldWriter(&mut fields));
        let mut recorded = self.0.lock().unwrap();
        recorded.spans.push((span.metadata(), fields));
        Id::from_u64(recorded.spans.len() as u64)
    }

    fn record(&self, span: &Id, values: &Record<'_>) {
        let index = usize::try_from(span.into_u64()).unwrap() - 1;
        values.record(&mut FieldWriter(&mut self.0.lock().unwrap().spans[index].1));
    }

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn event(&self, event: &Event<'_>) {
        let mut fields = Fields::new();
        event.record(&mut FieldWriter(&mut fields));
        self.0.lock().unwrap().events.push(fields);
    }

    fn enter(&self, span: &Id) {
        self.0.lock().unwrap().inside.push(span.into_u64());
    }

    fn exit(&self, span: &Id) {
        let left = self.0.lock().unwrap().inside.pop();
        assert_eq!(left, Some(span.into_u64()), "the span entered last is exited first");
    }

    fn current_span(&self) -> Current {
        let recorded = self.0.lock().unwrap();
        match recorded.inside.last() {
            Some(&id) => Current::new(Id::from_u64(id), recorded.spans[usize::try_from(id).unwrap() - 1].0),
            None => Current::none(),
        }
    }
}

impl Listener {
    /// Records the spans and events of this thread until the returned guard is dropped.
    pub(crate) fn listen(&self) -> DefaultGuard {
        /// A second subscriber that is never used. If there were only one, `tracing` could switch an event off for all
        /// threads: this happens if a thread without a subscriber uses the event first.
        static ANOTHER: OnceLock<Dispatch> = OnceLock::new();
        ANOTHER.get_or_init(|| Dispatch::new(Self::default()));
        tracing::subscriber::set_default(self.clone())
    }

    /// Returns the fields of each span of a call of this operation.
    pub(crate) fn calls(&self, operation: &str) -> Vec<Fields> {
        let recorded = self.0.lock().unwrap();
        let calls = recorded.spans.iter().map(|(_, fields)| fields).filter(|fields| fields["name"] == "call");
        calls.filter(|fields| fields["operation"] == operation).cloned().collect()
    }

    /// Returns the fields of each event with this message.
    pub(crate) fn events(&self, message: &str) -> Vec<Fields> {
        self.0.lock().unwrap().events.iter().filter(|fields| fields["message"] == message).cloned().collect()
    }

    pub(crate) fn everything(&self) -> String {
        let recorded = self.0.lock().unwrap();
        let spans: Vec<_> = recorded.spans.iter().map(|(_, fields)| fields).collect();
        format!("{spans:?} {:?}", recorded.events)
    }
}
