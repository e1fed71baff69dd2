//! Facts that a media file tells about itself: its duration, the extension that fits its tracks, and its content without
//! tags.
//!
//! A host can serve a file that is well-formed but ends early. So the duration is that of the data in the file. It can
//! be shorter than the duration that a field of the file states.

mod content;
mod mp3;
mod mp4;
mod wav;

use std::{
    fs::File,
    io::{BufReader, Read as _},
    path::{Path, PathBuf},
};

use kie_transport::FileFormat;
use tokio::task::spawn_blocking;

pub(super) use content::{content_number, same_content};

/// Returns the duration of the audio or video in a local file, in seconds: that of an MP3, WAV, M4A or MP4 file. The data
/// in the file counts, not a field that states its duration. Use it to check a position before a file is uploaded.
///
/// Returns `None` if the file cannot be read, is no regular file, or has another format. The whole file is read if it is
/// an MP3 file.
pub async fn media_duration(path: impl AsRef<Path>) -> Option<f64> {
    let path = path.as_ref().to_owned();
    let head = path.clone();
    let format = spawn_blocking(move || {
        // Opening a named pipe that nobody writes to would block.
        std::fs::metadata(&head).ok().filter(std::fs::Metadata::is_file)?;
        let mut bytes = Vec::new();
        File::open(head).ok()?.take(FileFormat::HEAD as u64).read_to_end(&mut bytes).ok()?;
        FileFormat::of(&bytes)
    });
    let format = format.await.ok().flatten()?;
    read(path, format, true).await.duration_s
}

/// Facts about a media file.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Media {
    /// Duration of the data in the file, in seconds. `None` if it cannot be determined.
    pub(super) duration_s: Option<f64>,
    /// File name extension, without a dot.
    pub(super) extension: &'static str,
}

/// Reads a media file. Returns no duration if the file cannot be read in this format. If `counts` is `false`, the
/// duration of an MP3 or WAV file is not determined. The duration of an MP4 file is always returned, because it is read
/// together with the tracks.
pub(super) async fn read(path: PathBuf, format: FileFormat, counts: bool) -> Media {
    let plain = Media { duration_s: None, extension: format.extension() };
    let read = spawn_blocking(move || {
        let mut file = BufReader::new(File::open(path).ok()?);
        Some(match format {
            FileFormat::Mp3 if counts => Media { duration_s: mp3::duration(&mut file).ok().flatten(), ..plain },
            FileFormat::Wav if counts => Media { duration_s: wav::duration(&mut file).ok().flatten(), ..plain },
            FileFormat::M4a | FileFormat::Mp4 => {
                let movie = mp4::read(&mut file).ok()?;
                // The brand at the beginning of the file does not tell whether the file has video: `isom` stands for
                // both.
                let extension = if movie.has_video { FileFormat::Mp4 } else { FileFormat::M4a }.extension();
                Media { duration_s: movie.duration_s, extension }
            }
            _ => plain,
        })
    });
    read.await.ok().flatten().unwrap_or(plain)
}
