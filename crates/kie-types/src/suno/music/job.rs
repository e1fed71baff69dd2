//! Job of the operations that make music.

use super::{
    callback::MusicCallback,
    get_music_details::{GetMusicDetails, MusicRecord, MusicResponse, MusicStatus},
};
use crate::{market::MarketRecord, operation::Job, suno::track::Track, value::TaskId};

/// Job that makes or edits music. All operations that make or edit music start this kind of job.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Music;

impl Job for Music {
    const NAME: &'static str = "music";
    type Lookup = GetMusicDetails;
    type Record = MusicRecord;
    type Callback = MusicCallback;
    type Output = Vec<Track>;

    fn lookup(id: TaskId<Self>) -> GetMusicDetails {
        GetMusicDetails::new(id)
    }

    fn of_market(record: &MarketRecord) -> MusicRecord {
        let result = record.result();
        let mut tracks: Vec<Track> = result.rows();
        if tracks.is_empty() {
            let track = |url: &str| Track { audio_url: Some(url.into()), ..Track::default() };
            tracks = result.urls().into_iter().map(track).collect();
        }
        let response = MusicResponse { suno_data: tracks, ..MusicResponse::default() };
        let (failed, error_message) = match record.is_sensitive() {
            true => (MusicStatus::SensitiveWordError, record.fail_msg.clone()),
            false => (MusicStatus::GenerateAudioFailed, record.error_message()),
        };
        MusicRecord {
            task_id: record.task_id.as_deref().map(TaskId::from),
            response: Some(response).filter(|response| !response.suno_data.is_empty()),
            status: Some(record.status(MusicStatus::Pending, MusicStatus::Success, failed)),
            kind: record.kind.clone(),
            create_time: record.create_time.clone(),
            error_code: record.error_code(),
            error_message,
            credits_consumed: record.credits_consumed,
            ..MusicRecord::default()
        }
    }
}
