//! A file as a list of parts: new bytes, and parts of another file.

use std::{
    fs::File,
    io::{self, Read, Seek, SeekFrom, Write},
    ops::Range,
};

/// Maximum size of a tag that is read or written, in bytes. A tag with a cover takes less than one MB.
pub(super) const MAX_TAG: u64 = 16 * 1024 * 1024;

/// Part of a new file.
#[derive(Debug)]
pub(in crate::tags) enum Part {
    Bytes(Vec<u8>),
    /// Bytes of the old file.
    Old(Range<u64>),
}

/// Writes the parts.
pub(in crate::tags) fn copy(parts: &[Part], old: &mut File, new: &mut impl Write) -> io::Result<()> {
    for part in parts {
        match part {
            Part::Bytes(bytes) => new.write_all(bytes)?,
            Part::Old(range) => {
                old.seek(SeekFrom::Start(range.start))?;
                let length = range.end.saturating_sub(range.start);
                if io::copy(&mut old.take(length), new)? < length {
                    return Err(io::ErrorKind::UnexpectedEof.into());
                }
            }
        }
    }
    Ok(())
}

/// Reads a part of a file. Returns an error if the part is larger than [`MAX_TAG`], or if the file ends before.
pub(super) fn read(file: &mut (impl Read + Seek), range: Range<u64>) -> io::Result<Vec<u8>> {
    let length = range.end.saturating_sub(range.start);
    if length > MAX_TAG {
        return Err(io::Error::new(io::ErrorKind::InvalidData, "the tag is larger than 16 MiB"));
    }
    file.seek(SeekFrom::Start(range.start))?;
    let mut bytes = Vec::new();
    file.take(length).read_to_end(&mut bytes)?;
    if (bytes.len() as u64) < length { Err(io::ErrorKind::UnexpectedEof.into()) } else { Ok(bytes) }
}
