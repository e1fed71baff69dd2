//! Downloads one file without the API key. Writes the data while it arrives, and continues the file after a broken
//! connection.

use std::{
    fs::File,
    path::PathBuf,
    pin::{Pin, pin},
    time::{Duration, SystemTime},
};

use bytes::Bytes;
use http::{HeaderMap, Response, StatusCode, Uri, Version, header, response::Parts};
use tokio::time::{Instant, sleep};

use crate::{
    call::{Idempotency, Transport, Verdict, retry_after},
    download::{format::FileFormat, resume::Validators, writer::Writer},
    error::{Error, ErrorKind},
    exchange::{
        Body, TransferProgress,
        address::{address, redirect_target},
    },
    timeouts::limited,
};

/// Maximum size of a file, in bytes. It is about three times the size of one hour of WAV audio in CD quality.
const LARGEST: u64 = 2 * 1024 * 1024 * 1024;
/// Maximum time for the download of one file, with all attempts.
const LONGEST: Duration = Duration::from_secs(60 * 60);
/// Maximum number of redirects that one attempt follows.
const REDIRECTS: usize = 5;

/// A file that was downloaded completely.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Downloaded {
    /// Size of the file in bytes.
    pub bytes: u64,
    /// Format of the file, detected from its first bytes.
    pub format: FileFormat,
}

impl Transport {
    /// Downloads a media file to `path`, without the API key. `.await` the returned value to start the download.
    ///
    /// The address, and every address of a redirect, must be https, or http on a loopback address. A link from outside
    /// must not reach services inside of your network. So an IP address in a link must be public, which means a global
    /// unicast address. If an IPv6 address contains an IPv4 address, that address must be public too.
    ///
    /// The addresses of a host name are checked when the download connects. Loopback, private, link-local and multicast
    /// addresses are left out, and so are the addresses at which clouds serve the metadata of a machine. If no other
    /// address remains, the download is refused. Other addresses that are not public are allowed for a name, because
    /// the resolvers of NAT64 and of some proxies return them. The settings
    /// [`allow_loopback_downloads`](crate::TransportBuilder::allow_loopback_downloads) and
    /// [`allow_private_downloads`](crate::TransportBuilder::allow_private_downloads) allow more. If a proxy gets the
    /// host name, the proxy resolves it, and the addresses are not checked. Your own
    /// [`HttpService`](crate::HttpService) must check the addresses itself.
    ///
    /// After a broken connection, the download continues after the last byte that arrived, if the host supports ranges
    /// and its headers (entity tag, date or size) show the same file. Otherwise, the download starts again from the
    /// beginning. The download fails after [`Retry::attempts`](crate::Retry::attempts) attempts, and after one hour in
    /// total. An attempt that gets new data of the file counts as the first attempt. If the host asks for a pause with
    /// `Retry-After`, the next attempt waits for this pause. If the pause is longer than the rest of the hour, the
    /// download fails immediately.
    ///
    /// The file must be new: if there is already something at `path`, also a symbolic link, the download fails. On
    /// success, the file is on the disk. If its host announced a length, the file has this length. The length field in
    /// the data of the file is not checked, because some writers of WAV files leave it empty. After a failure, the
    /// caller has to remove the partial file. So `path` should be a temporary name.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Setup`] if an address is not allowed, [`ErrorKind::Status`] if the host refuses the request,
    /// [`ErrorKind::NotMedia`] if the first bytes are not those of a media file, [`ErrorKind::TooLarge`] if the file
    /// has more than 2 GiB or [more bytes](Download::at_most) than allowed, or needs more than one hour, [`ErrorKind::Disk`] if the file cannot be written or exists
    /// already. The other kinds mean the same as for calls.
    pub fn download(&self, url: impl Into<String>, path: impl Into<PathBuf>) -> Download {
        Download { transport: self.clone(), url: url.into(), path: path.into(), progress: None, most: LARGEST }
    }

    fn reachable(&self, uri: Uri) -> Result<Uri, Error> {
        self.shared.reach.check(&uri)?;
        Ok(uri)
    }
}

/// A download. [`Transport::download`] returns it. `.await` the value to start the download.
#[must_use = "nothing is downloaded unless this is awaited"]
pub struct Download {
    transport: Transport,
    url: String,
    path: PathBuf,
    progress: Option<TransferProgress>,
    /// Maximum size of the file, in bytes.
    most: u64,
}

impl Download {
    /// Reports to `progress` the number of bytes of the file that have arrived.
    pub fn progress(mut self, progress: TransferProgress) -> Self {
        self.progress = Some(progress);
        self
    }

    /// Sets the maximum size of the file in bytes, at most 2 GiB, which is the default. A larger file is refused with
    /// [`ErrorKind::TooLarge`].
    pub fn at_most(mut self, bytes: u64) -> Self {
        self.most = bytes.min(LARGEST);
        self
    }
}

impl IntoFuture for Download {
    type Output = Result<Downloaded, Error>;
    type IntoFuture = Pin<Box<dyn Future<Output = Self::Output> + Send>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(async move {
            let uri = self.transport.reachable(address(&self.url)?)?;
            let (begun, mut made) = (Instant::now(), 0);
            let state = DownloadState {
                download: self,
                uri,
                file: None,
                validators: None,
                bytes: 0,
                head: Vec::new(),
                asked: None,
            };
            let late = |_| Err(Error::new(ErrorKind::TooLarge, "the file took too long to arrive"));
            let downloaded = limited(LONGEST, pin!(state.run(&mut made))).await.unwrap_or_else(late);
            downloaded.map_err(|error| error.with_attempts(made, begun.elapsed()))
        })
    }
}

impl std::fmt::Debug for Download {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // The link is not shown, because a signed link gives access to the file.
        f.debug_struct("Download").field("path", &self.path).finish_non_exhaustive()
    }
}

/// State of a download.
struct DownloadState {
    download: Download,
    uri: Uri,
    /// The file, which stays open between two attempts. `None` before the first data.
    file: Option<File>,
    /// Headers that identify the file that is partly downloaded. `None` if the next attempt has to start from the
    /// beginning.
    validators: Option<Validators>,
    /// Number of bytes of the file that have arrived.
    bytes: u64,
    /// First bytes of the file, from which its format is detected.
    head: Vec<u8>,
    /// Pause that the last response asked for.
    asked: Option<Duration>,
}

impl DownloadState {
    async fn run(mut self, made: &mut u32) -> Result<Downloaded, Error> {
        let (begun, mut furthest, mut attempts) = (Instant::now(), 0, 0);
        loop {
            *made += 1;
            let outcome = self.attempt().await.map(Verdict::Done);
            if self.bytes > furthest {
                (furthest, attempts) = (self.bytes, 0);
            }
            attempts += 1;
            let pause = self.download.transport.pause(attempts, self.asked.take());
            let left = LONGEST.saturating_sub(begun.elapsed());
            match pause.filter(|pause| *pause < left && Idempotency::Idempotent.allows(&outcome)) {
                Some(pause) => {
                    self.download.transport.tell("download", attempts, pause, &outcome, None);
                    sleep(pause).await;
                }
                None => return outcome.map(|format| Downloaded { bytes: self.bytes, format: format.into_inner() }),
            }
        }
    }

    async fn attempt(&mut self) -> Result<FileFormat, Error> {
        let headers =
            self.validators.as_ref().map(|validators| validators.range_headers(self.bytes)).unwrap_or_default();
        let (head, body) = self.request(&headers).await?.into_parts();
        self.asked = retry_after(&head.headers, SystemTime::now);
        let end = self.begin(&head)?;
        let mut writer = match self.file.take() {
            Some(file) => Writer::resume(file, self.bytes).await?,
            None => Writer::create(&self.download.path).await?,
        };
        let outcome = self.write_body(body, &mut writer, end).await;
        // Writes the data that has arrived, also after a failure. The next attempt can then continue after this data.
        self.file = Some(writer.close().await?);
        outcome?;
        if self.total().is_some_and(|total| self.bytes < total) {
            return Err(Error::new(ErrorKind::Interrupted, "the file's host sent only a part of the file"));
        }
        FileFormat::of(&self.head).ok_or_else(not_media)
    }

    /// Sends the request, follows at most [`REDIRECTS`] redirects, and returns the last response.
    async fn request(&self, headers: &HeaderMap) -> Result<Response<Body>, Error> {
        let mut uri = self.uri.clone();
        for _ in 0..=REDIRECTS {
            let response = self.download.transport.fetch(uri.clone(), headers.clone()).await?;
            let location = response.headers().get(header::LOCATION).filter(|_| response.status().is_redirection());
            let Some(location) = location.and_then(|location| location.to_str().ok()) else { return Ok(response) };
            uri = self.download.transport.reachable(redirect_target(&uri, location)?)?;
        }
        Err(Error::new(ErrorKind::Status(310), "the file's host redirects too many times"))
    }

    /// Reads the head of a response, and decides whether the file is continued or starts again. Returns the position in
    /// the file, in bytes, at which the body has to end, or `None` if the position is unknown.
    fn begin(&mut self, head: &Parts) -> Result<Option<u64>, Error> {
        let end = match head.status {
            StatusCode::OK => {
                // A response over HTTP/1.1 must state its length or be sent in chunks. Otherwise, the file ends when
                // the connection ends, and a broken connection would look like the end of the file.
                let is_framed = [header::CONTENT_LENGTH, header::TRANSFER_ENCODING];
                if head.version <= Version::HTTP_11 && !is_framed.iter().any(|name| head.headers.contains_key(name)) {
                    let what = "the file's host does not say how long the file is";
                    return Err(Error::new(ErrorKind::Interrupted, what));
                }
                self.validators = Some(Validators::of(&head.headers));
                self.bytes = 0;
                self.head.clear();
                self.total()
            }
            StatusCode::PARTIAL_CONTENT | StatusCode::RANGE_NOT_SATISFIABLE => {
                let part = head.status == StatusCode::PARTIAL_CONTENT;
                let validators = self.validators.as_mut().filter(|_| part && self.bytes > 0);
                let Some(end) = validators.and_then(|validators| validators.part_end(&head.headers, self.bytes)) else {
                    self.validators = None;
                    return Err(Error::new(ErrorKind::Interrupted, "the file's host does not continue the same file"));
                };
                Some(end)
            }
            status => {
                let status = status.as_u16();
                return Err(Error::new(ErrorKind::Status(status), format!("the file's host answered HTTP {status}")));
            }
        };
        if self.total().is_some_and(|total| total > self.download.most) {
            return Err(too_large(self.download.most));
        }
        Ok(end)
    }

    /// Writes the body to the file. The body must end at the position `end` of the file, in bytes, if `end` is known.
    async fn write_body(&mut self, mut body: Body, writer: &mut Writer, end: Option<u64>) -> Result<(), Error> {
        let idle = self.download.transport.timeouts().idle;
        while let Some(piece) = body.piece(idle).await {
            let piece: Bytes = match piece {
                Ok(piece) => piece,
                // The file is complete, so it does not matter how the connection ended.
                Err(_) if end == Some(self.bytes) => break,
                Err(error) => return Err(error),
            };
            let bytes = self.bytes + piece.len() as u64;
            if end.is_some_and(|end| bytes > end) {
                self.validators = None;
                return Err(Error::new(ErrorKind::Interrupted, "the file's host sent more than it announced"));
            }
            if bytes > self.download.most {
                return Err(too_large(self.download.most));
            }
            let missing = FileFormat::HEAD.saturating_sub(self.head.len()).min(piece.len());
            self.head.extend_from_slice(&piece[..missing]);
            if missing > 0 && self.head.len() == FileFormat::HEAD && FileFormat::of(&self.head).is_none() {
                return Err(not_media());
            }
            writer.write(piece).await?;
            self.bytes = bytes;
            if let Some(progress) = &self.download.progress {
                progress.report(self.bytes, self.total());
            }
        }
        match end {
            Some(end) if self.bytes < end => {
                Err(Error::new(ErrorKind::Interrupted, "the file ended before its announced length"))
            }
            _ => Ok(()),
        }
    }

    fn total(&self) -> Option<u64> {
        self.validators.as_ref()?.total()
    }
}

fn not_media() -> Error {
    Error::new(ErrorKind::NotMedia, "the file's host sent data that is not a media file")
}

fn too_large(most: u64) -> Error {
    Error::new(ErrorKind::TooLarge, format!("the file has more than {most} bytes"))
}
