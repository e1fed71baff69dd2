//! Writes a file while its data arrives.

use std::{
    fs::{File, OpenOptions},
    io::{self, IoSlice, Seek, SeekFrom, Write},
    path::Path,
};

use bytes::Bytes;
use tokio::task::{JoinError, JoinHandle, spawn_blocking};

use crate::error::{Error, ErrorKind};

/// Minimum number of bytes in a batch. Data is collected until a batch has this size. The batch is then written to the
/// file. The last batch may be smaller.
const BATCH: usize = 1024 * 1024;

/// Writes data in batches, on threads that may block. While one batch is written, the next batch is collected.
///
/// At most two batches are in memory. When the writer is dropped, the batch that is being collected is lost, and the
/// batch that is being written is still written.
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
    /// Creates a new file. Fails if there is already something at the path, such as a file or a symbolic link. So the
    /// download cannot change a file that belongs to another program.
    pub(crate) async fn create(path: &Path) -> Result<Self, Error> {
        let path = path.to_owned();
        let created = spawn_blocking(move || OpenOptions::new().write(true).create_new(true).open(path)).await;
        Ok(Self::of(finished(created)?))
    }

    /// Continues to write a file at the position `at`, in bytes. Removes the data after that position.
    pub(crate) async fn resume(mut file: File, at: u64) -> Result<Self, Error> {
        let resumed = spawn_blocking(move || {
            if file.metadata()?.len() < at {
                return Err(io::Error::other("the file has become shorter"));
            }
            file.set_len(at)?;
            file.seek(SeekFrom::Start(at))?;
            Ok(file)
        });
        Ok(Self::of(finished(resumed.await)?))
    }

    fn of(file: File) -> Self {
        Self { disk: Disk::Idle(file), batch: Vec::new(), collected: 0 }
    }

    /// Adds a piece to the batch. If writing a batch fails, a later call of `write` or `close` returns the error.
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

    /// Writes the last batch, and returns the file. Completes when all data is on the disk.
    pub(crate) async fn close(mut self) -> Result<File, Error> {
        let mut file = self.file().await?;
        let last = spawn_blocking(move || {
            write_all(&mut file, &self.batch)?;
            file.sync_all()?;
            Ok(file)
        });
        finished(last.await)
    }

    /// Waits until no batch is being written, and returns the file.
    async fn file(&mut self) -> Result<File, Error> {
        match std::mem::replace(&mut self.disk, Disk::Failed) {
            Disk::Idle(file) => Ok(file),
            Disk::Busy(writing) => finished(writing.await),
            Disk::Failed => Err(failed(io::Error::other("an earlier write failed"))),
        }
    }
}

/// Writes the pieces of a batch without copying them into one buffer first.
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

/// Converts the result of a blocking task. A panic of the task becomes an error.
fn finished<T>(work: Result<io::Result<T>, JoinError>) -> Result<T, Error> {
    work.unwrap_or_else(|error| Err(io::Error::other(error))).map_err(failed)
}

fn failed(error: io::Error) -> Error {
    Error::new(ErrorKind::Disk, "the file could not be written").with_source(error)
}
