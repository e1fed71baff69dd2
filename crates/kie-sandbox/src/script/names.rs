//! The names of faults, in the files that [`Faults`](crate::Faults) reads and in [events](crate::SandboxEvent).

use super::fault::{CallbackFault, Fault, TaskScript};

impl Fault {
    /// Returns the name of this kind of fault in files and in events, such as `drop-response`.
    pub fn name(&self) -> &'static str {
        match self {
            Self::DropResponse => "drop-response",
            Self::Refuse { .. } => "refuse",
            Self::RefuseStarted { .. } => "refuse-started",
            Self::ErrorPage { .. } => "error-page",
            Self::HalfBody => "half-body",
            Self::EmptyBody => "empty-body",
            Self::Hang => "hang",
            Self::NoTaskId => "no-task-id",
            Self::BrokenEcho => "broken-echo",
            Self::DamagedResult => "damaged-result",
            Self::RetryAfter { .. } => "retry-after",
        }
    }
}

impl TaskScript {
    /// Returns the name of this kind of script in files, such as `fails`.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Fails { .. } => "fails",
            Self::Undelivered { .. } => "undelivered",
            Self::HiddenFor(_) => "hidden-for",
            Self::ServedAfter(_) => "served-after",
            Self::UnknownStatus(_) => "unknown-status",
        }
    }
}

impl CallbackFault {
    /// Returns the name of this kind of fault in files and in events, such as `doubled`.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Lost => "lost",
            Self::Doubled => "doubled",
            Self::Late(_) => "late",
            Self::Reordered => "reordered",
            Self::Stale(_) => "stale",
            Self::Forged => "forged",
            Self::Altered(_) => "altered",
        }
    }
}
