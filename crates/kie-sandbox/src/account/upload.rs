//! Uploads: the files that were uploaded to the account.

use bytes::Bytes;
use tokio::time::Instant;

/// First part of the paths of uploaded files. `4711` is the user number of the simulated account.
pub(crate) const UPLOADS: &str = "/kieai/4711/";

/// An uploaded file.
#[derive(Debug)]
pub(crate) struct Upload {
    pub(crate) content_type: &'static str,
    pub(crate) bytes: Bytes,
    pub(crate) at: Instant,
}
