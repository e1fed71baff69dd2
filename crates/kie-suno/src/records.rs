//! Records: the responses of the service to lookups of tasks. Also the results of tasks and of other calls, and the
//! kinds of tasks.

#[doc(inline)]
pub use kie_types::{
    AlignedWord, BoostedStyle, Change, ClonedVoice, Cover, CoverImages, CoverRecord, CoverStatus, Failure, InlineFile,
    Instrument, Item, Job, JsonText, LONGEST_TASK, Lyrics, LyricsRecord, LyricsResponse, LyricsStatus, LyricsVariant,
    LyricsVariantStatus, Midi, MidiData, MidiRecord, MidiStatus, Music, MusicRecord, MusicResponse, MusicStatus,
    MusicVideo, MusicVideoRecord, MusicVideoStatus, Note, OriginData, Outcome, Output, ParseError, Persona, Phrase,
    PollOutcome, Progress, Record, RecoveredTrack, Recovery, RecoveryRecord, RecoveryStatus, Report, ResultOf,
    ResultRecord, Started, Stem, Stems, SungWord, TaskState, Timestamp, TimestampedLyrics, Track, UNDELIVERED_GRACE,
    Video, VocalSeparation, VocalSeparationRecord, VocalSeparationStatus, Voice, VoiceAvailability, VoiceRecord,
    VoiceStatus, VoiceValidation, VoiceValidationRecord, VoiceValidationStatus, Wav, WavConversion, WavRecord,
    WavStatus,
};
