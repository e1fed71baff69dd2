//! `get-music-details`: returns the status and the tracks of a music task.

use super::job::Music;
use crate::{
    decode::answer,
    operation::{Failure, Record, Stage, TaskState},
    price::Credits,
    suno::{lookup::lookup, track::Track},
    value::{JsonText, TaskId, Timestamp, open_enum},
};

lookup! {
    /// Looks up a task that makes or edits music. The service allows at most 3 lookups of the same task per second.
    ///
    /// The response is `None` if the service does not know the task. For a moment after its start, a task can be
    /// unknown. A task of another kind, such as a WAV task, is always unknown to this lookup.
    pub struct GetMusicDetails of Music => MusicRecord {
        page: "get-music-details", "https://docs.kie.ai/suno-api/get-music-details",
        path: "/api/v1/generate/record-info",
        field: "taskId",
        example: "4be1c0d29f7a4f7f8d0b6c1e2a3f4d5e",
    }
}

answer! {
    /// Record of a music task: the response to [`get-music-details`](GetMusicDetails), with the current state of the
    /// task.
    pub struct MusicRecord {
        /// Id of the task.
        pub task_id: Option<TaskId<Music>> = "taskId" | "task_id",
        /// Id of the track that the task continues. Missing if the task does not continue a track.
        pub parent_music_id: Option<String> = "parentMusicId" | "parent_music_id",
        /// Request that started the task: a string that contains JSON.
        pub param: Option<JsonText> = "param",
        /// Tracks. Missing while the task is queued.
        pub response: Option<MusicResponse> = "response",
        /// Status of the task.
        pub status: Option<MusicStatus> = "status",
        /// Suno's own name of the model, such as `chirp-crow`. In the documentation, the value of this field is
        /// `GENERATE`.
        pub kind: Option<String> = "type",
        /// Operation that made the tracks: `generate`, `extend`, `upload_cover`, `upload_extend`, `underpainting` and
        /// others.
        pub operation_type: Option<String> = "operationType" | "operation_type",
        /// Failure code, as a number.
        pub error_code: Option<i64> = "errorCode" | "error_code",
        /// Failure reason, as text.
        pub error_message: Option<String> = "errorMessage" | "error_message",
        /// Time at which the task was created. This field is not documented, but occurs in responses.
        pub create_time: Option<Timestamp> = "createTime" | "create_time",
        /// Credits that the task cost. Only records of the market route have this field.
        pub credits_consumed: Option<Credits> = "creditsConsumed" | "credits_consumed",
    }
}

answer! {
    /// Tracks of a music task, as part of its record.
    pub struct MusicResponse {
        /// Id of the task. The record itself has the same id.
        pub task_id: Option<TaskId<Music>> = "taskId" | "task_id",
        /// Tracks, usually two. A track is listed before its file is finished.
        pub suno_data: Vec<Track> = "sunoData" | "suno_data",
        /// Failure reason, as text. The documentation's example of a failed task has the reason in this field, and not
        /// in the record itself.
        pub error_message: Option<String> = "errorMessage" | "error_message",
    }
}

open_enum! {
    /// Status of a music task.
    pub enum MusicStatus {
        /// The task is queued.
        Pending = "PENDING",
        /// The lyrics are written. The streaming links of the tracks usually play already.
        TextSuccess = "TEXT_SUCCESS",
        /// The first track is finished.
        FirstSuccess = "FIRST_SUCCESS",
        /// Every track is finished.
        Success = "SUCCESS",
        /// The task could not be created.
        CreateTaskFailed = "CREATE_TASK_FAILED",
        /// The music could not be made.
        GenerateAudioFailed = "GENERATE_AUDIO_FAILED",
        /// The service could not deliver the callback of the task. The tracks may be available.
        CallbackException = "CALLBACK_EXCEPTION",
        /// The content filter refused the request.
        SensitiveWordError = "SENSITIVE_WORD_ERROR",
    }
}

impl MusicRecord {
    /// Returns the tracks of the record. Some tracks may be unfinished.
    pub fn tracks(&self) -> &[Track] {
        self.response.as_ref().map_or(&[], |response| &response.suno_data)
    }

    /// Returns `true` if there is at least one track and every track is finished.
    fn all_finished(&self) -> bool {
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
            Some(MusicStatus::CallbackException) if self.all_finished() => TaskState::Complete,
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

    /// Returns the tracks of the record. If the service could not deliver the callback and at least one track is
    /// finished, returns only the finished tracks.
    fn output(&self) -> Option<Vec<Track>> {
        let mut tracks = self.response.as_ref()?.suno_data.clone();
        let is_finished = |track: &Track| track.url().is_some();
        if self.state() == TaskState::Undelivered && tracks.iter().any(is_finished) {
            tracks.retain(is_finished);
        }
        Some(tracks)
    }

    /// Returns the time at which the task was created, from the record. If the record does not have this time, returns
    /// the creation time of the first track that has a creation time.
    fn created(&self) -> Option<&Timestamp> {
        let of_row = || self.tracks().iter().find_map(|track| track.create_time.as_ref());
        self.create_time.as_ref().or_else(of_row)
    }

    fn credits_consumed(&self) -> Option<Credits> {
        self.credits_consumed
    }
}
