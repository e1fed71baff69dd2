//! The result type of the client.

use super::error::Error;

/// A result with [`Error`] as its default error type.
///
/// ```
/// fn client_of(url: &str) -> kie_suno::Result<kie_suno::Client> {
///     kie_suno::Client::builder().api_key("key").base_url(url).build()
/// }
/// assert!(client_of("http://127.0.0.1:8787").is_ok());
/// ```
pub type Result<T, E = Error> = std::result::Result<T, E>;
