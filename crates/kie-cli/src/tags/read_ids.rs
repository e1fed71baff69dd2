//! Reading the ids from a saved song.

use std::{
    fs::File,
    io::{BufReader, Read, Seek},
    path::Path,
};

use super::{
    format::{mp3, mp4, wav},
    ids::SongIds,
};

/// Returns the ids in the tag of a saved song. Returns `None` if it is not a regular file, or has no tag with ids, or if
/// its tag is damaged. Reads at most 16 MiB of an MP3 or WAV file.
pub(crate) fn read_ids(path: &Path) -> Option<SongIds> {
    // Opening a named pipe that nobody writes to would block.
    let metadata = std::fs::metadata(path).ok().filter(std::fs::Metadata::is_file)?;
    ids(&mut BufReader::new(File::open(path).ok()?), metadata.len())
}

/// Returns the ids in a file of this length, in bytes. Its first bytes tell its format.
pub(super) fn ids(file: &mut (impl Read + Seek), length: u64) -> Option<SongIds> {
    let mut head = Vec::new();
    file.take(12).read_to_end(&mut head).ok()?;
    match head.get(..12)? {
        [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'A', b'V', b'E'] => wav::ids(file, length),
        [_, _, _, _, b'f', b't', b'y', b'p', ..] if length <= mp4::MAX_FILE => mp4::ids(file),
        [b'I', b'D', b'3', ..] => mp3::ids(file),
        _ => None,
    }
}
