//! The operations that the sandbox serves, and their prices.

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
pub struct Route {
    /// Entry of the operation in the catalogue.
    pub operation: &'static Operation,
    /// Price in credits. If the price depends on the request, this is the lowest price.
    pub credits: f64,
    pub(crate) serve: Handler,
}

/// All operations of the catalogue, in the order of the catalogue, with their prices in October 2026.
pub const ROUTES: &[Route] = &routes();

/// Table of operations: the name, the price in credits, and the handler. If an operation of the catalogue is missing in
/// this table, the crate does not compile.
#[rustfmt::skip]
const HANDLERS: &[(&str, f64, Handler)] = &[
    (GenerateMusic::NAME,             12.0, song::generate),
    (ExtendMusic::NAME,               12.0, song::extend),
    (UploadAndCoverAudio::NAME,       12.0, edits::upload_and_cover),
    (UploadAndExtendAudio::NAME,      12.0, edits::upload_and_extend),
    (AddInstrumental::NAME,           12.0, edits::add_instrumental),
    (AddVocals::NAME,                 12.0, edits::add_vocals),
    (GenerateMashup::NAME,            12.0, edits::mashup),
    (GenerateSounds::NAME,             2.5, edits::sounds),
    (ReplaceSection::NAME,             5.0, edits::replace_section),
    (GeneratePersona::NAME,            0.0, instant::persona),
    (BoostMusicStyle::NAME,            0.4, instant::style),
    (GetTimestampedLyrics::NAME,       0.5, instant::timed_lyrics),
    (GetMusicDetails::NAME,            0.0, details),
    (CoverSuno::NAME,                  0.0, cover::create),
    (GetCoverSunoDetails::NAME,        0.0, cover::details),
    // The price of `recovery-audio` is not known, so it is 0.
    (RecoveryAudio::NAME,              0.0, recovery::create),
    (GetRecoveryAudioDetails::NAME,    0.0, recovery::details),
    (GenerateLyrics::NAME,             0.4, lyrics::generate),
    (GetLyricsDetails::NAME,           0.0, details),
    (ConvertToWav::NAME,               0.4, wav::convert),
    (GetWavDetails::NAME,              0.0, details),
    (SeparateVocals::NAME,            10.0, stems::separate),
    (GetVocalSeparationDetails::NAME,  0.0, details),
    (GenerateMidi::NAME,               0.0, midi::generate),
    (GetMidiDetails::NAME,             0.0, details),
    (CreateMusicVideo::NAME,           2.0, video::create),
    (GetMusicVideoDetails::NAME,       0.0, details),
    (SunoVoiceValidate::NAME,          0.0, voice::validate),
    (SunoVoiceValidateInfo::NAME,      0.0, voice::validate_info),
    (SunoVoiceGenerate::NAME,          0.0, voice::generate),
    (SunoVoiceRecordInfo::NAME,        0.0, voice::record_info),
    (SunoVoiceRegenerate::NAME,        0.0, voice::regenerate),
    (SunoVoiceCheckVoice::NAME,        0.0, voice::check_voice),
    (GetAccountCredits::NAME,          0.0, credits::credits),
    (DownloadUrl::NAME,                0.0, download_url::download_url),
    (UploadFileBase64::NAME,           0.0, upload::base_64),
    (UploadFileStream::NAME,           0.0, upload::stream),
    (UploadFileUrl::NAME,              0.0, upload::url),
];

const fn routes() -> [Route; OPERATIONS.len()] {
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
const fn route(operation: &'static Operation) -> Route {
    let mut index = 0;
    while index < HANDLERS.len() {
        let (name, credits, serve) = HANDLERS[index];
        if is_same(name, operation.name) {
            return Route { operation, credits, serve };
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
static BY_ADDRESS: LazyLock<HashMap<(&str, &str), &Route>> = LazyLock::new(|| {
    let address = |operation: &'static Operation| (operation.method.as_str(), operation.path);
    ROUTES.iter().map(|route| (address(route.operation), route)).collect()
});

/// Returns the operation with this HTTP method and path.
pub(crate) fn find(method: &Method, path: &str) -> Option<&'static Route> {
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
