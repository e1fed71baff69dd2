//! Kinds of background task, each with its types.

use std::fmt;

use serde::Serialize;

use super::{endpoint::Endpoint, item::Item, state::TaskState};
use crate::value::{Lifetime, TaskId, Timestamp};

/// A kind of background task, with the types that belong to it.
///
/// The implementors are empty types that only name the kind, such as [`Music`](crate::Music). You may implement it for your
/// own kind of task. Before 1.0, a minor version may add required items.
pub trait Job: Sized + Send + Sync + fmt::Debug + 'static {
    /// Name of the kind in one word, such as `music`.
    const NAME: &'static str;
    /// Operation that looks up a task. Its response is `None` while the service does not know the task.
    type Lookup: Endpoint<Response = Option<Self::Record>>;
    /// Record of a task, as a lookup returns it.
    type Record: Record<Output = Self::Output>;
    /// Data of a callback about a task. It is inside a [`Callback`](crate::Callback).
    type Callback: CallbackPayload<Output = Self::Output>;
    /// Results of a task.
    type Output: Output;

    /// Returns the request that looks up this task.
    fn lookup(id: TaskId<Self>) -> Self::Lookup;
}

/// Shows the kind of task and the id.
impl<J: Job> fmt::Debug for TaskId<J> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "TaskId<{}>({:?})", J::NAME, self.as_str())
    }
}

/// Results of a task, with links to files.
///
/// You may implement it for your own kind of task. Methods added later have defaults.
pub trait Output: fmt::Debug + Clone + Send + Sync + 'static {
    /// Type of one result, such as a track or a variant of lyrics.
    type Piece: fmt::Debug + Clone + Send + Sync + 'static;

    /// Returns the results in a common form, each with its file.
    fn items(&self) -> Vec<Item>;

    /// Returns the results with their own type, in the order of [`items`](Self::items).
    fn pieces(&self) -> Vec<Self::Piece>;
}

/// Record of a task: its current state, as a lookup returns it.
///
/// You may implement it for your own kind of task. Methods added later have defaults.
pub trait Record: Serialize + serde::de::DeserializeOwned + fmt::Debug + Clone + Send + Sync + 'static {
    /// Results of the task.
    type Output: Output;

    /// Returns the task's id, if the record contains it.
    fn task_id(&self) -> Option<&str>;

    /// Returns the state of the task.
    fn state(&self) -> TaskState;

    /// Returns the results that exist so far, finished or not.
    fn output(&self) -> Option<Self::Output>;

    /// Returns the time at which the task was created, if the record contains it. Records of lyrics, voices and recoveries
    /// never do.
    fn created(&self) -> Option<&Timestamp> {
        None
    }

    /// Returns the earliest time at which the results may be deleted. It is counted from the creation of the task, slightly
    /// before the files were made. Returns `None` if the record has no instant of creation.
    fn kept_until(&self) -> Option<Timestamp> {
        Lifetime::GENERATED.kept_until(self.created()?)
    }
}

/// Data of a callback that is specific to a kind of task.
///
/// You may implement it for your own kind of task. Methods added later have defaults.
pub trait CallbackPayload:
    Serialize + serde::de::DeserializeOwned + fmt::Debug + Clone + Default + Send + Sync + 'static
{
    /// Results of the task.
    type Output: Output;

    /// Returns the task's id, if this data contains it.
    fn task_id(&self) -> Option<&str>;

    /// Returns the state of the task, given the callback's `code` and `msg`.
    fn state(&self, code: i64, message: &str) -> TaskState;

    /// Returns the results that exist so far, finished or not.
    fn output(&self) -> Option<Self::Output>;
}
