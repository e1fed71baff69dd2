//! Writes a file while its data arrives.

use std::{
    fs::{File, OpenOptions},
    io::{self, IoSlice, Seek, SeekFrom, Write},
    path::Path,
};

use bytes::Bytes;
use tokio::task::{JoinError, JoinHandle, spawn_blocking};

use crate::error::{Error, ErrorKind};

/// Number of bytes that are collected before they are written.
const BATCH: usize = 1024 * 1024;

/// Writes in batches on threads that may block. The next batch is collected while the last one is written.
///
/// At most two batches and one piece are in memory. Dropping the writer loses the batch that is being collected; a
/// thread ends after the batch that it is writing.
pub(crate) struct Writer {
    disk: Disk,
    batch: Vec<Bytes>,
    collected: usize,
}

enum Disk {
    Idle(File),
    Busy(JoinHandle<io::Result<File>>),
    Failed,
}

impl Writer {
    /// Opens the file, or creates it, to continue at byte `at`. Data after that position is removed.
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
        let mut writer = Self { disk: Disk::Busy(opening), batch: Vec::new(), collected: 0 };
        writer.disk = Disk::Idle(writer.file().await?);
        Ok(writer)
    }

    /// Adds a piece. A failure of the disk is returned by a later call.
    pub(crate) async fn write(&mut self, piece: Bytes) -> Result<(), Error> {
        self.collected += piece.len();
        self.batch.push(piece);
        if matches!(&self.disk, Disk::Busy(writing) if writing.is_finished()) {
            self.disk = Disk::Idle(self.file().await?);
        }
        if self.collected < BATCH {
            return Ok(());
        }
        let (mut file, batch) = (self.file().await?, std::mem::take(&mut self.batch));
        self.collected = 0;
        self.disk = Disk::Busy(spawn_blocking(move || write_all(&mut file, &batch).map(|()| file)));
        Ok(())
    }

    /// Writes the last batch and completes when all data is on the disk.
    pub(crate) async fn close(mut self) -> Result<(), Error> {
        let mut file = self.file().await?;
        let last = spawn_blocking(move || {
            write_all(&mut file, &self.batch)?;
            file.sync_all()
        });
        finished(last.await)
    }

    /// Waits until the file is idle and returns it.
    async fn file(&mut self) -> Result<File, Error> {
        match std::mem::replace(&mut self.disk, Disk::Failed) {
            Disk::Idle(file) => Ok(file),
            Disk::Busy(writing) => finished(writing.await),
            Disk::Failed => Err(failed(io::Error::other("an earlier write failed"))),
        }
    }
}

/// Writes the pieces without copying them into one buffer first.
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

/// Converts the result of a blocking thread, which may have panicked.
fn finished<T>(work: Result<io::Result<T>, JoinError>) -> Result<T, Error> {
    work.unwrap_or_else(|error| Err(io::Error::other(error))).map_err(failed)
}

fn failed(error: io::Error) -> Error {
    Error::new(ErrorKind::Disk, "the file could not be written").with_source(error)
}
