//! Files: fetched without a key, written as they come.

use std::path::Path;

use http::{StatusCode, Uri, header};
use tokio::{
    fs::File,
    io::{AsyncWriteExt, BufWriter},
    time::sleep,
};

use crate::{
    address::public_or_loopback,
    body::Body,
    error::{Error, ErrorKind},
    format::Format,
    retry::{self, Answer, Repeat},
    transport::Transport,
};

/// How much is gathered before it is written, in bytes.
const BUFFER: usize = 1024 * 1024;
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
    /// Fetches a media file into a new file at `path`, without any credentials, over https or from a loopback address.
    ///
    /// The file is complete and on the disk when this returns. Give it a temporary name: what a failure leaves behind
    /// is for the caller to remove.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Status`] if the host refuses, [`ErrorKind::NotMedia`] if it sends something else than a media
    /// file, [`ErrorKind::Disk`] if the disk does.
    pub async fn download(&self, url: &str, path: &Path) -> Result<Arrived, Error> {
        let uri = public_or_loopback(url)?;
        let mut attempts = 0;
        loop {
            attempts += 1;
            let outcome = self.fetch_into(uri.clone(), path).await.map(Answer::Final);
            if !Repeat::Always.allows(&outcome) || attempts >= self.retry().attempts {
                return outcome.map(Answer::into_inner);
            }
            sleep(self.retry().pause(attempts, None, retry::chance())).await;
        }
    }

    async fn fetch_into(&self, mut uri: Uri, path: &Path) -> Result<Arrived, Error> {
        for _ in 0..=REDIRECTS {
            let (head, body) = self.fetch(uri).await?.into_parts();
            if head.status == StatusCode::OK {
                return self.write(body, path).await;
            }
            let elsewhere = head.headers.get(header::LOCATION).filter(|_| head.status.is_redirection());
            let Some(elsewhere) = elsewhere.and_then(|location| location.to_str().ok()) else {
                let status = head.status.as_u16();
                return Err(Error::new(ErrorKind::Status(status), format!("the file's host answered HTTP {status}")));
            };
            uri = public_or_loopback(elsewhere)?;
        }
        Err(Error::new(ErrorKind::Interrupted, "the file's host points elsewhere again and again"))
    }

    async fn write(&self, mut body: Body, path: &Path) -> Result<Arrived, Error> {
        let idle = self.timeouts().idle;
        let file = File::create(path).await.map_err(disk)?;
        let mut file = BufWriter::with_capacity(BUFFER, file);
        let mut head = Vec::with_capacity(Format::HEAD);
        let mut bytes = 0;
        // A body that ends before its stated length is an error of hyper's, so what ends well is whole.
        while let Some(piece) = body.piece(idle).await.transpose()? {
            let missing = Format::HEAD.saturating_sub(head.len()).min(piece.len());
            head.extend_from_slice(&piece[..missing]);
            bytes += piece.len() as u64;
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
