//! One file fetched without a key, written as it comes, continued where it was cut.

use std::{path::PathBuf, pin::Pin, time::Duration};

use bytes::Bytes;
use http::{HeaderMap, Response, StatusCode, Uri, Version, header, response::Parts};
use tokio::time::{Instant, sleep, timeout};

use crate::{
    call::{Idempotency, Transport, Verdict},
    download::{format::FileFormat, resume::Validators, writer::Writer},
    error::{Error, ErrorKind},
    exchange::{
        Body, TransferProgress,
        address::{address, elsewhere, is_loopback, is_private},
    },
};

/// The largest file, in bytes: an hour of lossless audio has a third of it.
const LARGEST: u64 = 2 * 1024 * 1024 * 1024;
/// The longest that one file may take.
const LONGEST: Duration = Duration::from_secs(60 * 60);
/// How many times a host may point elsewhere.
const REDIRECTS: usize = 5;

/// A file that arrived whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Downloaded {
    /// Its size in bytes.
    pub bytes: u64,
    /// What it is, by its first bytes.
    pub format: FileFormat,
}

impl Transport {
    /// Fetches a media file into the file at `path`, without any credentials. `.await` what this returns.
    ///
    /// The address must be https, as must be all that it redirects to. Addresses of this machine are used only if the
    /// transport was told so, and those of private networks never: whoever hands out links must not reach what listens
    /// there. That holds for addresses written as numbers; what a name stands for is not looked into.
    ///
    /// A file that was cut is continued where its host allows that and proves that it is still the same file, else it
    /// is begun anew. It is tried again as often as [`Retry::attempts`](crate::Retry::attempts) says without any
    /// progress, for an hour in all.
    ///
    /// The file is complete, as long as its host announced, and on the disk when this ends well. What it says of its
    /// own length is not held against it: some writers of WAV files leave that field empty. Give it a temporary name:
    /// what a failure leaves behind is for the caller to remove.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Status`] if the host refuses, [`ErrorKind::NotMedia`] as soon as it sends something else than a
    /// media file, [`ErrorKind::TooLarge`] if it sends too much, [`ErrorKind::Disk`] if the disk refuses.
    pub fn download(&self, url: impl Into<String>, path: impl Into<PathBuf>) -> Download {
        Download { transport: self.clone(), url: url.into(), path: path.into(), progress: None }
    }

    fn reachable(&self, uri: Uri) -> Result<Uri, Error> {
        if is_private(&uri) {
            return Err(Error::new(ErrorKind::Setup, "a file on a private network is not fetched"));
        }
        if is_loopback(&uri) && !self.reaches_loopback() {
            return Err(Error::new(ErrorKind::Setup, "a file on a loopback address is not fetched from this service"));
        }
        Ok(uri)
    }
}

/// A file that is to be fetched: `.await` it. Made by [`Transport::download`].
#[must_use = "nothing is fetched unless this is awaited"]
pub struct Download {
    transport: Transport,
    url: String,
    path: PathBuf,
    progress: Option<TransferProgress>,
}

impl Download {
    /// Tells this meter how much of the file has arrived.
    pub fn progress(mut self, progress: TransferProgress) -> Self {
        self.progress = Some(progress);
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
            let file = Coming { fetch: self, uri, origin: None, bytes: 0, head: Vec::new() };
            let late = |_| Err(Error::new(ErrorKind::TooLarge, "the file took too long to arrive"));
            let arrived = timeout(LONGEST, file.arrive(&mut made)).await.unwrap_or_else(late);
            arrived.map_err(|error| error.with_attempts(made, begun.elapsed()))
        })
    }
}

impl std::fmt::Debug for Download {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // The link may be signed.
        f.debug_struct("Download").field("path", &self.path).finish_non_exhaustive()
    }
}

/// A file as far as it has come.
struct Coming {
    fetch: Download,
    uri: Uri,
    /// What is known of the file that has begun to come; none if the next attempt is to begin anew.
    origin: Option<Validators>,
    /// How much of it has come.
    bytes: u64,
    /// Its first bytes, by which it is told what it is.
    head: Vec<u8>,
}

impl Coming {
    async fn arrive(mut self, made: &mut u32) -> Result<Downloaded, Error> {
        let (mut furthest, mut attempts) = (0, 0);
        loop {
            *made += 1;
            let outcome = self.attempt().await.map(Verdict::Done);
            if self.bytes > furthest {
                (furthest, attempts) = (self.bytes, 0);
            }
            attempts += 1;
            let pause = self.fetch.transport.pause(attempts, None);
            match pause.filter(|_| Idempotency::Idempotent.allows(&outcome)) {
                Some(pause) => sleep(pause).await,
                None => return outcome.map(|format| Downloaded { bytes: self.bytes, format: format.into_inner() }),
            }
        }
    }

    async fn attempt(&mut self) -> Result<FileFormat, Error> {
        let ask = self.origin.as_ref().map(|origin| origin.ask(self.bytes)).unwrap_or_default();
        let (head, body) = self.answer(&ask).await?.into_parts();
        let end = self.begin(&head)?;
        let mut writer = Writer::open(&self.fetch.path, self.bytes).await?;
        let outcome = self.pour(body, &mut writer, end).await;
        // What has come before a cut is kept, for the next attempt to go on from.
        writer.close().await?;
        outcome?;
        if self.total().is_some_and(|total| self.bytes < total) {
            return Err(Error::new(ErrorKind::Interrupted, "the file's host sent only a part of the file"));
        }
        FileFormat::of(&self.head).ok_or_else(not_media)
    }

    /// The host's answer, after it has pointed elsewhere a few times at most.
    async fn answer(&self, ask: &HeaderMap) -> Result<Response<Body>, Error> {
        let mut uri = self.uri.clone();
        for _ in 0..=REDIRECTS {
            let answer = self.fetch.transport.fetch(uri.clone(), ask.clone()).await?;
            let location = answer.headers().get(header::LOCATION).filter(|_| answer.status().is_redirection());
            let Some(location) = location.and_then(|location| location.to_str().ok()) else { return Ok(answer) };
            uri = self.fetch.transport.reachable(elsewhere(&uri, location)?)?;
        }
        Err(Error::new(ErrorKind::Status(310), "the file's host points elsewhere again and again"))
    }

    /// Reads the head of an answer: whether the file goes on or begins anew, and where what now comes will end.
    fn begin(&mut self, head: &Parts) -> Result<Option<u64>, Error> {
        let end = match head.status {
            StatusCode::OK => {
                // Where the end of the connection is the end of the file, a cut cannot be told from it.
                let is_framed = [header::CONTENT_LENGTH, header::TRANSFER_ENCODING];
                if head.version <= Version::HTTP_11 && !is_framed.iter().any(|name| head.headers.contains_key(name)) {
                    let what = "the file's host does not say how long the file is";
                    return Err(Error::new(ErrorKind::Interrupted, what));
                }
                self.origin = Some(Validators::of(&head.headers));
                self.bytes = 0;
                self.head.clear();
                self.total()
            }
            StatusCode::PARTIAL_CONTENT | StatusCode::RANGE_NOT_SATISFIABLE => {
                let part = head.status == StatusCode::PARTIAL_CONTENT;
                let origin = self.origin.as_mut().filter(|_| part && self.bytes > 0);
                let Some(end) = origin.and_then(|origin| origin.go_on(&head.headers, self.bytes)) else {
                    self.origin = None;
                    return Err(Error::new(
                        ErrorKind::Interrupted,
                        "the file's host does not go on with the same file",
                    ));
                };
                Some(end)
            }
            status => {
                let status = status.as_u16();
                return Err(Error::new(ErrorKind::Status(status), format!("the file's host answered HTTP {status}")));
            }
        };
        if self.total().is_some_and(|total| total > LARGEST) {
            return Err(too_large());
        }
        Ok(end)
    }

    /// Writes what comes, up to where it is to end.
    async fn pour(&mut self, mut body: Body, writer: &mut Writer, end: Option<u64>) -> Result<(), Error> {
        let idle = self.fetch.transport.timeouts().idle;
        while let Some(piece) = body.piece(idle).await {
            let piece: Bytes = match piece {
                Ok(piece) => piece,
                // All of it has come, however the connection ended.
                Err(_) if end == Some(self.bytes) => break,
                Err(error) => return Err(error),
            };
            let bytes = self.bytes + piece.len() as u64;
            if end.is_some_and(|end| bytes > end) {
                self.origin = None;
                return Err(Error::new(ErrorKind::Interrupted, "the file's host sent more than it announced"));
            }
            if bytes > LARGEST {
                return Err(too_large());
            }
            let missing = FileFormat::HEAD.saturating_sub(self.head.len()).min(piece.len());
            self.head.extend_from_slice(&piece[..missing]);
            if missing > 0 && self.head.len() == FileFormat::HEAD && FileFormat::of(&self.head).is_none() {
                return Err(not_media());
            }
            writer.write(piece).await?;
            self.bytes = bytes;
            if let Some(progress) = &self.fetch.progress {
                progress.tell(self.bytes, self.total());
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
        self.origin.as_ref()?.total()
    }
}

fn not_media() -> Error {
    Error::new(ErrorKind::NotMedia, "what the file's host sent is not a media file")
}

fn too_large() -> Error {
    Error::new(ErrorKind::TooLarge, format!("the file has more than {LARGEST} bytes"))
}
