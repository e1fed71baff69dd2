//! The chunk `ID3 ` of a WAV file.

use std::{
    io::{Read, Seek, SeekFrom},
    ops::Range,
};

use anyhow::{Context as _, Result, bail};

use super::{
    id3_guard, id3_tag,
    part::{self, Part},
};
use crate::tags::{ids::SongIds, song::SongTags};

/// Size of the header of the file, in bytes: `RIFF`, the size of the rest, and `WAVE`.
const HEADER: u64 = 12;
/// Size of the header of a chunk, in bytes.
const CHUNK: u64 = 8;
/// Maximum number of chunks.
const MAX_CHUNKS: usize = 1_000;

/// Returns the file with the completed tag at its end, as parts. `None` if the tag is already complete.
pub(in crate::tags) fn tagged(
    file: &mut (impl Read + Seek),
    length: u64,
    song: &SongTags,
) -> Result<Option<Vec<Part>>> {
    let (mut others, mut old) = (Vec::new(), Vec::new());
    for chunk in chunks(file, length)? {
        if chunk.is_tag() && old.is_empty() {
            old = part::read(file, chunk.content)?;
        } else {
            others.push(chunk);
        }
    }
    // Some programs fill the chunk with zeros.
    let end = id3_guard::size(&old).and_then(|size| usize::try_from(size).ok());
    old.truncate(end.unwrap_or(old.len()));
    let mut new = id3_tag::complete(&old, song)?;
    if new == old {
        return Ok(None);
    }
    new.resize(new.len().next_multiple_of(2), 0);
    let mut parts = vec![Part::Bytes(Vec::new())];
    let mut size = HEADER - CHUNK;
    for chunk in others {
        let (start, end) = (chunk.content.start - CHUNK, chunk.content.end);
        size += end - start;
        parts.push(Part::Old(start..end));
        if end % 2 != start % 2 {
            size += 1;
            parts.push(Part::Bytes(vec![0]));
        }
    }
    let too_large = "the WAV file would be larger than 4 GiB";
    let tag_size = u32::try_from(new.len()).context(too_large)?;
    let size = u32::try_from(size + CHUNK + u64::from(tag_size)).context(too_large)?;
    parts[0] = Part::Bytes([b"RIFF", &size.to_le_bytes()[..], b"WAVE"].concat());
    parts.push(Part::Bytes([b"ID3 ", &tag_size.to_le_bytes()[..], &new].concat()));
    Ok(Some(parts))
}

/// Returns the ids in the tag.
pub(in crate::tags) fn ids(file: &mut (impl Read + Seek), length: u64) -> Option<SongIds> {
    let chunk = chunks(file, length).ok()?.into_iter().find(Chunk::is_tag)?;
    let tag = part::read(file, chunk.content).ok()?;
    let size = usize::try_from(id3_guard::size(&tag)?).ok()?;
    id3_tag::ids(tag.get(..size)?)
}

struct Chunk {
    name: [u8; 4],
    content: Range<u64>,
}

impl Chunk {
    fn is_tag(&self) -> bool {
        self.name.eq_ignore_ascii_case(b"ID3 ")
    }
}

/// Returns the chunks of a file of this length, in bytes.
///
/// # Errors
///
/// An error if the chunks do not fill the file exactly. A file like this would be damaged by a chunk at its end.
fn chunks(file: &mut (impl Read + Seek), length: u64) -> Result<Vec<Chunk>> {
    let mut chunks = Vec::new();
    let mut at = HEADER;
    while at < length {
        let mut head = [0; CHUNK as usize];
        file.seek(SeekFrom::Start(at))?;
        file.read_exact(&mut head).context("the last chunk of the WAV file ends early")?;
        let [a, b, c, d, size @ ..] = head;
        let size = u64::from(u32::from_le_bytes(size));
        let content = at + CHUNK..at + CHUNK + size;
        if content.end > length {
            bail!("a chunk of the WAV file ends after the file");
        }
        at = content.end + size % 2;
        chunks.push(Chunk { name: [a, b, c, d], content });
        if chunks.len() > MAX_CHUNKS {
            bail!("the WAV file has more than {MAX_CHUNKS} chunks");
        }
    }
    if !chunks.iter().any(|chunk| &chunk.name == b"data" && !chunk.content.is_empty()) {
        bail!("the WAV file has no chunk with audio");
    }
    Ok(chunks)
}
