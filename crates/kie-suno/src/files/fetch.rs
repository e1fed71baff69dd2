//! Fetching the file of one result of a task.

use std::path::Path;

use kie_transport::{Error as TransportFailure, ErrorKind, TransferProgress};
use kie_types::{DownloadUrl, Endpoint, FileLink, Item, RefusalKind};
use tokio::time::{Instant, sleep};

use super::{media, origin::SavedTask, partial_file::PartialFile};
use crate::{error::Error, saved_file::Doubt};

/// Minimum ratio of the duration of a file to its duration in the record. A file with a smaller ratio is doubtful.
const PLAUSIBLE: f64 = 0.75;

/// A file that was fetched into a temporary file.
pub(crate) struct Fetched {
    pub(crate) partial: PartialFile,
    /// Name of the link that served the file. `None` if the response itself contained the file.
    pub(crate) link: Option<String>,
    pub(crate) doubt: Option<Doubt>,
}

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

/// Returns `true` if a file host refused the link, because the link does not exist or has expired.
pub(crate) fn is_refused(error: &TransportFailure) -> bool {
    matches!(error.kind(), ErrorKind::Status(403 | 404 | 410))
}

/// Fetches the file of an item into a temporary file in `folder`. Returns `None` if the item says that its file was
/// never made.
pub(crate) async fn fetch(
    origin: &SavedTask,
    item: &Item,
    folder: &Path,
    progress: Option<TransferProgress>,
) -> Result<Option<Fetched>, FetchError> {
    let report_all = |bytes| {
        if let Some(progress) = &progress {
            progress.report(bytes, Some(bytes));
        }
    };
    if !item.is_available() && item.error.is_some() {
        report_all(0);
        return Ok(None);
    }
    if item.url.is_some() {
        let source = Source { origin, item, folder, progress: progress.clone() };
        return source.fetch().await.map(Some).inspect_err(|error| {
            if error.is_expired {
                report_all(0);
            }
        });
    }
    let Some(file) = &item.inline else {
        return Err(TransportFailure::new(ErrorKind::NotMedia, "the record has no link to this file").into());
    };
    let mut partial = PartialFile::new(folder).await?;
    partial.write(file.clone()).await?;
    report_all(partial.bytes);
    Ok(Some(Fetched { partial, link: None, doubt: None }))
}

/// The links to one file, and the folder for it.
struct Source<'a> {
    origin: &'a SavedTask,
    item: &'a Item,
    folder: &'a Path,
    progress: Option<TransferProgress>,
}

/// Result of trying several links.
#[derive(Default)]
struct Tried {
    /// The longest file that is shorter than the record says.
    short: Option<Fetched>,
    /// Error of the first link that failed.
    error: Option<TransportFailure>,
    /// `true` if one of the links may serve the file later.
    may_serve_later: bool,
    /// `true` if one of the links failed, and its error does not show that the file does not exist.
    may_exist: bool,
}

impl Source<'_> {
    /// Tries the links one after another, until one of them serves a plausible file. The finished file has several
    /// links: the link in the record, a fresh link from the service, and links to other hosts. A stream is tried last.
    ///
    /// A host can need some minutes after the end of a task until it serves the file. So the links to the finished file
    /// of a young task are tried again for [`Polling::file_grace`](crate::Polling::file_grace), with growing pauses.
    async fn fetch(&self) -> Result<Fetched, FetchError> {
        let (streams, finished): (Vec<_>, Vec<_>) = self.item.file_links().into_iter().partition(|link| link.is_stream);
        let (begun, polling) = (Instant::now(), self.origin.client().polling());
        let mut pause = polling.first_poll;
        let mut tried = loop {
            let mut tried = Tried::default();
            if let Some(fetched) = self.try_all(&finished, &mut tried).await? {
                return Ok(fetched);
            }
            let is_late = begun.elapsed() + pause > polling.file_grace;
            if is_late || tried.short.is_some() || !tried.may_serve_later || !self.origin.is_young().await {
                break tried;
            }
            sleep(pause).await;
            pause = polling.after(pause);
        };
        if let Some(mut fetched) = self.try_all(&streams, &mut tried).await? {
            fetched.doubt.get_or_insert(Doubt::Stream);
            return Ok(fetched);
        }
        if let Some(short) = tried.short {
            return Ok(short);
        }
        let no_link = || TransportFailure::new(ErrorKind::NotMedia, "the record has no link to this file");
        Err(FetchError { error: tried.error.unwrap_or_else(no_link), is_expired: !tried.may_exist })
    }

    /// Tries each of the links, and a fresh link after the first of them. Returns the first plausible file.
    ///
    /// # Errors
    ///
    /// The error of the disk, because another link cannot help.
    async fn try_all(&self, links: &[FileLink<'_>], tried: &mut Tried) -> Result<Option<Fetched>, TransportFailure> {
        for (index, link) in links.iter().enumerate() {
            let fetched = self.download(link.name, link.url).await;
            if let Some(fetched) = tried.add(fetched)? {
                return Ok(Some(fetched));
            }
            if index > 0 || link.is_stream {
                continue;
            }
            match self.origin.client().call(DownloadUrl::new(link.url)).await {
                // A fresh link is valid for 20 minutes only, so it is used immediately and not stored.
                Ok(fresh) => {
                    let fetched = self.download(DownloadUrl::NAME, &fresh).await;
                    if let Some(fetched) = tried.add(fetched)? {
                        return Ok(Some(fetched));
                    }
                }
                Err(refusal) => tried.may_exist |= !is_unknown_file(&refusal),
            }
        }
        Ok(None)
    }

    async fn download(&self, link: &str, url: &str) -> Result<Fetched, TransportFailure> {
        let mut partial = PartialFile::new(self.folder).await?;
        let download = self.origin.client().transport().download(url, &partial.path);
        let downloaded = match &self.progress {
            Some(progress) => download.progress(progress.clone()).await?,
            None => download.await?,
        };
        let expected = self.item.duration_s;
        let media = media::read(partial.path.clone(), downloaded.format, expected.is_some()).await;
        (partial.extension, partial.bytes) = (media.extension, downloaded.bytes);
        let durations = expected.zip(media.duration_s);
        let short = durations.filter(|(expected, found)| found / expected < PLAUSIBLE);
        let doubt = short.map(|(expected, found)| Doubt::TooShort {
            expected_s: expected.round() as u64,
            found_s: found.round() as u64,
        });
        Ok(Fetched { partial, link: Some(link.to_owned()), doubt })
    }
}

impl Tried {
    /// Adds the result of a link. Returns the file if it is plausible.
    fn add(&mut self, fetched: Result<Fetched, TransportFailure>) -> Result<Option<Fetched>, TransportFailure> {
        match fetched {
            Ok(fetched) if fetched.doubt.is_none() => return Ok(Some(fetched)),
            Ok(fetched) => {
                let found = |file: &Fetched| file.doubt.map(Doubt::found_s);
                if self.short.as_ref().is_none_or(|short| found(short) < found(&fetched)) {
                    self.short = Some(fetched);
                }
            }
            Err(error) if error.kind() == ErrorKind::Disk => return Err(error),
            Err(error) => {
                self.may_serve_later |= is_refused(&error) || error.kind() == ErrorKind::NotMedia;
                self.may_exist |= !matches!(error.kind(), ErrorKind::Status(404 | 410));
                self.error.get_or_insert(error);
            }
        }
        Ok(None)
    }
}

/// Returns `true` if the service says that it does not know the file. For an unknown file, the service may report that
/// the address is invalid (`Validation`) instead of `NotFound`, so both kinds count.
fn is_unknown_file(error: &Error) -> bool {
    let Error::Api(refused) = error else { return false };
    refused.refusal().has_envelope() && matches!(refused.kind(), RefusalKind::NotFound | RefusalKind::Validation)
}
