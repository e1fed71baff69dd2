//! Fetching the file of one result of a task.

use std::path::Path;

use kie_transport::{Downloaded, Error as TransportFailure, ErrorKind, TransferProgress};
use kie_types::{DownloadUrl, Item, RefusalKind};

use super::partial_file::PartialFile;
use crate::{client::Client, error::Error};

/// Error of a file that could not be fetched.
pub(crate) struct FetchError {
    pub(crate) error: TransportFailure,
    /// `true` if the service no longer has the file, so that a retry cannot succeed.
    pub(crate) is_expired: bool,
}

impl From<TransportFailure> for FetchError {
    fn from(error: TransportFailure) -> Self {
        Self { error, is_expired: false }
    }
}

/// Fetches the file of an item into a temporary file in `folder`. Returns `None` if the item says that its file was never
/// made.
pub(crate) async fn fetch(
    client: &Client,
    item: &Item,
    folder: &Path,
    progress: Option<TransferProgress>,
) -> Result<Option<PartialFile>, FetchError> {
    let report_all = |bytes| {
        if let Some(progress) = &progress {
            progress.report(bytes, Some(bytes));
        }
    };
    if !item.is_available() && item.error.is_some() {
        report_all(0);
        return Ok(None);
    }
    let mut partial = PartialFile::new(folder).await?;
    match (&item.url, &item.inline) {
        (Some(url), _) => {
            let downloaded = download(client, url, &partial.path, progress.clone()).await.inspect_err(|error| {
                if error.is_expired {
                    report_all(0);
                }
            })?;
            (partial.extension, partial.bytes) = (downloaded.format.extension(), downloaded.bytes);
        }
        (None, Some(file)) => {
            partial.write(file.clone()).await?;
            report_all(partial.bytes);
        }
        (None, None) => {
            return Err(TransportFailure::new(ErrorKind::NotMedia, "the record has no link to this file").into());
        }
    }
    Ok(Some(partial))
}

/// Returns `true` if a file host refused the link, because the link does not exist or has expired.
pub(crate) fn is_refused(error: &TransportFailure) -> bool {
    matches!(error.kind(), ErrorKind::Status(403 | 404 | 410))
}

/// Downloads a file from its link. If the host refuses the link, asks the service for a fresh link, and downloads the file
/// from the fresh link.
async fn download(
    client: &Client,
    url: &str,
    path: &Path,
    progress: Option<TransferProgress>,
) -> Result<Downloaded, FetchError> {
    let fetch = |url: &str| {
        let download = client.transport().download(url, path);
        match &progress {
            Some(progress) => download.progress(progress.clone()),
            None => download,
        }
    };
    let error = match fetch(url).await {
        Err(error) if is_refused(&error) => error,
        downloaded => return Ok(downloaded?),
    };
    match client.call(DownloadUrl::new(url)).await {
        // A fresh link is valid for 20 minutes only, so it is used immediately and not stored.
        Ok(fresh) => fetch(&fresh).await.map_err(|error| FetchError { is_expired: is_not_found(&error), error }),
        // The service gave no fresh link. The refusal of the first link explains more, so the error of the first download
        // is returned.
        Err(refusal) => Err(FetchError { is_expired: is_not_found(&error) && is_unknown_file(&refusal), error }),
    }
}

/// Returns `true` if the file host says that it does not have the file.
fn is_not_found(error: &TransportFailure) -> bool {
    matches!(error.kind(), ErrorKind::Status(404 | 410))
}

/// Returns `true` if the service says that it does not know the file. For an unknown file, the service may report that
/// the address is invalid (`Validation`) instead of `NotFound`, so both kinds count.
fn is_unknown_file(error: &Error) -> bool {
    let Error::Api(refused) = error else { return false };
    refused.refusal().has_envelope() && matches!(refused.kind(), RefusalKind::NotFound | RefusalKind::Validation)
}
