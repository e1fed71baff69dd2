//! Data from which the response to a lookup of a task and the callbacks of the task are made.

use super::{clock::Clock, timeline::State};

/// The state of a task at one moment. `host` is the host in the links to its results. `clock` converts its times.
pub(crate) struct View<'a> {
    pub(crate) state: State<'a>,
    pub(crate) host: &'a str,
    pub(crate) clock: Clock,
}
