//! The tag at the beginning of an MP3 file.

use std::io::{Read, Seek};

use anyhow::Result;

use super::{
    id3_guard::{HEADER, size},
    id3_tag,
    part::{self, Part},
};
use crate::tags::{ids::SongIds, song::SongTags};

/// Returns the file with the completed tag, as parts. `None` if the tag is already complete.
pub(in crate::tags) fn tagged(
    file: &mut (impl Read + Seek),
    length: u64,
    song: &SongTags,
) -> Result<Option<Vec<Part>>> {
    let old = tag(file)?;
    let new = id3_tag::complete(&old, song)?;
    let is_new = new != old;
    Ok(is_new.then(|| vec![Part::Bytes(new), Part::Old(old.len() as u64..length)]))
}

/// Returns the ids in the tag.
pub(in crate::tags) fn ids(file: &mut (impl Read + Seek)) -> Option<SongIds> {
    id3_tag::ids(&tag(file).ok()?)
}

/// Returns the tag, or nothing if there is none.
fn tag(file: &mut (impl Read + Seek)) -> Result<Vec<u8>> {
    file.rewind()?;
    let mut header = Vec::new();
    file.take(HEADER as u64).read_to_end(&mut header)?;
    let Some(size) = size(&header) else { return Ok(Vec::new()) };
    Ok(part::read(file, 0..size)?)
}
