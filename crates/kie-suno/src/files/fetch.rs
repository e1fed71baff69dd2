//! The file of one thing that a task made.

use std::path::Path;

use kie_transport::{Downloaded, Error as TransportFailure, ErrorKind, TransferProgress};
use kie_types::{DownloadUrl, Item, RefusalKind};

use super::partial_file::PartialFile;
use crate::{client::Client, error::Error};

/// Why there is no file.
pub(crate) struct FetchError {
    pub(crate) error: TransportFailure,
    /// Whether the service says that it no longer has it, so that no other time will go better.
    pub(crate) is_gone: bool,
}

impl From<TransportFailure> for FetchError {
    fn from(error: TransportFailure) -> Self {
        Self { error, is_gone: false }
    }
}

/// The file of a thing; none if it was never made, and says so.
pub(crate) async fn fetch(
    client: &Client,
    item: &Item,
    folder: &Path,
    progress: Option<TransferProgress>,
) -> Result<Option<PartialFile>, FetchError> {
    let tell_all_of = |bytes| {
        if let Some(progress) = &progress {
            progress.tell(bytes, Some(bytes));
        }
    };
    if !item.is_there() && item.error.is_some() {
        tell_all_of(0);
        return Ok(None);
    }
    let mut part = PartialFile::new(folder).await?;
    match (&item.url, &item.inline) {
        (Some(url), _) => {
            let arrived = download(client, url, &part.path, progress.clone()).await.inspect_err(|unfetched| {
                if unfetched.is_gone {
                    tell_all_of(0);
                }
            })?;
            (part.extension, part.bytes) = (arrived.format.extension(), arrived.bytes);
        }
        (None, Some(file)) => {
            part.write(file.clone()).await?;
            tell_all_of(part.bytes);
        }
        (None, None) => {
            return Err(TransportFailure::new(ErrorKind::NotMedia, "the task shows no file for it").into());
        }
    }
    Ok(Some(part))
}

/// Whether a file host said that a link leads to nothing, or no longer.
pub(crate) fn is_refused(error: &TransportFailure) -> bool {
    matches!(error.kind(), ErrorKind::Status(403 | 404 | 410))
}

/// Downloads a file by its link, or by a fresh one, if its link is no longer good.
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
        arrived => return Ok(arrived?),
    };
    match client.call(DownloadUrl::new(url)).await {
        // Its time is short, so it goes from here to the host and nowhere else.
        Ok(fresh) => fetch(&fresh).await.map_err(|error| FetchError { is_gone: is_gone(&error), error }),
        // The service knows no such file either, so the first answer is the one that says what is the matter.
        Err(refusal) => Err(FetchError { is_gone: is_gone(&error) && knows_none(&refusal), error }),
    }
}

/// Whether a host says that it has no such file.
fn is_gone(error: &TransportFailure) -> bool {
    matches!(error.kind(), ErrorKind::Status(404 | 410))
}

/// Whether the service says that it made no such file. It does so as if the address were wrong.
fn knows_none(error: &Error) -> bool {
    let Error::Api(refused) = error else { return false };
    refused.refusal().has_envelope() && matches!(refused.kind(), RefusalKind::NotFound | RefusalKind::Validation)
}
