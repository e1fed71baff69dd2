//! Requests to the paths of the sandbox itself. They need no API key, because the sandbox listens on loopback addresses
//! only. They are not recorded, and no fault strikes them.

use http::Method;
use serde_json::json;
use tokio::time::Instant;

use crate::{account::SandboxInner, faults::Faults};

use super::{books::Books, queued::QueuedFaults};

/// First part of the paths.
const PREFIX: &str = "/sandbox/";

/// The answer to a request. A text is the JSON of its body.
pub(crate) enum ControlAnswer {
    Done(String),
    /// The body of the request is wrong.
    Refused(String),
    /// The path has only these methods.
    NotAllowed(&'static [Method]),
    Unknown,
}

/// Handles a request. Returns `None` if the path is not one of the sandbox itself.
pub(crate) fn serve(inner: &SandboxInner, method: &Method, path: &str, body: &[u8]) -> Option<ControlAnswer> {
    Some(match path.strip_prefix(PREFIX)? {
        "faults" => faults(inner, method, body),
        "books" if method == Method::GET => done(&Books::of(&inner.account(), Instant::now())),
        "books" => ControlAnswer::NotAllowed(&[Method::GET]),
        _ => ControlAnswer::Unknown,
    })
}

fn faults(inner: &SandboxInner, method: &Method, body: &[u8]) -> ControlAnswer {
    let mut account = inner.account();
    match *method {
        Method::GET => {}
        Method::POST => match Faults::from_json(&String::from_utf8_lossy(body)) {
            Ok(faults) => faults.apply(&mut account, inner.seed),
            Err(error) => return ControlAnswer::Refused(json!(error).to_string()),
        },
        Method::DELETE => account.clear_faults(),
        _ => return ControlAnswer::NotAllowed(&[Method::GET, Method::POST, Method::DELETE]),
    }
    done(&QueuedFaults::of(&account))
}

fn done(result: &impl serde::Serialize) -> ControlAnswer {
    ControlAnswer::Done(json!(result).to_string())
}
