//! The speed of tasks.

/// The speed of tasks.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Speed {
    /// As fast as the service: a song takes about 75 seconds, a video about 30.
    Live,
    /// A song takes 1.6 seconds and a video 0.8, long enough to watch the stages.
    #[default]
    Fast,
    /// A task is finished as soon as it exists.
    Instant,
}

impl Speed {
    /// Returns the value that belongs to this speed.
    pub(crate) fn pick<T>(self, live: T, fast: T, instant: T) -> T {
        match self {
            Self::Live => live,
            Self::Fast => fast,
            Self::Instant => instant,
        }
    }
}
