//! Tagging the saved files of a task.

use std::{fs, io, path::Path, time::Duration};

use anyhow::{Context as _, bail};
use kie_suno::{files::SavedFile, records::Item};
use tokio::{task::spawn_blocking, time::timeout};

use super::{
    about::TagFacts,
    ids::SongIds,
    song::{CoverFormat, CoverImage, SongTags},
    write::write,
};
use crate::{exit::Interrupt, output::note};

/// Maximum size of a cover image in a tag, in bytes. A larger image is left out.
const MAX_COVER: u64 = 8 * 1024 * 1024;
/// Maximum time for fetching a cover image. The song is saved already, so the command does not wait longer for its cover.
const COVER_TIMEOUT: Duration = Duration::from_secs(20);
/// Text of a track without singing.
const INSTRUMENTAL: &str = "[Instrumental]";

/// Writes tags to the songs among the saved files of a task. Returns the files with their new sizes. A song that cannot
/// be tagged stays as it is, and a warning is printed. The cover is the saved image of the song, or else the image to
/// which the item links. A cover that cannot be used is a warning too.
///
/// An interrupt ends the wait for a cover, and the songs get the other tags.
pub(crate) async fn tag_saved(
    mut files: Vec<SavedFile>,
    items: &[Item],
    about: &TagFacts,
    interrupt: &Interrupt,
) -> Vec<SavedFile> {
    for index in 0..files.len() {
        if !about.has_tags || !is_song(&files[index].path) {
            continue;
        }
        let item = item_of(&files[index], items);
        let cover = cover_of(&files[index], &files, item, about, interrupt).await.unwrap_or_else(|error| {
            note!("warning: {} gets no cover: {error:#}", files[index].path.display());
            None
        });
        let song = SongTags { cover, ..song_of(&files[index], item, items, about) };
        let path = files[index].path.clone();
        let written = spawn_blocking(move || write(&path, &song));
        // The outer error is a panic. The file is then unchanged too.
        match written.await.map_err(anyhow::Error::from).flatten() {
            Ok(bytes) => files[index].bytes = bytes,
            Err(error) => note!("warning: {} gets no tags: {error:#}", files[index].path.display()),
        }
    }
    files
}

/// Returns the item whose file this is.
fn item_of<'a>(file: &SavedFile, items: &'a [Item]) -> Option<&'a Item> {
    let is_only = items.len() == 1;
    items.iter().find(|item| item.id == file.id && (item.id.is_some() || is_only))
}

/// Returns the cover image of a song. `None` if it has none.
async fn cover_of(
    song: &SavedFile,
    files: &[SavedFile],
    item: Option<&Item>,
    about: &TagFacts,
    interrupt: &Interrupt,
) -> anyhow::Result<Option<CoverImage>> {
    let saved = files.iter().find(|file| file.id.is_some() && file.id == song.id && is_image(&file.path));
    let bytes = if let Some(saved) = saved {
        let path = saved.path.clone();
        spawn_blocking(move || read_image(&path)).await??
    } else {
        let Some(item) = item else { return Ok(None) };
        let fetching = timeout(COVER_TIMEOUT, about.task.cover_image(item, &about.folder, MAX_COVER));
        let fetched = tokio::select! {
            fetched = fetching => fetched,
            () = interrupt.received() => return Ok(None),
        };
        let fetched =
            fetched.with_context(|| format!("it did not arrive within {} seconds", COVER_TIMEOUT.as_secs()))?;
        let Some(bytes) = fetched? else { return Ok(None) };
        bytes
    };
    match CoverFormat::of(&bytes) {
        Some(format) => Ok(Some(CoverImage { format, bytes })),
        None => bail!("it is neither a JPEG nor a PNG image"),
    }
}

fn song_of(file: &SavedFile, item: Option<&Item>, items: &[Item], about: &TagFacts) -> SongTags {
    // Without a title, the service uses the id.
    let own = item.and_then(|item| item.title.clone()).filter(|title| file.id.as_ref() != Some(title));
    let title = match (&about.song, own) {
        (Some(song), Some(part)) if song.title != part => Some(format!("{} ({part})", song.title)),
        (Some(song), _) => Some(song.title.clone()),
        (None, own) => own,
    };
    let track = file.id.clone().or_else(|| about.song.as_ref().map(|song| song.id.clone()));
    let lyrics = item.and_then(|item| item.text.clone()).filter(|text| text.trim() != INSTRUMENTAL);
    // On the market route, only the first track names the model. One model makes all tracks of a task.
    let model = item.and_then(|item| item.model.as_ref().or_else(|| items.iter().find_map(|item| item.model.as_ref())));
    let model = model.map(|model| model.as_str().to_owned());
    SongTags {
        title,
        artist: about.artist.clone(),
        style: item.and_then(|item| item.style.clone()),
        lyrics,
        timed: None,
        cover: None,
        ids: SongIds { task: Some(about.task.id().to_owned()), track, model, route: Some(about.task.route()) },
    }
}

fn has_extension(path: &Path, extensions: &[&str]) -> bool {
    path.extension().is_some_and(|extension| extensions.iter().any(|known| extension.eq_ignore_ascii_case(known)))
}

fn is_song(path: &Path) -> bool {
    has_extension(path, &["mp3", "wav", "m4a"])
}

fn is_image(path: &Path) -> bool {
    has_extension(path, &["jpg", "jpeg", "png"])
}

fn read_image(path: &Path) -> io::Result<Vec<u8>> {
    if fs::metadata(path)?.len() > MAX_COVER {
        return Err(io::Error::other(format!("it has more than {MAX_COVER} bytes")));
    }
    fs::read(path)
}
