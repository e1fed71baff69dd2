//! Callbacks of music tasks: `generate-music-callbacks` and the callback pages of the other operations.

use super::job::Music;
use crate::{
    decode::answer,
    operation::{CallbackPayload, Failure, Stage, TaskState},
    suno::track::Track,
    value::{TaskId, open_enum},
};

answer! {
    /// Payload of a callback about a music task: the `data` that the service sends.
    ///
    /// The service sends one callback per stage. It may send a callback twice. The order is not guaranteed, and the
    /// stages `text` and `first` may be skipped.
    pub struct MusicCallback {
        /// Stage that the task has reached, or `error`.
        pub callback_type: Option<CallbackType> = "callbackType" | "callback_type",
        /// Id of the task.
        pub task_id: Option<TaskId<Music>> = "task_id" | "taskId",
        /// Tracks: none at the stage `text`, usually two at `complete`.
        pub tracks: Vec<Track> = "data",
        /// Failure reason. Only `replace-section` and one sister service send it here.
        pub error: Option<String> = "error" | "errorMessage" | "error_message",
    }
}

open_enum! {
    /// Stage that a music callback reports.
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
        // Code 0 can also mean that the callback has no code. Such a callback is not a failure if it
        // contains the result of the task.
        let has_files = self.tracks.iter().any(|track| track.url().is_some());
        let succeeded = code == 200 || (code == 0 && has_files);
        if !succeeded || self.callback_type == Some(CallbackType::Error) {
            return TaskState::Failed(Failure::new(None, Some(code), self.error.as_deref().or(Some(message))));
        }
        match self.callback_type {
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
