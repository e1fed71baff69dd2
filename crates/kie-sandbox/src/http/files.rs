//! The file host.

use bytes::Bytes;
use http::{HeaderMap, HeaderValue, Method, Response, StatusCode, header::USER_AGENT};
use kie_types::{Endpoint, GetCoverSunoDetails, GetMusicVideoDetails, GetWavDetails, Lifetime, Stage};
use tokio::time::Instant;

use crate::{
    account::{Account, Task, Track, UPLOADS, is_finished},
    media::mp3,
    operations::{answer, wav},
};

/// The name under which requests for files stand in the books, and under which they take faults.
pub const FILES: &str = "files";

static VIDEO: &[u8] = include_bytes!("../../assets/video.mp4");
static COVER: &[u8] = include_bytes!("../../assets/cover.jpeg");

/// Whether this is the path of a file, there or not.
pub(crate) fn is_file(path: &str) -> bool {
    let folders = ["/files/", "/stream/", "/images/", "/wavs/", "/stems/", "/videos/", UPLOADS];
    folders.iter().any(|folder| path.starts_with(folder))
}

/// Answers a request for a file. It needs no key, but it does need a name in `User-Agent`, as the real host does.
pub(crate) fn serve(
    account: &Account,
    method: &Method,
    path: &str,
    headers: &HeaderMap,
    now: Instant,
) -> Response<Bytes> {
    if headers.get(USER_AGENT).is_none_or(HeaderValue::is_empty) {
        return answer::page(StatusCode::FORBIDDEN);
    }
    if method != Method::GET && method != Method::HEAD {
        return answer::page(StatusCode::METHOD_NOT_ALLOWED);
    }
    file(account, path, now).unwrap_or_else(|| answer::page(StatusCode::NOT_FOUND))
}

fn file(account: &Account, path: &str, now: Instant) -> Option<Response<Bytes>> {
    match account.uploads.get(path) {
        Some(upload) => {
            let is_kept = now.duration_since(upload.at) < Lifetime::UPLOADED.shortest;
            is_kept.then(|| answer::file(upload.content_type, upload.bytes.clone()))
        }
        None => made(account, path, now),
    }
}

/// A file that a task made, once it is there and as long as it is kept.
pub(crate) fn made(account: &Account, path: &str, now: Instant) -> Option<Response<Bytes>> {
    let (folder, name) = path.strip_prefix('/')?.split_once('/')?;
    let shown = |task: &Task| task.served(now);
    let track_of = |name: &str| account.track(|track| track.file_name() == name);
    let song = |track: &Track| answer::file("audio/mpeg", mp3::song(&track.title, "kie-sandbox", track.duration));
    match folder {
        "files" => {
            let (task, index, track) = track_of(name.strip_suffix(".mp3")?)?;
            is_finished(index, shown(task)).then(|| song(track))
        }
        "stream" => {
            let (task, _, track) = track_of(name)?;
            (shown(task) >= Some(Stage::Text)).then(|| song(track))
        }
        "images" => {
            let name = name.strip_suffix(".jpeg")?;
            let cover_of = |(id, _)| account.task(GetCoverSunoDetails::NAME, id);
            let task = track_of(name).map(|(task, ..)| task).or_else(|| name.rsplit_once('-').and_then(cover_of))?;
            (shown(task) >= Some(Stage::Text)).then(|| answer::file("image/jpeg", COVER))
        }
        "wavs" => {
            let task = account.task(GetWavDetails::NAME, name.strip_suffix(".wav")?)?;
            let (_, _, track) = account.track(|track| task.work.converts() == Some(&track.id))?;
            shown(task).is_some().then(|| answer::file("audio/wav", wav::file(track.duration)))
        }
        // The name after the id is for people.
        "stems" => {
            let (name, _) = name.strip_suffix(".mp3")?.split_once('_')?;
            let (task, stem) = account.stem(|stem| stem.file_name() == name)?;
            let song = || answer::file("audio/mpeg", mp3::song(&stem.name, "kie-sandbox", stem.duration));
            shown(task).is_some().then(song)
        }
        "videos" => {
            let task = account.task(GetMusicVideoDetails::NAME, name.strip_suffix(".mp4")?)?;
            shown(task).is_some().then(|| answer::file("video/mp4", VIDEO))
        }
        _ => None,
    }
}
