//! The result of most of what the client does.

use super::error::Error;

/// A result whose error is [`Error`], unless another one is named.
///
/// ```
/// fn client_of(url: &str) -> kie_suno::Result<kie_suno::Client> {
///     kie_suno::Client::builder().api_key("key").base_url(url).build()
/// }
/// assert!(client_of("http://127.0.0.1:8787").is_ok());
/// ```
pub type Result<T, E = Error> = std::result::Result<T, E>;
