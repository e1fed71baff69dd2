//! Job of the operations that make music.

use super::{
    callback::MusicCallback,
    get_music_details::{GetMusicDetails, MusicRecord},
};
use crate::{operation::Job, suno::track::Track, value::TaskId};

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
}
