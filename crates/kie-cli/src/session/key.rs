//! The API key of a command.

use kie_suno::requests::Host;

use crate::{
    args::GlobalArgs,
    exit::{ExitError, key_advice},
    session::key_file,
    settings::variable,
};

/// The place that an API key comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum KeySource {
    Flag,
    Environment,
    /// The file of `kie login`.
    File,
}

impl KeySource {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Flag => "--api-key",
            Self::Environment => "KIE_API_KEY",
            Self::File => "kie login",
        }
    }
}

/// Returns the API key for the address of this command: that of `--api-key`, or else that of `KIE_API_KEY`, or else the
/// stored one. Fails if the file of stored keys can be read by other users.
pub(crate) fn find_key(global: &GlobalArgs) -> Result<Option<(String, KeySource)>, ExitError> {
    if let Some(key) = &global.api_key {
        return Ok(Some((key.clone(), KeySource::Flag)));
    }
    if let Some(key) = variable("KIE_API_KEY") {
        return Ok(Some((key, KeySource::Environment)));
    }
    let stored = key_file::read().map(|keys| keys.get(&address(global)).cloned());
    match stored {
        // A simulator needs no key, so a file that cannot be used must not stop the command.
        Err(_) if global.is_local() => Ok(None),
        stored => Ok(stored?.map(|key| (key, KeySource::File))),
    }
}

/// Returns the address that a stored key belongs to. A stored key is sent to no other address.
pub(crate) fn address(global: &GlobalArgs) -> String {
    let url = global.base_url().unwrap_or_else(|| Host::Api.base_url().to_owned());
    url.trim().trim_end_matches('/').to_owned()
}

/// Returns the error of a command without an API key.
pub(crate) fn no_key() -> ExitError {
    ExitError::NoKey(format!("there is no API key; {}", key_advice()))
}
