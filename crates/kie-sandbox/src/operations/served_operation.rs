//! The operations that the sandbox serves.

use std::{collections::HashMap, sync::LazyLock};

use http::Method;
use kie_types::{
    AddInstrumental, AddVocals, BoostMusicStyle, ConvertToWav, CoverSuno, CreateMusicVideo, DownloadUrl, Endpoint,
    ExtendMusic, GenerateLyrics, GenerateMashup, GenerateMidi, GenerateMusic, GeneratePersona, GenerateSounds,
    GetAccountCredits, GetCoverSunoDetails, GetLyricsDetails, GetMidiDetails, GetMusicDetails, GetMusicVideoDetails,
    GetRecoveryAudioDetails, GetTimestampedLyrics, GetVocalSeparationDetails, GetWavDetails, RecoveryAudio,
    ReplaceSection, SeparateVocals, SunoVoiceCheckVoice, SunoVoiceGenerate, SunoVoiceRecordInfo, SunoVoiceRegenerate,
    SunoVoiceValidate, SunoVoiceValidateInfo, UploadAndCoverAudio, UploadAndExtendAudio, UploadFileBase64,
    UploadFileStream, UploadFileUrl,
    catalog::{OPERATIONS, Operation},
};

use super::{
    credits, download_url,
    incoming_call::{IncomingCall, details},
    lyrics, midi,
    music::{cover, edits, instant, recovery, song},
    operation_result::OperationResult,
    stems, upload, video, voice, wav,
};

/// Function that handles a request to an operation.
type Handler = fn(&mut IncomingCall<'_>) -> OperationResult;

/// An operation that the sandbox serves.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub struct ServedOperation {
    /// Entry of the operation in the catalogue.
    pub operation: &'static Operation,
    pub(crate) serve: Handler,
}

/// All operations of the catalogue, in the order of the catalogue.
pub const SERVED_OPERATIONS: &[ServedOperation] = &routes();

/// Table of operations: the name and the handler. If an operation of the catalogue is missing in this table, the crate
/// does not compile.
#[rustfmt::skip]
const HANDLERS: &[(&str, Handler)] = &[
    (GenerateMusic::NAME,            song::generate),
    (ExtendMusic::NAME,              song::extend),
    (UploadAndCoverAudio::NAME,      edits::upload_and_cover),
    (UploadAndExtendAudio::NAME,     edits::upload_and_extend),
    (AddInstrumental::NAME,          edits::add_instrumental),
    (AddVocals::NAME,                edits::add_vocals),
    (GenerateMashup::NAME,           edits::mashup),
    (GenerateSounds::NAME,           edits::sounds),
    (ReplaceSection::NAME,           edits::replace_section),
    (GeneratePersona::NAME,          instant::persona),
    (BoostMusicStyle::NAME,          instant::style),
    (GetTimestampedLyrics::NAME,     instant::timed_lyrics),
    (GetMusicDetails::NAME,          details::<GetMusicDetails>),
    (CoverSuno::NAME,                cover::create),
    (GetCoverSunoDetails::NAME,      cover::details),
    (RecoveryAudio::NAME,            recovery::create),
    (GetRecoveryAudioDetails::NAME,  recovery::details),
    (GenerateLyrics::NAME,           lyrics::generate),
    (GetLyricsDetails::NAME,         details::<GetLyricsDetails>),
    (ConvertToWav::NAME,             wav::convert),
    (GetWavDetails::NAME,            details::<GetWavDetails>),
    (SeparateVocals::NAME,           stems::separate),
    (GetVocalSeparationDetails::NAME, details::<GetVocalSeparationDetails>),
    (GenerateMidi::NAME,             midi::generate),
    (GetMidiDetails::NAME,           details::<GetMidiDetails>),
    (CreateMusicVideo::NAME,         video::create),
    (GetMusicVideoDetails::NAME,     details::<GetMusicVideoDetails>),
    (SunoVoiceValidate::NAME,        voice::validate),
    (SunoVoiceValidateInfo::NAME,    voice::validate_info),
    (SunoVoiceGenerate::NAME,        voice::generate),
    (SunoVoiceRecordInfo::NAME,      voice::record_info),
    (SunoVoiceRegenerate::NAME,      voice::regenerate),
    (SunoVoiceCheckVoice::NAME,      voice::check_voice),
    (GetAccountCredits::NAME,        credits::credits),
    (DownloadUrl::NAME,              download_url::download_url),
    (UploadFileBase64::NAME,         upload::base_64),
    (UploadFileStream::NAME,         upload::stream),
    (UploadFileUrl::NAME,            upload::url),
];

const fn routes() -> [ServedOperation; OPERATIONS.len()] {
    let mut routes = [route(&OPERATIONS[0]); OPERATIONS.len()];
    let mut index = 1;
    while index < OPERATIONS.len() {
        routes[index] = route(&OPERATIONS[index]);
        index += 1;
    }
    assert!(HANDLERS.len() == OPERATIONS.len(), "an operation has two handlers, or is not in the catalogue");
    routes
}

#[expect(clippy::panic, reason = "the compiler runs this, and shows the name")]
const fn route(operation: &'static Operation) -> ServedOperation {
    let mut index = 0;
    while index < HANDLERS.len() {
        let (name, serve) = HANDLERS[index];
        if is_same(name, operation.name) {
            return ServedOperation { operation, serve };
        }
        index += 1;
    }
    panic!("{}", operation.name)
}

/// Compares two texts at compile time, where `==` cannot be used.
const fn is_same(one: &str, other: &str) -> bool {
    let (one, other) = (one.as_bytes(), other.as_bytes());
    if one.len() != other.len() {
        return false;
    }
    let mut index = 0;
    while index < one.len() {
        if one[index] != other[index] {
            return false;
        }
        index += 1;
    }
    true
}

/// Operations by HTTP method and path. The service has two hosts, but no path is used on both hosts. So one port of the
/// sandbox can serve the operations of both hosts.
static BY_ADDRESS: LazyLock<HashMap<(&str, &str), &ServedOperation>> = LazyLock::new(|| {
    let address = |operation: &'static Operation| (operation.method.as_str(), operation.path);
    SERVED_OPERATIONS.iter().map(|route| (address(route.operation), route)).collect()
});

/// Returns the operation with this HTTP method and path.
pub(crate) fn find(method: &Method, path: &str) -> Option<&'static ServedOperation> {
    BY_ADDRESS.get(&(method.as_str(), path)).copied()
}

#[cfg(test)]
mod tests {
    use http::Method;
    use kie_types::catalog::OPERATIONS;

    #[test]
    fn every_operation_has_an_address_of_its_own() {
        for operation in OPERATIONS {
            let method = Method::from_bytes(operation.method.as_str().as_bytes()).ok();
            let found = method.and_then(|method| super::find(&method, operation.path));
            assert_eq!(found.map(|route| route.operation), Some(operation), "{}", operation.name);
        }
        assert!(super::find(&Method::PUT, "/api/v1/generate").is_none());
    }
}
