//! The file of one thing that a task made.

use std::path::Path;

use kie_transport::{Arrived, Error as TransportFailure, ErrorKind, Meter};
use kie_types::{DownloadUrl, Item};

use crate::{client::Client, part::Part};

/// The file of a thing; none if it was never made, and says so.
pub(crate) async fn fetch(
    client: &Client,
    item: &Item,
    folder: &Path,
    meter: Option<Meter>,
) -> Result<Option<Part>, TransportFailure> {
    let tell_all_of = |bytes| {
        if let Some(meter) = &meter {
            meter.tell(bytes, Some(bytes));
        }
    };
    if !item.is_there() && item.error.is_some() {
        tell_all_of(0);
        return Ok(None);
    }
    let mut part = Part::new(folder).await?;
    match (&item.url, &item.inline) {
        (Some(url), _) => {
            let arrived = download(client, url, &part.path, meter).await?;
            (part.extension, part.bytes) = (arrived.format.extension(), arrived.bytes);
        }
        (None, Some(file)) => {
            part.write(file.clone()).await?;
            tell_all_of(part.bytes);
        }
        (None, None) => {
            return Err(TransportFailure::new(ErrorKind::NotMedia, "the task shows no file for it"));
        }
    }
    Ok(Some(part))
}

/// Whether a file host said that a link leads to nothing, or no longer.
pub(crate) fn is_refused(error: &TransportFailure) -> bool {
    matches!(error.kind(), ErrorKind::Status(403 | 404 | 410))
}

/// Downloads a file by its link, or by a fresh one, if its link is no longer good.
async fn download(client: &Client, url: &str, path: &Path, meter: Option<Meter>) -> Result<Arrived, TransportFailure> {
    let fetch = |url: &str| {
        let download = client.transport().download(url, path);
        match &meter {
            Some(meter) => download.meter(meter.clone()),
            None => download,
        }
    };
    match fetch(url).await {
        Err(error) if is_refused(&error) => {
            match client.call(DownloadUrl::new(url)).await {
                // Its time is short, so it goes from here to the host and nowhere else.
                Ok(fresh) => fetch(&fresh).await,
                // The service knows no such file either, so the first answer is the one that says what is the matter.
                Err(_) => Err(error),
            }
        }
        arrived => arrived,
    }
}
