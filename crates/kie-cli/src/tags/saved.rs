//! Tagging the saved files of a task.

use std::{fs, path::Path};

use kie_suno::{files::SavedFile, records::Item};
use tokio::task::spawn_blocking;

use super::{
    about::TagFacts,
    ids::SongIds,
    song::{CoverFormat, CoverImage, SongTags},
    write::write,
};
use crate::output::note;

/// Maximum size of a cover image in a tag, in bytes. A larger image is left out.
const MAX_COVER: u64 = 8 * 1024 * 1024;
/// Text of a track without singing.
const INSTRUMENTAL: &str = "[Instrumental]";

/// Writes tags to the songs among the saved files of a task. Returns the files with their new sizes. A song that cannot
/// be tagged stays as it is, and a warning is printed.
pub(crate) async fn tag_saved(mut files: Vec<SavedFile>, items: &[Item], about: &TagFacts) -> Vec<SavedFile> {
    for index in 0..files.len() {
        if !about.has_tags || !is_song(&files[index].path) {
            continue;
        }
        let song = song_of(&files[index], items, about);
        let cover = files.iter().find(|file| file.id.is_some() && file.id == files[index].id && is_image(&file.path));
        let (path, cover) = (files[index].path.clone(), cover.map(|cover| cover.path.clone()));
        let written = spawn_blocking(move || {
            let cover = cover.and_then(|cover| read_cover(&cover));
            write(&path, &SongTags { cover, ..song })
        });
        // The outer error is a panic. The file is then unchanged too.
        match written.await.map_err(anyhow::Error::from).flatten() {
            Ok(bytes) => files[index].bytes = bytes,
            Err(error) => note!("warning: {} gets no tags: {error:#}", files[index].path.display()),
        }
    }
    files
}

fn song_of(file: &SavedFile, items: &[Item], about: &TagFacts) -> SongTags {
    let is_only = items.len() == 1;
    let item = items.iter().find(|item| item.id == file.id && (item.id.is_some() || is_only));
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
        ids: SongIds { task: Some(about.task_id.clone()), track, model, route: Some(about.route) },
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

fn read_cover(path: &Path) -> Option<CoverImage> {
    let length = fs::metadata(path).ok()?.len();
    let bytes = fs::read(path).ok().filter(|_| length <= MAX_COVER)?;
    CoverFormat::of(&bytes).map(|format| CoverImage { format, bytes })
}
