#![doc = include_str!("../README.md")]
#![cfg_attr(docsrs, feature(doc_cfg))]

mod any_callback;
mod brief;
mod calendar;
mod callback;
pub mod catalog;
mod check;
pub mod common;
#[cfg(feature = "schemars")]
mod describe;
mod endpoint;
pub mod envelope;
mod error;
mod error_kind;
mod excerpt;
mod id;
mod invalid;
mod item;
mod job;
mod json_text;
mod lifetime;
mod limit;
pub mod link;
mod lookup;
mod mend;
mod open_enum;
mod progress;
mod report;
#[cfg(feature = "schemars")]
mod request_schema;
mod rules;
#[cfg(feature = "schemars")]
pub mod schema;
mod seconds;
mod setters;
mod shape;
#[cfg(feature = "verify")]
pub mod signature;
mod started;
mod state;
pub mod suno;
mod timestamp;
mod tolerant;
#[cfg(feature = "schemars")]
mod value_schema;
mod weight;

/// The OpenAPI 3.1 document of the API, for services and languages that do not read Rust: every operation, callback and
/// limit of this crate.
pub const OPENAPI: &str = include_str!("../openapi.json");

pub use any_callback::{AnyCallback, Unrecognised};
pub use callback::Callback;
pub use check::{Checked, check};
pub use common::{
    download_url::DownloadUrl,
    get_account_credits::{Credits, GetAccountCredits},
    upload_file_base_64::UploadFileBase64,
    upload_file_stream::UploadFileStream,
    upload_file_url::UploadFileUrl,
    uploaded_file::UploadedFile,
};
pub use endpoint::{Effect, Endpoint, Host, Method, NEW_TASKS, NEW_TASKS_SPAN};
pub use error::{Refusal, Unreadable};
pub use error_kind::{Charged, ErrorKind};
pub use id::{AudioId, PersonaId, TaskId};
pub use invalid::{Invalid, Rule, Violation};
pub use item::{InlineFile, Item};
pub use job::{Job, Output, Push, Record};
pub use json_text::JsonText;
pub use lifetime::Lifetime;
pub use limit::{Bound, Limit};
pub use link::Link;
pub use progress::{Change, Progress};
pub use report::{Outcome, Report};
pub use rules::characters;
pub use seconds::Seconds;
pub use started::{Started, TaskEndpoint};
pub use state::{Failure, Stage, State};
pub use suno::{
    convert_to_wav::{ConvertToWav, GetWavDetails, Wav, WavCallback, WavConversion, WavRecord, WavStatus},
    create_music_video::{
        CreateMusicVideo, GetMusicVideoDetails, MusicVideo, MusicVideoCallback, MusicVideoRecord, MusicVideoStatus,
        Video,
    },
    generate_lyrics::{
        GenerateLyrics, GetLyricsDetails, Lyrics, LyricsCallback, LyricsRecord, LyricsResponse, LyricsStatus,
        LyricsVariant, LyricsVariantStatus,
    },
    generate_midi::{
        GenerateMidi, GetMidiDetails, Instrument, Midi, MidiCallback, MidiData, MidiRecord, MidiStatus, Note,
    },
    model::Model,
    music::{
        Music, PersonaModel, VocalGender,
        add_instrumental::AddInstrumental,
        add_vocals::AddVocals,
        boost_music_style::{BoostMusicStyle, BoostedStyle},
        callback::{CallbackType, MusicCallback},
        cover_suno::{Cover, CoverCallback, CoverImages, CoverRecord, CoverStatus, CoverSuno, GetCoverSunoDetails},
        extend_music::ExtendMusic,
        generate_mashup::GenerateMashup,
        generate_music::GenerateMusic,
        generate_persona::{GeneratePersona, Persona},
        generate_sounds::{GenerateSounds, SoundKey},
        get_music_details::{GetMusicDetails, MusicRecord, MusicResponse, MusicStatus},
        get_timestamped_lyrics::{AlignedWord, GetTimestampedLyrics, TimestampedLyrics},
        recovery_audio::{
            GetRecoveryAudioDetails, RecoveredTrack, Recovery, RecoveryAudio, RecoveryCallback, RecoveryRecord,
            RecoveryStatus,
        },
        replace_section::ReplaceSection,
        upload_and_cover_audio::UploadAndCoverAudio,
        upload_and_extend_audio::UploadAndExtendAudio,
    },
    separate_vocals::{
        GetVocalSeparationDetails, SeparateVocals, SeparationType, VocalSeparation, VocalSeparationCallback,
        VocalSeparationRecord, VocalSeparationStatus,
    },
    stem_name::StemName,
    stems::{OriginData, Stem, Stems},
    track::Track,
    voice::{
        suno_voice_check_voice::{SunoVoiceCheckVoice, VoiceAvailability},
        suno_voice_generate::{
            ClonedVoice, SingerSkillLevel, SunoVoiceGenerate, SunoVoiceRecordInfo, Voice, VoiceCallback, VoiceRecord,
            VoiceStatus,
        },
        suno_voice_regenerate::SunoVoiceRegenerate,
        suno_voice_validate::{
            Phrase, SunoVoiceValidate, SunoVoiceValidateInfo, VoiceLanguage, VoiceValidation, VoiceValidationCallback,
            VoiceValidationRecord, VoiceValidationStatus,
        },
    },
};
pub use timestamp::Timestamp;
pub use weight::Weight;
