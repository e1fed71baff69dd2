//! The files that are served: results of tasks, and uploads.

use bytes::Bytes;
use kie_types::{Endpoint, GetCoverSunoDetails, GetMusicVideoDetails, GetWavDetails, Lifetime, Stage};
use tokio::time::Instant;

use crate::account::{Account, Task, Track, UPLOADS, is_finished};

use super::{mp3, wav};

static VIDEO: &[u8] = include_bytes!("../../assets/video.mp4");
static COVER: &[u8] = include_bytes!("../../assets/cover.jpeg");

/// Name that stands for requests for files. Pass it to [`Sandbox::requests`](crate::Sandbox::requests) or
/// [`Sandbox::fault`](crate::Sandbox::fault) in place of the name of an operation.
pub const FILES: &str = "files";

/// A file with its content type.
pub(crate) struct ServedFile {
    pub(crate) content_type: &'static str,
    pub(crate) bytes: Bytes,
}

impl ServedFile {
    fn new(content_type: &'static str, bytes: impl Into<Bytes>) -> Self {
        Self { content_type, bytes: bytes.into() }
    }
}

/// Returns `true` if the path begins like the path of a file. The file need not exist.
pub(crate) fn is_file(path: &str) -> bool {
    let folders = ["/files/", "/sources/", "/stream/", "/images/", "/wavs/", "/stems/", "/videos/", UPLOADS];
    folders.iter().any(|folder| path.starts_with(folder))
}

/// Returns the file at this path, if it exists and has not expired.
pub(crate) fn find(account: &Account, path: &str, now: Instant) -> Option<ServedFile> {
    match account.uploads.get(path) {
        Some(upload) => {
            let is_kept = now.duration_since(upload.at) < Lifetime::UPLOADED.shortest;
            is_kept.then(|| ServedFile::new(upload.content_type, upload.bytes.clone()))
        }
        None => made(account, path, now),
    }
}

/// Returns the result file of a task at this path, if the task has reached the stage of the file, and if the file has
/// not expired.
pub(crate) fn made(account: &Account, path: &str, now: Instant) -> Option<ServedFile> {
    let (folder, name) = path.strip_prefix('/')?.split_once('/')?;
    let shown = |task: &Task| task.served(now);
    let finished = |task: &Task| task.served_final(now);
    let track_of = |name: &str| account.track_with_file(name);
    let song = |track: &Track| ServedFile::new("audio/mpeg", mp3::song(&track.title, "kie-sandbox", track.duration));
    match folder {
        "files" | "sources" => {
            let (task, index, track) = track_of(name.strip_suffix(".mp3")?)?;
            is_finished(index, finished(task)).then(|| song(track))
        }
        "stream" => {
            let (task, _, track) = track_of(name)?;
            (shown(task) >= Some(Stage::Text)).then(|| song(track))
        }
        "images" => {
            let name = name.strip_suffix(".jpeg")?;
            let cover_of = |(id, _)| account.task(GetCoverSunoDetails::NAME, id);
            let task = track_of(name).map(|(task, ..)| task).or_else(|| name.rsplit_once('-').and_then(cover_of))?;
            (shown(task) >= Some(Stage::Text)).then(|| ServedFile::new("image/jpeg", COVER))
        }
        "wavs" => {
            let task = account.task(GetWavDetails::NAME, name.strip_suffix(".wav")?)?;
            let (_, _, track) = account.track(task.work.converts()?)?;
            finished(task).is_some().then(|| ServedFile::new("audio/wav", wav::file(track.duration)))
        }
        // The file name has the id of the stem, `_`, and the name of the stem. The name of the stem is not checked.
        "stems" => {
            let (name, _) = name.strip_suffix(".mp3")?.split_once('_')?;
            let (task, stem) = account.stem(|stem| stem.file_name() == name)?;
            let song = || ServedFile::new("audio/mpeg", mp3::song(&stem.name, "kie-sandbox", stem.duration));
            finished(task).is_some().then(song)
        }
        "videos" => {
            let task = account.task(GetMusicVideoDetails::NAME, name.strip_suffix(".mp4")?)?;
            finished(task).is_some().then(|| ServedFile::new("video/mp4", VIDEO))
        }
        _ => None,
    }
}
