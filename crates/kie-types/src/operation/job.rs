//! Background work: the kinds of it, with what belongs to each.

use std::fmt;

use serde::Serialize;

use super::{endpoint::Endpoint, item::Item, state::TaskState};
use crate::value::{Lifetime, TaskId, Timestamp};

/// A kind of background work, with everything that belongs to it.
///
/// Implemented by empty types that only name the kind, such as [`Music`](crate::Music). You may implement it for a kind of
/// your own; before 1.0 a minor version may add items that it must have.
pub trait Job: Sized + Send + Sync + fmt::Debug + 'static {
    /// The kind in one word, such as `music`.
    const NAME: &'static str;
    /// The operation that looks a task up. It answers `None` while the service does not know the task.
    type Lookup: Endpoint<Response = Option<Self::Record>>;
    /// What the service says of a task when it is asked.
    type Record: Record<Output = Self::Output>;
    /// What the service pushes about a task, inside a [`Callback`](crate::Callback).
    type Callback: CallbackPayload<Output = Self::Output>;
    /// What the job makes.
    type Output: Output;

    /// The request that looks up this task.
    fn lookup(id: TaskId<Self>) -> Self::Lookup;
}

/// Names the kind of job beside the id.
impl<J: Job> fmt::Debug for TaskId<J> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "TaskId<{}>({:?})", J::NAME, self.as_str())
    }
}

/// What a job makes: things with links to files.
///
/// You may implement it for a job of your own; methods that are added later have defaults.
pub trait Output: fmt::Debug + Clone + Send + Sync + 'static {
    /// One of the things, with its type: a track, a variant of lyrics.
    type Piece: fmt::Debug + Clone + Send + Sync + 'static;

    /// The things, each with the file that it is.
    fn items(&self) -> Vec<Item>;

    /// The same things with their types, in the order of [`items`](Self::items).
    fn pieces(&self) -> Vec<Self::Piece>;
}

/// What the service says of a task right now.
///
/// You may implement it for a job of your own; methods that are added later have defaults.
pub trait Record: Serialize + serde::de::DeserializeOwned + fmt::Debug + Clone + Send + Sync + 'static {
    /// What the job makes.
    type Output: Output;

    /// The task's id, if the record tells it.
    fn task_id(&self) -> Option<&str>;

    /// How far the task has come.
    fn state(&self) -> TaskState;

    /// What there is of the output by now, finished or not.
    fn output(&self) -> Option<Self::Output>;

    /// When the task was made, if the record tells it. Those of lyrics, voices and recoveries never do.
    fn created(&self) -> Option<&Timestamp> {
        None
    }

    /// Until when at the least what the task made is kept, counted from when the task was made: the files are a little
    /// younger. `None` if the record tells no instant.
    fn kept_until(&self) -> Option<Timestamp> {
        Lifetime::GENERATED.kept_until(self.created()?)
    }
}

/// The part of a callback that is particular to a kind of job.
///
/// You may implement it for a job of your own; methods that are added later have defaults.
pub trait CallbackPayload:
    Serialize + serde::de::DeserializeOwned + fmt::Debug + Clone + Default + Send + Sync + 'static
{
    /// What the job makes.
    type Output: Output;

    /// The task's id, as it stands in this part of the callback.
    fn task_id(&self) -> Option<&str>;

    /// How far the task has come, given the callback's `code` and `msg`.
    fn state(&self, code: i64, message: &str) -> TaskState;

    /// What there is of the output by now, finished or not.
    fn output(&self) -> Option<Self::Output>;
}
