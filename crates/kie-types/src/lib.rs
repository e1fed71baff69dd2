#![doc = include_str!("../README.md")]
#![doc(html_root_url = "https://docs.rs/kie-types/latest")]
#![cfg_attr(docsrs, feature(doc_cfg))]

mod answer;
mod any_callback;
mod callback;
pub mod catalog;
pub mod common;
mod decode;
#[cfg(feature = "schemars")]
mod describe;
mod market;
mod operation;
mod price;
mod request;
#[cfg(feature = "schemars")]
pub mod schema;
pub mod suno;
pub mod text;
mod value;

/// OpenAPI 3.1 document of the classic route, as JSON, for programs in other languages. It describes every operation and
/// every callback of this crate, with the limits of the request fields. Uploads have another host, and so a document of
/// their own: [`OPENAPI_UPLOADS`].
pub const OPENAPI: &str = include_str!("../contract/openapi.json");

/// OpenAPI 3.1 document of the market route, as JSON.
pub const OPENAPI_MARKET: &str = include_str!("../contract/market.json");

/// OpenAPI 3.1 document of the uploads, as JSON.
pub const OPENAPI_UPLOADS: &str = include_str!("../contract/uploads.json");

pub use answer::{Charged, Refusal, RefusalKind, Unreadable, envelope};
pub use any_callback::{AnyCallback, Unrecognised};
pub use callback::Callback;
#[cfg(feature = "verify")]
pub use callback::signature;
#[doc(inline)]
pub use common::{
    download_url::DownloadUrl, get_account_credits::GetAccountCredits, upload_file_base_64::UploadFileBase64,
    upload_file_stream::UploadFileStream, upload_file_url::UploadFileUrl, uploaded_file::UploadedFile,
};
pub use market::{
    MarketForm, MarketModel, MarketModels, MarketRecord, MarketResult, MarketSchema, MarketState, ParseRouteError,
    Route, SchemaField, classic_name,
};
pub use operation::{
    CallbackField, CallbackPayload, Change, Checked, Effect, EncodeError, Encoded, EncodedBody, Endpoint, Examples,
    Failure, FileForm, FileLink, Host, InlineFile, Item, Job, LONGEST_TASK, MarketAnswer, Method, NEW_TASKS,
    NEW_TASKS_SPAN, NotAQuery, Outcome, Output, PaidEndpoint, PollOutcome, Progress, Record, Report, Stage, Started,
    TaskEndpoint, TaskState, UNDELIVERED_GRACE, check, check_on, path_and_query, to_json,
};
pub use price::{Credits, Price};
pub use request::{
    Bound, IgnoredField, Invalid, Limit, Mode, ModeValue, NO_CALLBACK, Rule, Rules, Violation, Warning, WarningKind,
    characters,
};
#[doc(inline)]
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
        get_timestamped_lyrics::{AlignedWord, GetTimestampedLyrics, SungWord, TimestampedLyrics},
        recovery_audio::{
            GetRecoveryAudioDetails, RecoveredTrack, Recovery, RecoveryAudio, RecoveryCallback, RecoveryRecord,
            RecoveryStatus,
        },
        replace_section::ReplaceSection,
        upload_and_cover_audio::UploadAndCoverAudio,
        upload_and_extend_audio::UploadAndExtendAudio,
    },
    result_of::{GetResultOf, ResultCallback, ResultOf, ResultRecord},
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
pub use value::{
    AudioId, JsonText, Lifetime, Link, Model, ParseError, PersonaId, Seconds, TaskId, Timestamp, Weight, link,
};
