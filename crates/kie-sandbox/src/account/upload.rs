//! Uploads: the files that were brought to the account.

use bytes::Bytes;
use tokio::time::Instant;

/// Where uploaded files are served: below the number of the account's user.
pub(crate) const UPLOADS: &str = "/kieai/4711/";

/// An uploaded file.
#[derive(Debug)]
pub(crate) struct Upload {
    pub(crate) content_type: &'static str,
    pub(crate) bytes: Bytes,
    pub(crate) at: Instant,
}
