//! Uploads: the files that were uploaded to the account.

use bytes::Bytes;
use tokio::time::Instant;

/// Path under which uploaded files are served. It contains the number of the account's user.
pub(crate) const UPLOADS: &str = "/kieai/4711/";

/// An uploaded file.
#[derive(Debug)]
pub(crate) struct Upload {
    pub(crate) content_type: &'static str,
    pub(crate) bytes: Bytes,
    pub(crate) at: Instant,
}
