//! Duration and tracks of MP4 files.

use std::{
    io::{Error, ErrorKind, Read, Result, Seek, SeekFrom},
    ops::Range,
};

/// Maximum number of boxes that are read.
const MAX_BOXES: usize = 10_000;

/// Facts about an MP4 file.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Movie {
    /// Duration in seconds. If the file ends early, it is the part of the duration whose data is in the file.
    pub(super) duration_s: Option<f64>,
    pub(super) has_video: bool,
}

/// Reads the boxes of a file.
///
/// # Errors
///
/// An error if the file cannot be read, or has no complete box `moov`, which describes its tracks.
pub(super) fn read(file: &mut (impl Read + Seek)) -> Result<Movie> {
    let end = file.seek(SeekFrom::End(0))?;
    let mut reader = Reader { file, boxes: 0, end, movie: Movie::default(), is_described: false, data: (0, 0) };
    reader.boxes(0, end)?;
    let Reader { mut movie, is_described, data: (declared, there), .. } = reader;
    if !is_described {
        return Err(Error::new(ErrorKind::InvalidData, "the file has no description of its tracks"));
    }
    if there < declared {
        movie.duration_s = movie.duration_s.map(|seconds| seconds * there as f64 / declared as f64);
    }
    Ok(movie)
}

/// Returns the parts of the file with the media data.
pub(super) fn data(file: &mut (impl Read + Seek)) -> Result<Vec<Range<u64>>> {
    let end = file.seek(SeekFrom::End(0))?;
    let mut reader = Reader { file, boxes: 0, end, movie: Movie::default(), is_described: false, data: (0, 0) };
    let (mut at, mut parts) = (0_u64, Vec::new());
    while at.saturating_add(8) <= end && reader.boxes < MAX_BOXES {
        let Some(found) = reader.head(at, end)? else { break };
        if &found.name == b"mdat" {
            parts.push(found.start.min(end)..found.next.min(end));
        }
        at = found.next;
    }
    Ok(parts)
}

/// Name and position of a box.
struct Head {
    name: [u8; 4],
    /// Position of the content.
    start: u64,
    /// Position after the box.
    next: u64,
}

struct Reader<'a, F> {
    file: &'a mut F,
    /// Number of boxes that were read.
    boxes: usize,
    /// Size of the file in bytes.
    end: u64,
    movie: Movie,
    /// `true` if the file has a complete box `moov`.
    is_described: bool,
    /// Size of the media data in bytes: as its boxes declare it, and as it is in the file.
    data: (u64, u64),
}

impl<F: Read + Seek> Reader<'_, F> {
    /// Reads the head of a box. `end` is the end of the space for the box. Returns `None` if the size of the box is
    /// smaller than its head.
    fn head(&mut self, at: u64, end: u64) -> Result<Option<Head>> {
        self.boxes += 1;
        self.file.seek(SeekFrom::Start(at))?;
        let size = u64::from(self.number::<4>()? as u32);
        let name = self.bytes::<4>()?;
        // The value 1 means that a size field of 8 bytes follows the name. The value 0 means that the box reaches
        // to the end.
        let (head, size) = match size {
            0 => (8, end - at),
            1 => (16, self.number::<8>()?),
            size => (8, size),
        };
        if size < head {
            return Ok(None);
        }
        Ok(Some(Head { name, start: at + head, next: at.saturating_add(size) }))
    }

    /// Reads the boxes between two positions of the file.
    fn boxes(&mut self, mut at: u64, end: u64) -> Result<()> {
        while at.saturating_add(8) <= end.min(self.end) && self.boxes < MAX_BOXES {
            let Some(Head { name, start, next }) = self.head(at, end)? else { break };
            match &name {
                b"moov" => {
                    self.is_described = next <= self.end;
                    self.boxes(start, next)?;
                }
                b"trak" | b"mdia" => self.boxes(start, next)?,
                b"mvhd" => self.header()?,
                b"hdlr" => {
                    self.bytes::<8>()?;
                    self.movie.has_video |= &self.bytes::<4>()? == b"vide";
                }
                b"mdat" => {
                    self.data.0 += next - start;
                    self.data.1 += next.min(self.end).saturating_sub(start);
                }
                _ => {}
            }
            at = next;
        }
        Ok(())
    }

    /// Reads the duration from the header of the movie.
    fn header(&mut self) -> Result<()> {
        let [version, ..] = self.bytes::<4>()?;
        let (units, duration) = if version == 1 {
            self.bytes::<16>()?;
            (self.number::<4>()?, self.number::<8>()?)
        } else {
            self.bytes::<8>()?;
            (self.number::<4>()?, self.number::<4>()?)
        };
        // A file that is made while it is sent has no duration here.
        self.movie.duration_s = (units > 0 && duration > 0).then(|| duration as f64 / units as f64);
        Ok(())
    }

    fn bytes<const N: usize>(&mut self) -> Result<[u8; N]> {
        let mut bytes = [0; N];
        self.file.read_exact(&mut bytes)?;
        Ok(bytes)
    }

    /// Reads a number of `N` bytes, at most 8.
    fn number<const N: usize>(&mut self) -> Result<u64> {
        Ok(self.bytes::<N>()?.iter().fold(0, |number, byte| number << 8 | u64::from(*byte)))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use std::io::Cursor;

    use super::*;

    fn boxed(name: &[u8; 4], content: &[u8]) -> Vec<u8> {
        let size = u32::try_from(content.len() + 8).unwrap();
        [&size.to_be_bytes(), &name[..], content].concat()
    }

    /// Returns a file of 2.5 seconds with these kinds of tracks, and with 1,000 bytes of data.
    fn file(tracks: &[&[u8; 4]]) -> Vec<u8> {
        let header = [&[0; 12][..], &1_000_u32.to_be_bytes(), &2_500_u32.to_be_bytes(), &[0; 80]].concat();
        let track = |kind: &&[u8; 4]| {
            let handler = boxed(b"hdlr", &[&[0; 8][..], &kind[..], &[0; 12]].concat());
            boxed(b"trak", &boxed(b"mdia", &handler))
        };
        let movie = [boxed(b"mvhd", &header), tracks.iter().flat_map(track).collect()].concat();
        [boxed(b"ftyp", b"isom\0\0\0\0"), boxed(b"moov", &movie), boxed(b"mdat", &[0; 1_000])].concat()
    }

    #[test]
    fn tracks_and_duration_are_read() {
        let of = |bytes: &[u8]| read(&mut Cursor::new(bytes)).ok();
        let movie = |seconds, has_video| Some(Movie { duration_s: Some(seconds), has_video });
        assert_eq!(of(&file(&[b"soun"])), movie(2.5, false));
        assert_eq!(of(&file(&[b"soun", b"vide"])), movie(2.5, true));
        let whole = file(&[b"soun"]);
        assert_eq!(of(&whole[..whole.len() - 800]), movie(0.5, false), "four fifths of the data are missing");
        assert_eq!(of(&whole[..60]), None, "the description is cut");
        assert_eq!(of(&boxed(b"ftyp", b"isom\0\0\0\0")), None);
        let endless = [&b"\0\0\0\x01free"[..], &[0xff; 8]].concat();
        assert_eq!(of(&endless), None);
        assert_eq!(data(&mut Cursor::new(&endless)).ok(), Some(Vec::new()));
        for end in 0..whole.len() {
            let _ = of(&whole[..end]);
        }
    }
}
