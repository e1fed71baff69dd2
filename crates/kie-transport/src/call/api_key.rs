//! The API key.

use std::fmt;

use http::HeaderValue;

use crate::error::ConfigError;

/// An API key. It is sent with every call, and is never printed.
#[derive(Clone)]
pub struct ApiKey(HeaderValue);

impl ApiKey {
    /// Returns an API key with this text. The web site of the service shows the text. White space around the text is
    /// removed.
    ///
    /// # Errors
    ///
    /// [`ConfigError`] of `api_key` if the key is empty or has characters that are not allowed in an HTTP header.
    pub fn new(key: impl AsRef<str>) -> Result<Self, ConfigError> {
        let wrong = |rule| ConfigError::new("api_key", rule);
        let key = key.as_ref().trim();
        if key.is_empty() {
            return Err(wrong("the API key is empty"));
        }
        let mut header = HeaderValue::try_from(format!("Bearer {key}"))
            .map_err(|_| wrong("the API key has characters that no HTTP header can carry"))?;
        header.set_sensitive(true);
        Ok(Self(header))
    }

    pub(crate) fn bearer(&self) -> HeaderValue {
        self.0.clone()
    }
}

impl fmt::Debug for ApiKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ApiKey(***)")
    }
}
