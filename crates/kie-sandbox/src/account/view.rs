//! A view of a task for records and callbacks.

use super::{clock::Clock, timeline::State};

/// The state of a task at one moment, with the data that its links and times need.
pub(crate) struct View<'a> {
    pub(crate) state: State<'a>,
    pub(crate) host: &'a str,
    pub(crate) clock: Clock,
}
