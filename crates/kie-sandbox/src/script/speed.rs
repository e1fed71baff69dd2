//! How fast tasks go on.

/// How fast tasks go on.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Speed {
    /// As the service does: a song takes about 75 seconds, a video about 30.
    Live,
    /// A song takes 1.6 seconds, a video 0.8: enough to watch.
    #[default]
    Fast,
    /// A task is finished as soon as it exists.
    Instant,
}

impl Speed {
    /// The one of three that belongs to this speed.
    pub(crate) fn pick<T>(self, live: T, fast: T, instant: T) -> T {
        match self {
            Self::Live => live,
            Self::Fast => fast,
            Self::Instant => instant,
        }
    }
}
