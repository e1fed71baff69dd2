//! Types for the callbacks of music tasks. They are documented on the page `generate-music-callbacks`, and on the
//! callback pages of the other music operations.

use super::job::Music;
use crate::{
    decode::answer,
    operation::{CallbackPayload, Failure, Stage, TaskState},
    suno::track::Track,
    value::{TaskId, open_enum},
};

answer! {
    /// Payload of a callback about a music task: the field `data` of the callback's body.
    ///
    /// The service sends one callback for each stage of the task. It may send a callback twice, or in another order,
    /// and it may skip the stages `text` and `first`.
    pub struct MusicCallback {
        /// Stage that the task has reached, or `error` if the task failed.
        pub callback_type: Option<CallbackType> = "callbackType" | "callback_type",
        /// Id of the task.
        pub task_id: Option<TaskId<Music>> = "task_id" | "taskId",
        /// Tracks. There are no tracks at the stage `text`, and usually two at the stage `complete`.
        pub tracks: Vec<Track> = "data",
        /// Failure reason, as text. Only callbacks of `replace-section`, and callbacks of the similar service
        /// sunoapi.org, have the reason in this field.
        pub error: Option<String> = "error" | "errorMessage" | "error_message",
    }
}

open_enum! {
    /// Stage that a music callback reports, or the failure of the task.
    pub enum CallbackType {
        /// The lyrics are written.
        Text = "text",
        /// The first track is finished.
        First = "first",
        /// Every track is finished.
        Complete = "complete",
        /// The task failed.
        Error = "error",
    }
}

impl CallbackPayload for MusicCallback {
    type Output = Vec<Track>;

    fn task_id(&self) -> Option<&str> {
        self.task_id.as_ref().map(TaskId::as_str)
    }

    fn state(&self, code: i64, message: &str) -> TaskState {
        let has_files = || self.tracks.iter().any(|track| track.url().is_some());
        if !matches!(code, 200 | 0)
            || self.callback_type == Some(CallbackType::Error)
            || (code == 0 && self.error.is_some() && !has_files())
        {
            return TaskState::Failed(Failure::new(None, Some(code), self.error.as_deref().or(Some(message))));
        }
        match self.callback_type {
            // Some callbacks of failed tasks have the type `complete` too. Without a code, only the tracks tell that
            // the task succeeded.
            Some(CallbackType::Complete) if code == 0 && !has_files() => TaskState::Running(None),
            Some(CallbackType::Complete) => TaskState::Complete,
            Some(CallbackType::First) => TaskState::Running(Some(Stage::First)),
            Some(CallbackType::Text) => TaskState::Running(Some(Stage::Text)),
            _ => TaskState::Running(None),
        }
    }

    fn output(&self) -> Option<Vec<Track>> {
        (!self.tracks.is_empty()).then(|| self.tracks.clone())
    }
}
