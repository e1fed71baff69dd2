//! Views: tasks as they are seen from outside.

use super::{clock::Clock, timeline::State};

/// A task as it is seen from outside at one moment.
pub(crate) struct View<'a> {
    pub(crate) state: State<'a>,
    pub(crate) host: &'a str,
    pub(crate) clock: Clock,
}
