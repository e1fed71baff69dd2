//! Files: fetched without a key, written as they come.

use std::{path::Path, time::Duration};

use http::{StatusCode, Uri, Version, header};
use tokio::{
    fs::File,
    io::{AsyncWriteExt, BufWriter},
    time::{sleep, timeout},
};

use crate::{
    address::{address, elsewhere, is_loopback},
    body::Body,
    error::{Error, ErrorKind},
    format::Format,
    retry::{self, Answer, Repeat},
    transport::Transport,
};

/// How much is gathered before it is written, in bytes.
const BUFFER: usize = 1024 * 1024;
/// The largest file, in bytes: an hour of lossless audio has a third of it.
const LARGEST: u64 = 2 * 1024 * 1024 * 1024;
/// The longest that one file may take.
const LONGEST: Duration = Duration::from_secs(60 * 60);
/// How many times a host may point elsewhere.
const REDIRECTS: usize = 5;

/// A file that arrived whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Arrived {
    /// Its size in bytes.
    pub bytes: u64,
    /// What it is, by its first bytes.
    pub format: Format,
}

impl Transport {
    /// Fetches a media file into a new file at `path`, without any credentials.
    ///
    /// The address must be https, as must be all that it redirects to. Addresses of this machine are used only if the
    /// transport was told so: whoever hands out links must not reach what listens there.
    ///
    /// The file is complete and on the disk when this returns. Give it a temporary name: what a failure leaves behind
    /// is for the caller to remove.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Status`] if the host refuses, [`ErrorKind::NotMedia`] if it sends something else than a media
    /// file, [`ErrorKind::TooLarge`] if it sends too much, [`ErrorKind::Disk`] if the disk refuses.
    pub async fn download(&self, url: &str, path: &Path) -> Result<Arrived, Error> {
        let uri = self.reachable(address(url)?)?;
        let mut attempts = 0;
        loop {
            attempts += 1;
            let late = |_| Err(Error::new(ErrorKind::TooLarge, "the file took too long to arrive"));
            let outcome = timeout(LONGEST, self.fetch_into(uri.clone(), path)).await.unwrap_or_else(late);
            let outcome = outcome.map(Answer::Final);
            if !Repeat::Always.allows(&outcome) || attempts >= self.retry().attempts {
                return outcome.map(Answer::into_inner);
            }
            sleep(self.retry().pause(attempts, None, retry::chance())).await;
        }
    }

    fn reachable(&self, uri: Uri) -> Result<Uri, Error> {
        if is_loopback(&uri) && !self.reaches_loopback() {
            return Err(Error::new(ErrorKind::Setup, "a file on a loopback address is not fetched from this service"));
        }
        Ok(uri)
    }

    async fn fetch_into(&self, mut uri: Uri, path: &Path) -> Result<Arrived, Error> {
        for _ in 0..=REDIRECTS {
            let (head, body) = self.fetch(uri.clone()).await?.into_parts();
            if head.status == StatusCode::OK {
                // Where the end of the connection is the end of the file, a cut cannot be told from it.
                let is_framed = [header::CONTENT_LENGTH, header::TRANSFER_ENCODING];
                if head.version <= Version::HTTP_11 && !is_framed.iter().any(|name| head.headers.contains_key(name)) {
                    return Err(Error::new(
                        ErrorKind::Interrupted,
                        "the file's host does not say how long the file is",
                    ));
                }
                return self.write(body, path).await;
            }
            let location = head.headers.get(header::LOCATION).filter(|_| head.status.is_redirection());
            let Some(location) = location.and_then(|location| location.to_str().ok()) else {
                let status = head.status.as_u16();
                return Err(Error::new(ErrorKind::Status(status), format!("the file's host answered HTTP {status}")));
            };
            uri = self.reachable(elsewhere(&uri, location)?)?;
        }
        Err(Error::new(ErrorKind::Status(310), "the file's host points elsewhere again and again"))
    }

    async fn write(&self, mut body: Body, path: &Path) -> Result<Arrived, Error> {
        let idle = self.timeouts().idle;
        let file = File::create(path).await.map_err(disk)?;
        let mut file = BufWriter::with_capacity(BUFFER, file);
        let mut head = Vec::with_capacity(Format::HEAD);
        let mut bytes = 0;
        while let Some(piece) = body.piece(idle).await.transpose()? {
            let missing = Format::HEAD.saturating_sub(head.len()).min(piece.len());
            head.extend_from_slice(&piece[..missing]);
            bytes += piece.len() as u64;
            if bytes > LARGEST {
                return Err(Error::new(ErrorKind::TooLarge, format!("the file has more than {LARGEST} bytes")));
            }
            file.write_all(&piece).await.map_err(disk)?;
        }
        file.flush().await.map_err(disk)?;
        file.get_ref().sync_all().await.map_err(disk)?;
        let not_media = || Error::new(ErrorKind::NotMedia, "what the file's host sent is not a media file");
        Ok(Arrived { bytes, format: Format::of(&head).ok_or_else(not_media)? })
    }
}

fn disk(error: std::io::Error) -> Error {
    Error::new(ErrorKind::Disk, "the file could not be written").with_source(error)
}
