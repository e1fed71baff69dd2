//! The tag of an M4A file.

use std::{
    io::{Cursor, Read, Seek, SeekFrom},
    ops::Range,
};

use anyhow::{Result, bail};
use mp4ameta::{Data, FreeformIdent, Img, ImgFmt, ReadConfig, Tag, WriteConfig, ident};

use super::part::{MAX_TAG, Part};
use crate::tags::{
    ids::SongIds,
    song::{CoverFormat, CoverImage, SongTags},
};

/// Maximum size of a file, in bytes. The library moves the audio in memory, so larger files get no tag.
pub(in crate::tags) const MAX_FILE: u64 = 64 * 1024 * 1024;
/// Maximum number of boxes in one place of a file.
const MAX_BOXES: usize = 10_000;
/// Namespace of the fields with the ids, in the form that is usual in M4A files.
const NAMESPACE: &str = ident::APPLE_ITUNES_MEAN;

/// Returns the file with the completed tag, as parts. `None` if the tag is already complete.
pub(in crate::tags) fn tagged(
    file: &mut (impl Read + Seek),
    length: u64,
    song: &SongTags,
) -> Result<Option<Vec<Part>>> {
    if length > MAX_FILE {
        bail!("an M4A file of more than 64 MiB gets no tag");
    }
    let mut bytes = Vec::new();
    file.rewind()?;
    file.take(length).read_to_end(&mut bytes)?;
    let mut bytes = Cursor::new(bytes);
    let old = read(&mut bytes, true)?;
    let mut tag = old.clone();
    let given = |text: &Option<String>| text.clone().filter(|text| !text.trim().is_empty());
    if let Some(title) = given(&song.title).filter(|_| old.title().is_none()) {
        tag.set_title(title);
    }
    if let Some(artist) = given(&song.artist) {
        tag.set_artist(artist);
    }
    if let Some(style) = given(&song.style).filter(|_| old.genre().is_none()) {
        tag.add_genre(style);
    }
    if let Some(lyrics) = given(&song.lyrics).filter(|_| old.lyrics().is_none()) {
        tag.set_lyrics(lyrics);
    }
    if let Some(CoverImage { format, bytes }) = song.cover.as_ref().filter(|_| old.artwork().is_none()) {
        let format = match format {
            CoverFormat::Jpeg => ImgFmt::Jpeg,
            CoverFormat::Png => ImgFmt::Png,
        };
        tag.set_artwork(Img::new(format, bytes.clone()));
    }
    for (name, value) in song.ids.fields() {
        tag.set_data(FreeformIdent::new_static(NAMESPACE, name), Data::Utf8(value.to_owned()));
    }
    if tag == old {
        return Ok(None);
    }
    let size: usize = tag.data().map(|(_, data)| usize::try_from(data.len()).unwrap_or(usize::MAX)).sum();
    if size as u64 > MAX_TAG {
        bail!("the tag would be larger than 16 MiB");
    }
    tag.userdata.write_with(&mut bytes, &WriteConfig { write_meta_items: true, ..WriteConfig::NONE })?;
    Ok(Some(vec![Part::Bytes(bytes.into_inner())]))
}

/// Returns the ids in the tag.
pub(in crate::tags) fn ids(file: &mut (impl Read + Seek)) -> Option<SongIds> {
    file.rewind().ok()?;
    let tag = read(file, false).ok()?;
    SongIds::read(|name| tag.strings_of(&FreeformIdent::new_borrowed(NAMESPACE, name)).next().map(str::to_owned))
}

fn read(file: &mut (impl Read + Seek), images: bool) -> Result<Tag> {
    check_clock(file)?;
    file.rewind()?;
    Ok(Tag::read_with(file, &ReadConfig { read_meta_items: true, read_image_data: images, ..ReadConfig::NONE })?)
}

/// Checks that the movie header does not count zero units per second: the library divides by this number.
fn check_clock(file: &mut (impl Read + Seek)) -> Result<()> {
    let end = file.seek(SeekFrom::End(0))?;
    for (_, movie) in boxes(file, 0..end)?.iter().filter(|(name, _)| name == b"moov") {
        for (_, header) in boxes(file, movie.clone())?.iter().filter(|(name, _)| name == b"mvhd") {
            let mut fields = [0; 24];
            file.seek(SeekFrom::Start(header.start))?;
            file.read_exact(&mut fields)?;
            // Version 1 has two times of 8 bytes before the number, version 0 two of 4 bytes.
            let at = if fields[0] == 1 { 20 } else { 12 };
            if fields[at..at + 4] == [0; 4] {
                bail!("the movie header of the M4A file is damaged");
            }
        }
    }
    Ok(())
}

/// Returns the names of the boxes in a part of a file, with the positions of their contents.
fn boxes(file: &mut (impl Read + Seek), within: Range<u64>) -> Result<Vec<([u8; 4], Range<u64>)>> {
    let (mut at, mut boxes) = (within.start, Vec::new());
    while at.saturating_add(8) <= within.end {
        let mut head = [0; 16];
        file.seek(SeekFrom::Start(at))?;
        file.read_exact(&mut head[..8])?;
        let [a, b, c, d, name @ ..] = [head[0], head[1], head[2], head[3], head[4], head[5], head[6], head[7]];
        // The size 1 means that a size of 8 bytes follows the name.
        let (head, size) = match u32::from_be_bytes([a, b, c, d]) {
            1 => {
                file.read_exact(&mut head[..8])?;
                (16, head[..8].iter().fold(0, |size, byte| size << 8 | u64::from(*byte)))
            }
            size => (8, u64::from(size)),
        };
        let next = at.saturating_add(size);
        if size < head || next > within.end || boxes.len() == MAX_BOXES {
            bail!("a box of the M4A file is damaged");
        }
        boxes.push((name, at + head..next));
        at = next;
    }
    Ok(boxes)
}
