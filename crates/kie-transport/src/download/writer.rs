//! A file that is written while more of it arrives.

use std::{
    fs::{File, OpenOptions},
    io::{self, IoSlice, Seek, SeekFrom, Write},
    path::Path,
};

use bytes::Bytes;
use tokio::task::{JoinError, JoinHandle, spawn_blocking};

use crate::error::{Error, ErrorKind};

/// How much is gathered before it is written, in bytes.
const BATCH: usize = 1024 * 1024;

/// Writes in batches on the threads that may block: one is gathered while the one before it is written.
///
/// At most two batches and a piece are in memory. Whoever drops it half-way loses what was gathered, and no thread goes
/// on for longer than the batch that it writes.
pub(crate) struct Writer {
    disk: Disk,
    batch: Vec<Bytes>,
    gathered: usize,
}

enum Disk {
    Idle(File),
    Busy(JoinHandle<io::Result<File>>),
    Failed,
}

impl Writer {
    /// Opens a file, made if it is missing, to go on from this many bytes; what it holds beyond them is dropped.
    pub(crate) async fn open(path: &Path, at: u64) -> Result<Self, Error> {
        let path = path.to_owned();
        let opening = spawn_blocking(move || {
            let mut file = OpenOptions::new().write(true).create(true).truncate(false).open(path)?;
            if file.metadata()?.len() < at {
                return Err(io::Error::other("the file has become shorter"));
            }
            file.set_len(at)?;
            file.seek(SeekFrom::Start(at))?;
            Ok(file)
        });
        let mut writer = Self { disk: Disk::Busy(opening), batch: Vec::new(), gathered: 0 };
        writer.disk = Disk::Idle(writer.file().await?);
        Ok(writer)
    }

    /// Takes the next piece. A failure of the disk is told with the piece after it.
    pub(crate) async fn write(&mut self, piece: Bytes) -> Result<(), Error> {
        self.gathered += piece.len();
        self.batch.push(piece);
        if matches!(&self.disk, Disk::Busy(writing) if writing.is_finished()) {
            self.disk = Disk::Idle(self.file().await?);
        }
        if self.gathered < BATCH {
            return Ok(());
        }
        let (mut file, batch) = (self.file().await?, std::mem::take(&mut self.batch));
        self.gathered = 0;
        self.disk = Disk::Busy(spawn_blocking(move || write_all(&mut file, &batch).map(|()| file)));
        Ok(())
    }

    /// Ends when everything is on the disk.
    pub(crate) async fn close(mut self) -> Result<(), Error> {
        let mut file = self.file().await?;
        let last = spawn_blocking(move || {
            write_all(&mut file, &self.batch)?;
            file.sync_all()
        });
        finished(last.await)
    }

    /// The file, once what is being done with it is done.
    async fn file(&mut self) -> Result<File, Error> {
        match std::mem::replace(&mut self.disk, Disk::Failed) {
            Disk::Idle(file) => Ok(file),
            Disk::Busy(writing) => finished(writing.await),
            Disk::Failed => Err(failed(io::Error::other("it has failed before"))),
        }
    }
}

/// Writes the pieces as they lie, without putting them together first.
fn write_all(file: &mut File, batch: &[Bytes]) -> io::Result<()> {
    let mut slices: Vec<_> = batch.iter().map(|piece| IoSlice::new(piece)).collect();
    let mut left = &mut slices[..];
    while !left.is_empty() {
        match file.write_vectored(left) {
            Ok(0) => return Err(io::ErrorKind::WriteZero.into()),
            Ok(written) => IoSlice::advance_slices(&mut left, written),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

/// What came of work on another thread, which may have panicked.
fn finished<T>(work: Result<io::Result<T>, JoinError>) -> Result<T, Error> {
    work.unwrap_or_else(|error| Err(io::Error::other(error))).map_err(failed)
}

fn failed(error: io::Error) -> Error {
    Error::new(ErrorKind::Disk, "the file could not be written").with_source(error)
}
