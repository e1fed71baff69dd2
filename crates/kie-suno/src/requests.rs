//! Requests: one type per operation of the API, the values of their fields, and the rules against which a request is
//! checked.
//!
//! Pass a request that starts a task to [`Client::start`](crate::Client::start), and any other request to
//! [`Client::call`](crate::Client::call).

#[doc(inline)]
pub use kie_types::{
    AddInstrumental, AddVocals, AudioId, BoostMusicStyle, Bound, CallbackField, Checked, ConvertToWav, CoverSuno,
    CreateMusicVideo, DownloadUrl, Effect, EncodeError, Encoded, EncodedBody, Endpoint, Examples, ExtendMusic,
    FileForm, GenerateLyrics, GenerateMashup, GenerateMidi, GenerateMusic, GeneratePersona, GenerateSounds,
    GetAccountCredits, GetCoverSunoDetails, GetLyricsDetails, GetMidiDetails, GetMusicDetails, GetMusicVideoDetails,
    GetRecoveryAudioDetails, GetTimestampedLyrics, GetVocalSeparationDetails, GetWavDetails, Host, IgnoredField, Limit,
    Method, Mode, ModeValue, Model, NEW_TASKS, NEW_TASKS_SPAN, NO_CALLBACK, NotAQuery, PaidEndpoint, PersonaId,
    PersonaModel, Price, RecoveryAudio, ReplaceSection, Rules, Seconds, SeparateVocals, SeparationType,
    SingerSkillLevel, SoundKey, StemName, SunoVoiceCheckVoice, SunoVoiceGenerate, SunoVoiceRecordInfo,
    SunoVoiceRegenerate, SunoVoiceValidate, SunoVoiceValidateInfo, TaskEndpoint, UploadAndCoverAudio,
    UploadAndExtendAudio, UploadFileBase64, UploadFileStream, UploadFileUrl, VocalGender, VoiceLanguage, Warning,
    WarningKind, Weight, catalog, characters, check, path_and_query,
};
