//! The operations that the sandbox serves, and what they cost.

use http::Method;
use kie_types::catalog::OPERATIONS;

use crate::{
    account,
    answer::Answer,
    call::{Call, details},
    music, video,
};

/// An operation that the sandbox serves. Its method and path are those of the catalogue.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub struct Route {
    /// The operation's name, such as `generate-music`.
    pub operation: &'static str,
    /// What it costs, in credits.
    pub credits: f64,
    pub(crate) serve: fn(&mut Call<'_>) -> Answer,
}

/// Every operation that the sandbox serves, with the prices of October 2026.
#[rustfmt::skip]
pub const ROUTES: &[Route] = &[
    Route { operation: "generate-music",          credits: 12.0, serve: music::generate },
    Route { operation: "extend-music",            credits: 12.0, serve: music::extend },
    Route { operation: "add-instrumental",        credits: 12.0, serve: music::add_instrumental },
    Route { operation: "get-music-details",       credits:  0.0, serve: details },
    Route { operation: "create-music-video",      credits:  2.0, serve: video::create },
    Route { operation: "get-music-video-details", credits:  0.0, serve: details },
    Route { operation: "get-account-credits",     credits:  0.0, serve: account::credits },
];

/// The operation at this path. The service's two hosts share no path, so both are served on the one port.
pub(crate) fn find(method: &Method, path: &str) -> Option<&'static Route> {
    let is_asked = |method_of: &str, path_of: &str| method_of == method.as_str() && path_of == path;
    let operation = OPERATIONS.iter().find(|operation| is_asked(operation.method.as_str(), operation.path))?;
    ROUTES.iter().find(|route| route.operation == operation.name)
}
