//! The operations that the sandbox serves, and what they cost.

use http::Method;
use kie_types::{Host, catalog::OPERATIONS};

use crate::operations::music::{cover, edits, instant, recovery, song};

use super::{
    answer::Answer,
    call::{Call, details},
    credits, download_url, lyrics, midi, stems, upload, video, voice, wav,
};

/// An operation that the sandbox serves. Its method and path are those of the catalogue.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub struct Route {
    /// The operation's name, such as `generate-music`.
    pub operation: &'static str,
    /// What it costs, in credits; the least of it where that depends on the request.
    pub credits: f64,
    pub(crate) serve: fn(&mut Call<'_>) -> Answer,
}

impl Route {
    /// The host that answers.
    pub(crate) fn host(&self) -> Host {
        let operation = OPERATIONS.iter().find(|operation| operation.name == self.operation);
        operation.map_or(Host::Api, |operation| operation.host)
    }
}

/// Every operation that the sandbox serves, with the prices of October 2026.
#[rustfmt::skip]
pub const ROUTES: &[Route] = &[
    Route { operation: "generate-music",          credits: 12.0, serve: song::generate },
    Route { operation: "extend-music",            credits: 12.0, serve: song::extend },
    Route { operation: "upload-and-cover-audio",  credits: 12.0, serve: edits::upload_and_cover },
    Route { operation: "upload-and-extend-audio", credits: 12.0, serve: edits::upload_and_extend },
    Route { operation: "add-instrumental",        credits: 12.0, serve: edits::add_instrumental },
    Route { operation: "add-vocals",              credits: 12.0, serve: edits::add_vocals },
    Route { operation: "generate-mashup",         credits: 12.0, serve: edits::mashup },
    Route { operation: "generate-sounds",         credits:  2.5, serve: edits::sounds },
    Route { operation: "replace-section",         credits:  5.0, serve: edits::replace_section },
    Route { operation: "generate-persona",        credits:  0.0, serve: instant::persona },
    Route { operation: "boost-music-style",       credits:  0.4, serve: instant::style },
    Route { operation: "get-timestamped-lyrics",  credits:  0.5, serve: instant::timed_lyrics },
    Route { operation: "get-music-details",       credits:  0.0, serve: details },
    Route { operation: "cover-suno",              credits:  0.0, serve: cover::create },
    Route { operation: "get-cover-suno-details",  credits:  0.0, serve: cover::details },
    // The price of this one is not known.
    Route { operation: "recovery-audio",          credits:  0.0, serve: recovery::create },
    Route { operation: "get-recovery-audio-details", credits: 0.0, serve: recovery::details },
    Route { operation: "generate-lyrics",         credits:  0.4, serve: lyrics::generate },
    Route { operation: "get-lyrics-details",      credits:  0.0, serve: details },
    Route { operation: "convert-to-wav",          credits:  0.4, serve: wav::convert },
    Route { operation: "get-wav-details",         credits:  0.0, serve: details },
    Route { operation: "separate-vocals",         credits: 10.0, serve: stems::separate },
    Route { operation: "get-vocal-separation-details", credits: 0.0, serve: details },
    Route { operation: "generate-midi",           credits:  0.0, serve: midi::generate },
    Route { operation: "get-midi-details",        credits:  0.0, serve: details },
    Route { operation: "create-music-video",      credits:  2.0, serve: video::create },
    Route { operation: "get-music-video-details", credits:  0.0, serve: details },
    Route { operation: "suno-voice-validate",     credits:  0.0, serve: voice::validate },
    Route { operation: "suno-voice-validate-info", credits: 0.0, serve: voice::validate_info },
    Route { operation: "suno-voice-generate",     credits:  0.0, serve: voice::generate },
    Route { operation: "suno-voice-record-info",  credits:  0.0, serve: voice::record_info },
    Route { operation: "suno-voice-regenerate",   credits:  0.0, serve: voice::regenerate },
    Route { operation: "suno-voice-check-voice",  credits:  0.0, serve: voice::check_voice },
    Route { operation: "get-account-credits",     credits:  0.0, serve: credits::credits },
    Route { operation: "download-url",            credits:  0.0, serve: download_url::download_url },
    Route { operation: "upload-file-base-64",     credits:  0.0, serve: upload::base_64 },
    Route { operation: "upload-file-stream",      credits:  0.0, serve: upload::stream },
    Route { operation: "upload-file-url",         credits:  0.0, serve: upload::url },
];

/// The operation at this path. The service's two hosts share no path, so both are served on the one port.
pub(crate) fn find(method: &Method, path: &str) -> Option<&'static Route> {
    let is_asked = |method_of: &str, path_of: &str| method_of == method.as_str() && path_of == path;
    let operation = OPERATIONS.iter().find(|operation| is_asked(operation.method.as_str(), operation.path))?;
    ROUTES.iter().find(|route| route.operation == operation.name)
}
