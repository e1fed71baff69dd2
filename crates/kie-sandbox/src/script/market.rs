//! Behaviour of the market route that the documentation leaves open.

use serde::Deserialize;

/// Form of the callbacks of tasks that the market route started. KIE describes two forms, and no callback of this route
/// was recorded.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum MarketCallbacks {
    /// The callbacks of the classic route: one for each stage, in the form of the operation.
    Classic,
    /// One callback at the end of the task. Its `data` is the record of the task. The newest pages describe this form.
    #[default]
    Record,
}

/// Settings of the market route.
#[derive(Debug, Clone, Copy)]
pub(crate) struct MarketSettings {
    /// `true` if the operations without a task on the classic route respond with their result. `false` if they start a
    /// task, whose record has the result.
    pub(crate) inline: bool,
    /// `true` if each route finds the tasks of the other route.
    pub(crate) ids_cross: bool,
    pub(crate) callbacks: MarketCallbacks,
}

impl Default for MarketSettings {
    fn default() -> Self {
        Self { inline: true, ids_cross: false, callbacks: MarketCallbacks::default() }
    }
}
