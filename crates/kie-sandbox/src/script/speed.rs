//! The speed of tasks.

use serde::Deserialize;

/// The speed of tasks.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Speed {
    /// Tasks are as fast as those of the service. A song takes about 75 seconds, and a video takes about 30 seconds.
    Live,
    /// A song takes 1.6 seconds, and a video takes 0.8 seconds. This is long enough to watch the stages.
    #[default]
    Fast,
    /// A task is finished as soon as it is created.
    Instant,
}

impl Speed {
    /// Returns the argument that belongs to this speed: `live`, `fast` or `instant`.
    pub(crate) fn pick<T>(self, live: T, fast: T, instant: T) -> T {
        match self {
            Self::Live => live,
            Self::Fast => fast,
            Self::Instant => instant,
        }
    }
}
