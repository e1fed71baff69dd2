//! The rate limits of the service.

use std::{
    collections::{HashMap, VecDeque},
    time::Duration,
};

use kie_types::{NEW_TASKS, NEW_TASKS_SPAN};
use tokio::time::Instant;

/// Kind of a request whose number the service limits. Each value has a limit of its own.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) enum RateLimit {
    /// Starts a task, on either route.
    Submit,
    /// Reads the task with this id on the market route.
    Read(String),
    /// Reads the catalogue of the market route.
    Catalogue,
}

impl RateLimit {
    /// Returns the maximum number of requests, and the time span for which it holds.
    fn limit(&self) -> (usize, Duration) {
        match self {
            Self::Submit => (NEW_TASKS, NEW_TASKS_SPAN),
            Self::Read(_) => (10, Duration::from_secs(1)),
            Self::Catalogue => (1, Duration::from_secs(1)),
        }
    }
}

/// The times of the latest requests.
#[derive(Debug, Default)]
pub(crate) struct Rates(HashMap<RateLimit, VecDeque<Instant>>);

impl Rates {
    /// Returns `true` if the limit admits this request at the time `now`. Refused requests do not count.
    pub(crate) fn admit(&mut self, request: RateLimit, now: Instant) -> bool {
        let (limit, span) = request.limit();
        let times = self.0.entry(request).or_default();
        while times.front().is_some_and(|first| now.duration_since(*first) >= span) {
            times.pop_front();
        }
        let is_admitted = times.len() < limit;
        if is_admitted {
            times.push_back(now);
        }
        is_admitted
    }
}
