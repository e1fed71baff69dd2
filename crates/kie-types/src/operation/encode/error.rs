//! Error for requests that cannot be encoded.

use super::query::NotAQuery;

/// Error: a request cannot be [encoded](super::Encoded). Either its fields cannot be written as JSON or as a query, or
/// it contains no path of the file that the operation sends.
///
/// A request of this crate that passes [`validate`](crate::Endpoint::validate) can always be encoded.
#[derive(Debug, thiserror::Error)]
#[error(transparent)]
pub struct EncodeError(#[from] EncodeErrorKind);

#[derive(Debug, thiserror::Error)]
pub(super) enum EncodeErrorKind {
    #[error(transparent)]
    Query(#[from] NotAQuery),
    #[error("the request cannot be written as JSON")]
    Json(#[from] serde_json::Error),
    #[error("the request cannot be written because it is not an object")]
    NotAnObject,
    #[error("the operation has no form on the market route")]
    NoForm,
    #[error("the request names no file to send")]
    NoFile,
}
