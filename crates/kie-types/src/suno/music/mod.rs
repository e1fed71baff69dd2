//! Music Generation: songs and what is made of them.

pub mod add_instrumental;
pub mod add_vocals;
pub mod boost_music_style;
pub mod callback;
pub mod cover_suno;
pub mod extend_music;
pub mod generate_mashup;
pub mod generate_music;
pub mod generate_persona;
pub mod generate_sounds;
pub mod get_music_details;
pub mod get_timestamped_lyrics;
pub mod recovery_audio;
pub mod replace_section;
mod rules;
pub mod upload_and_cover_audio;
pub mod upload_and_extend_audio;

use crate::{id::TaskId, job::Job, open_enum::open_enum, suno::track::Track};
use callback::MusicCallback;
use get_music_details::{GetMusicDetails, MusicRecord};

/// Making or editing music. Every operation that does so starts this kind of job.
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

open_enum! {
    /// The singer's voice that is made more likely; nothing guarantees it.
    pub enum VocalGender {
        /// A male voice.
        Male = "m",
        /// A female voice.
        Female = "f",
    }
}

open_enum! {
    /// What a `personaId` names.
    pub enum PersonaModel {
        /// A persona made from a track.
        Style = "style_persona",
        /// A cloned voice.
        Voice = "voice_persona",
    }
}
