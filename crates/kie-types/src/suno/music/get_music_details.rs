//! `get-music-details`: how a music task stands.

use super::job::Music;
use crate::{
    decode::answer,
    operation::{Failure, Record, Stage, TaskState},
    suno::{lookup::lookup, track::Track},
    value::{JsonText, TaskId, Timestamp, open_enum},
};

lookup! {
    /// Looks up a task that makes or edits music. At most 3 times per second and task.
    ///
    /// Answers `None` while the service does not know the task, which can last a moment after the submit, and for ever
    /// for a task of another kind.
    pub struct GetMusicDetails of Music => MusicRecord {
        page: "get-music-details", "https://docs.kie.ai/suno-api/get-music-details",
        path: "/api/v1/generate/record-info",
        field: "taskId",
        example: "4be1c0d29f7a4f7f8d0b6c1e2a3f4d5e",
    }
}

answer! {
    /// What the service says of a music task right now.
    pub struct MusicRecord {
        /// The task.
        pub task_id: Option<TaskId<Music>> = "taskId" | "task_id",
        /// The track that was continued, for extensions only.
        pub parent_music_id: Option<String> = "parentMusicId" | "parent_music_id",
        /// The request, as JSON in a text.
        pub param: Option<JsonText> = "param",
        /// The tracks; missing while the task is queued.
        pub response: Option<MusicResponse> = "response",
        /// How the task stands.
        pub status: Option<MusicStatus> = "status",
        /// The upstream name of the model, such as `chirp-crow`; `GENERATE` in the documentation.
        pub kind: Option<String> = "type",
        /// What made the tracks: `generate`, `extend`, `upload_cover`, `upload_extend`, `underpainting` and others.
        pub operation_type: Option<String> = "operationType" | "operation_type",
        /// Why it failed, by number.
        pub error_code: Option<i64> = "errorCode" | "error_code",
        /// Why it failed, in words.
        pub error_message: Option<String> = "errorMessage" | "error_message",
        /// When the task was made; seen, but not documented.
        pub create_time: Option<Timestamp> = "createTime" | "create_time",
    }
}

answer! {
    /// The tracks of a music record.
    pub struct MusicResponse {
        /// The task, once more.
        pub task_id: Option<TaskId<Music>> = "taskId" | "task_id",
        /// The tracks, usually two; rows appear before their files do.
        pub suno_data: Vec<Track> = "sunoData" | "suno_data",
        /// Why it failed, in words; seen in a failed record.
        pub error_message: Option<String> = "errorMessage" | "error_message",
    }
}

open_enum! {
    /// The status of a music task.
    pub enum MusicStatus {
        /// Queued.
        Pending = "PENDING",
        /// The lyrics are written; streaming links usually play.
        TextSuccess = "TEXT_SUCCESS",
        /// The first track is finished.
        FirstSuccess = "FIRST_SUCCESS",
        /// Every track is finished.
        Success = "SUCCESS",
        /// The task could not be made.
        CreateTaskFailed = "CREATE_TASK_FAILED",
        /// The music could not be made.
        GenerateAudioFailed = "GENERATE_AUDIO_FAILED",
        /// The service could not deliver its callback. The tracks may be there.
        CallbackException = "CALLBACK_EXCEPTION",
        /// The content filter refused.
        SensitiveWordError = "SENSITIVE_WORD_ERROR",
    }
}

impl MusicRecord {
    /// The tracks there are, finished or not.
    pub fn tracks(&self) -> &[Track] {
        self.response.as_ref().map_or(&[], |response| &response.suno_data)
    }

    /// Whether there are tracks, and all of them are finished.
    fn is_whole(&self) -> bool {
        !self.tracks().is_empty() && self.tracks().iter().all(|track| track.url().is_some())
    }
}

impl Record for MusicRecord {
    type Output = Vec<Track>;

    fn task_id(&self) -> Option<&str> {
        self.task_id.as_ref().map(TaskId::as_str)
    }

    fn state(&self) -> TaskState {
        match &self.status {
            Some(MusicStatus::Success) => TaskState::Complete,
            Some(MusicStatus::TextSuccess) => TaskState::Running(Some(Stage::Text)),
            Some(MusicStatus::FirstSuccess) => TaskState::Running(Some(Stage::First)),
            Some(MusicStatus::CallbackException) if self.is_whole() => TaskState::Complete,
            Some(MusicStatus::CallbackException) => TaskState::Undelivered,
            Some(
                status @ (MusicStatus::CreateTaskFailed
                | MusicStatus::GenerateAudioFailed
                | MusicStatus::SensitiveWordError),
            ) => {
                let inner = self.response.as_ref().and_then(|response| response.error_message.as_deref());
                let message = self.error_message.as_deref().or(inner);
                TaskState::Failed(Failure::new(Some(status.as_str()), self.error_code, message))
            }
            _ => TaskState::Running(None),
        }
    }

    /// Of what was not delivered only the tracks that are there, if any is.
    fn output(&self) -> Option<Vec<Track>> {
        let mut tracks = self.response.as_ref()?.suno_data.clone();
        let is_there = |track: &Track| track.url().is_some();
        if self.state() == TaskState::Undelivered && tracks.iter().any(is_there) {
            tracks.retain(is_there);
        }
        Some(tracks)
    }

    /// The time of the record, or else of its first row.
    fn created(&self) -> Option<&Timestamp> {
        let of_row = || self.tracks().iter().find_map(|track| track.create_time.as_ref());
        self.create_time.as_ref().or_else(of_row)
    }
}
