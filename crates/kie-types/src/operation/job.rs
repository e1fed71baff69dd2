//! Kinds of background task, with the types that belong to each kind.

use std::fmt;

use serde::Serialize;

use super::{endpoint::Endpoint, item::Item, state::TaskState};
use crate::{
    market::MarketRecord,
    price::Credits,
    value::{Lifetime, TaskId, Timestamp},
};

/// A kind of background task, with the types that belong to it.
///
/// The types that implement this trait are empty and only name the kind, such as [`Music`](crate::Music). You may
/// implement the trait for your own kind of task. Before 1.0, a minor version may add required items.
pub trait Job: Sized + Send + Sync + fmt::Debug + 'static {
    /// Name of the kind in one word, such as `music`.
    const NAME: &'static str;
    /// Operation that looks up a task. Its response is `None` if the service does not know the task.
    type Lookup: Endpoint<Response = Option<Self::Record>>;
    /// Record of a task. A record is the response to a lookup of the task.
    type Record: Record<Output = Self::Output>;
    /// Data of a callback about a task. The data is inside a [`Callback`](crate::Callback).
    type Callback: CallbackPayload<Output = Self::Output>;
    /// Results of a task.
    type Output: Output;

    /// Returns the request that looks up this task.
    fn lookup(id: TaskId<Self>) -> Self::Lookup;

    /// Converts a record of the market route to a record of this kind.
    fn of_market(record: &MarketRecord) -> Self::Record;

    /// `true` if the results of a task on the market route come only in its callback, and not in its record.
    const RESULT_BY_CALLBACK: bool = false;

    /// Adds the results of a callback to a record without results, for a kind of task whose results on the market route
    /// come [only in the callback](Self::RESULT_BY_CALLBACK). The default implementation changes nothing.
    fn add_output(_record: &mut Self::Record, _output: Self::Output) {}
}

/// Returns `true` if nothing of the result of a record of the market route is in the record of this kind. Either the
/// record has no result, or its result has no known shape.
pub(crate) fn lacks_result<J: Job>(market: &MarketRecord, record: &J::Record) -> bool {
    *record == J::of_market(&MarketRecord { result_json: None, response: None, ..market.clone() })
}

/// Shows the kind of task and the id of the task.
impl<J: Job> fmt::Debug for TaskId<J> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "TaskId<{}>({:?})", J::NAME, self.as_str())
    }
}

/// Results of a task, with links to files.
///
/// You may implement this trait for your own kind of task. If a later version adds methods, they have defaults.
pub trait Output: fmt::Debug + Clone + Send + Sync + 'static {
    /// Type of one result, such as a track or a variant of lyrics.
    type Piece: fmt::Debug + Clone + Send + Sync + 'static;

    /// Returns the results as [`Item`]s, a form that is equal for all kinds of task. An item has the link or the
    /// content of its file after the result is finished.
    fn items(&self) -> Vec<Item>;

    /// Returns the results in their own type, in the order of [`items`](Self::items).
    fn pieces(&self) -> Vec<Self::Piece>;
}

/// Record of a task. A record is the response to a lookup, with the current state of the task.
///
/// You may implement this trait for your own kind of task. If a later version adds methods, they have defaults.
pub trait Record:
    Serialize + serde::de::DeserializeOwned + fmt::Debug + Clone + PartialEq + Send + Sync + 'static
{
    /// Results of the task.
    type Output: Output;

    /// Returns the id of the task. Returns `None` if the record does not contain the id.
    fn task_id(&self) -> Option<&str>;

    /// Returns the state of the task.
    fn state(&self) -> TaskState;

    /// Returns the results that exist so far. Some of the results may be unfinished.
    fn output(&self) -> Option<Self::Output>;

    /// Returns the credits that the task cost. Returns `None` if the record does not tell the cost: only records of the
    /// market route tell it.
    fn credits_consumed(&self) -> Option<Credits> {
        None
    }

    /// Returns the time at which the task was created. Returns `None` if the record does not contain this time. Records
    /// of lyrics tasks, voice tasks, voice-validation tasks and tasks of `recovery-audio` never contain it.
    fn created(&self) -> Option<&Timestamp> {
        None
    }

    /// Returns the time until which KIE keeps the results according to its documentation: the time of the task's
    /// creation plus 14 days. Files were seen to disappear earlier, so save them as soon as the task is complete.
    /// Returns `None` if the record has no creation time, or if that time has no time zone.
    fn kept_until(&self) -> Option<Timestamp> {
        Lifetime::GENERATED.kept_until(self.created()?)
    }
}

/// The `data` of a callback. Each kind of task has its own type of data.
///
/// You may implement this trait for your own kind of task. If a later version adds methods, they have defaults.
pub trait CallbackPayload:
    Serialize + serde::de::DeserializeOwned + fmt::Debug + Clone + Default + Send + Sync + 'static
{
    /// Results of the task.
    type Output: Output;

    /// Returns the id of the task. Returns `None` if the data does not contain the id.
    fn task_id(&self) -> Option<&str>;

    /// Returns the state of the task. `code` and `message` are the `code` and `msg` of the callback.
    ///
    /// Code 0 means that the callback has no code, or a placeholder in place of a code. In this case, the content of
    /// the data decides. Results mean a success or a stage. A reported failure means that the task failed. With neither
    /// of them, the task is running.
    fn state(&self, code: i64, message: &str) -> TaskState;

    /// Returns the results that exist so far. Some of the results may be unfinished.
    fn output(&self) -> Option<Self::Output>;
}
