//! The callbacks of music tasks: `generate-music-callbacks` and the pages of that kind for the other operations.

use super::job::Music;
use crate::{
    decode::answer,
    operation::{CallbackPayload, Failure, Stage, TaskState},
    suno::track::Track,
    value::{TaskId, open_enum},
};

answer! {
    /// What the service pushes about a music task: the `data` of a callback.
    ///
    /// It comes once per stage, perhaps twice, in no guaranteed order, and `text` and `first` may be skipped.
    pub struct MusicCallback {
        /// The stage that was reached, or `error`.
        pub callback_type: Option<CallbackType> = "callbackType" | "callback_type",
        /// The task.
        pub task_id: Option<TaskId<Music>> = "task_id" | "taskId",
        /// The tracks: none at `text`, usually two at `complete`.
        pub tracks: Vec<Track> = "data",
        /// Why it failed; only `replace-section` and one sister service say so here.
        pub error: Option<String> = "error" | "errorMessage" | "error_message",
    }
}

open_enum! {
    /// What a music callback tells of.
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
        // A callback whose code is missing or 0 is not a failure when it brings what the task was for.
        let brings_tracks = self.tracks.iter().any(|track| track.url().is_some());
        let is_well = code == 200 || (code == 0 && brings_tracks);
        if !is_well || self.callback_type == Some(CallbackType::Error) {
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
