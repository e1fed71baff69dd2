//! The ID3 tag of a song, as bytes.

use std::io::Cursor;

use anyhow::{Context as _, Result, bail};
use id3::{
    Content, Encoder, Tag, TagLike, Version,
    frame::{ExtendedText, Lyrics, Picture, PictureType, SynchronisedLyrics, SynchronisedLyricsType, TimestampFormat},
};

use super::{id3_guard::check, part::MAX_TAG};
use crate::tags::{
    ids::SongIds,
    song::{CoverFormat, CoverImage, SongTags},
};

/// Code of ISO 639-2 for a language that is not known.
const UNKNOWN_LANGUAGE: &str = "XXX";

/// Returns the tag with the facts about the song. `old` is the tag that is there, or empty.
///
/// The frames of the old tag stay, with two exceptions: the artist, if the user names one, and the ids.
pub(super) fn complete(old: &[u8], song: &SongTags) -> Result<Vec<u8>> {
    let mut tag = if old.is_empty() { Tag::with_version(Version::Id3v24) } else { read(old)? };
    if let Some(title) = text(song.title.as_ref()).filter(|_| tag.get("TIT2").is_none()) {
        tag.set_title(title);
    }
    if let Some(artist) = text(song.artist.as_ref()) {
        tag.set_artist(artist);
    }
    if let Some(style) = text(song.style.as_ref()).filter(|_| tag.get("TCON").is_none()) {
        tag.set_genre(style);
    }
    if let Some(lyrics) = text(song.lyrics.as_ref()).filter(|_| tag.get("USLT").is_none()) {
        let (lang, description) = (UNKNOWN_LANGUAGE.to_owned(), String::new());
        tag.add_frame(Lyrics { lang, description, text: lyrics });
    }
    if let Some(timed) = timed(song).filter(|_| tag.get("SYLT").is_none()) {
        tag.add_frame(timed);
    }
    if let Some(CoverImage { format, bytes }) = song.cover.as_ref().filter(|_| tag.pictures().next().is_none()) {
        let mime_type = match format {
            CoverFormat::Jpeg => "image/jpeg",
            CoverFormat::Png => "image/png",
        };
        let (mime_type, description) = (mime_type.to_owned(), String::new());
        let picture = Picture { mime_type, picture_type: PictureType::CoverFront, description, data: bytes.clone() };
        tag.add_frame(picture);
    }
    for (name, value) in song.ids.fields() {
        let (description, value) = (name.to_owned(), value.replace('\0', ""));
        tag.add_frame(ExtendedText { description, value });
    }
    // A frame of version 2.2 has another name in newer versions, so that tag keeps its version.
    let version = tag.version();
    if size(&tag) > MAX_TAG {
        bail!("the tag would be larger than 16 MiB");
    }
    let mut bytes = Vec::new();
    Encoder::new().version(version).encode(&tag, &mut bytes)?;
    Ok(bytes)
}

/// Returns the ids in a tag. Returns `None` if there are none, or if the tag cannot be read.
pub(super) fn ids(tag: &[u8]) -> Option<SongIds> {
    let tag = read(tag).ok()?;
    SongIds::read(|name| tag.extended_texts().find(|text| text.description == name).map(|text| text.value.clone()))
}

fn read(tag: &[u8]) -> Result<Tag> {
    check(tag)?;
    Tag::read_from2(Cursor::new(tag)).context("the ID3 tag of the file cannot be read")
}

/// Returns a text without zeros, which would end it. Returns `None` if nothing is left.
fn text(text: Option<&String>) -> Option<String> {
    text.map(|text| text.replace('\0', "")).filter(|text| !text.trim().is_empty())
}

/// Returns the lyrics with the time of each word. A line break precedes the first word of each line, except the first.
fn timed(song: &SongTags) -> Option<SynchronisedLyrics> {
    let words = song.timed.as_ref()?.sung_words();
    let entry = |(index, word): (usize, &kie_suno::records::SungWord)| {
        let line_break = if word.starts_line && index > 0 { "\n" } else { "" };
        (word.start_ms, format!("{line_break}{}", word.text.replace('\0', "")))
    };
    let content: Vec<_> = words.iter().enumerate().map(entry).collect();
    (!content.is_empty()).then(|| SynchronisedLyrics {
        lang: UNKNOWN_LANGUAGE.to_owned(),
        timestamp_format: TimestampFormat::Ms,
        content_type: SynchronisedLyricsType::Lyrics,
        description: String::new(),
        content,
    })
}

/// Returns an upper bound of the size of the large frames, in bytes.
fn size(tag: &Tag) -> u64 {
    // A text takes up to twice its bytes, because some frames are in UTF-16.
    let of = |content: &Content| match content {
        Content::Picture(picture) => picture.data.len(),
        Content::Text(text) => 2 * text.len(),
        Content::ExtendedText(text) => 2 * text.value.len(),
        Content::Lyrics(lyrics) => 2 * lyrics.text.len(),
        Content::SynchronisedLyrics(lyrics) => lyrics.content.iter().map(|(_, text)| 10 + 2 * text.len()).sum(),
        Content::Unknown(unknown) => unknown.data.len(),
        _ => 0,
    };
    tag.frames().map(|frame| of(frame.content()) as u64).sum()
}
