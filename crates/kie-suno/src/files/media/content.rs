//! Content of files without their tags. Two files with the same audio have the same content, although one of them has a
//! tag.

use std::{
    fs::File,
    io::{self, BufRead, BufReader, Read, Seek, SeekFrom},
    ops::Range,
    path::Path,
};

use super::{mp3, mp4, wav};

/// Parts of a file that are compared, as ranges of bytes.
type Parts = Vec<Range<u64>>;

/// Returns a number that depends only on the content of the file: its 32-bit FNV-1a hash. Two contents may have the
/// same number, so the number does not prove that two files are equal.
pub(in super::super) fn content_number(path: &Path, extension: &str) -> io::Result<u64> {
    let mut hash: u32 = 0x811c_9dc5;
    let mut content = Content::open(path, extension)?;
    loop {
        let bytes = content.fill_buf()?;
        if bytes.is_empty() {
            return Ok(hash.into());
        }
        hash = bytes.iter().fold(hash, |hash, byte| (hash ^ u32::from(*byte)).wrapping_mul(0x0100_0193));
        let length = bytes.len();
        content.consume(length);
    }
}

/// Returns `true` if `other` is a file with the same content as the file `one`. Returns `false` if `other` cannot be
/// read, such as a broken symbolic link or a file of another user.
pub(in super::super) fn same_content(one: &Path, other: &Path, extension: &str) -> io::Result<bool> {
    // A named pipe that nobody writes to would block.
    let is_file = std::fs::metadata(other).is_ok_and(|other| other.is_file());
    let Some(mut other) = Content::open(other, extension).ok().filter(|_| is_file) else { return Ok(false) };
    let mut one = Content::open(one, extension)?;
    if one.length() != other.length() {
        return Ok(false);
    }
    loop {
        let (left, right) = (one.fill_buf()?, other.fill_buf()?);
        let length = left.len().min(right.len());
        if left[..length] != right[..length] {
            return Ok(false);
        }
        if length == 0 {
            return Ok(left.len() == right.len());
        }
        one.consume(length);
        other.consume(length);
    }
}

/// Content of a file, as a reader of its parts.
struct Content {
    file: BufReader<File>,
    parts: Parts,
    /// Index of the current part.
    part: usize,
    /// Number of bytes of the current part that were read.
    read: u64,
}

impl Content {
    fn open(path: &Path, extension: &str) -> io::Result<Self> {
        let mut file = BufReader::new(File::open(path)?);
        let length = file.seek(SeekFrom::End(0))?;
        file.rewind()?;
        let parts = match extension {
            "mp3" => mp3::audio(&mut file, length).map(|audio| vec![audio]),
            "wav" => wav::audio(&mut file),
            "m4a" | "mp4" => mp4::data(&mut file),
            _ => Ok(Vec::new()),
        };
        // A file that is damaged, or has no audio, is compared as a whole.
        let parts = parts.unwrap_or_default();
        let whole = Range { start: 0, end: length };
        let parts = if parts.iter().all(Range::is_empty) { vec![whole] } else { parts };
        file.seek(SeekFrom::Start(parts[0].start))?;
        Ok(Self { file, parts, part: 0, read: 0 })
    }

    fn length(&self) -> u64 {
        self.parts.iter().map(|part| part.end - part.start).sum()
    }
}

impl Read for Content {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let bytes = self.fill_buf()?;
        let length = bytes.len().min(buffer.len());
        buffer[..length].copy_from_slice(&bytes[..length]);
        self.consume(length);
        Ok(length)
    }
}

impl BufRead for Content {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        let left = loop {
            let Some(part) = self.parts.get(self.part) else { return Ok(&[]) };
            match part.end - part.start - self.read {
                0 => {
                    (self.part, self.read) = (self.part + 1, 0);
                    if let Some(next) = self.parts.get(self.part) {
                        self.file.seek(SeekFrom::Start(next.start))?;
                    }
                }
                left => break left,
            }
        };
        let bytes = self.file.fill_buf()?;
        Ok(&bytes[..bytes.len().min(usize::try_from(left).unwrap_or(usize::MAX))])
    }

    fn consume(&mut self, amount: usize) {
        self.file.consume(amount);
        self.read += amount as u64;
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use std::{env, fs, process};

    use super::*;

    /// Writes both files, and returns `true` if their contents are the same. Checks that their numbers agree with this.
    fn same(name: &str, one: &[u8], other: &[u8], extension: &str) -> bool {
        let path = |number| env::temp_dir().join(format!("kie-content-{}-{name}-{number}", process::id()));
        let paths = [path(1), path(2)];
        fs::write(&paths[0], one).unwrap();
        fs::write(&paths[1], other).unwrap();
        let same = same_content(&paths[0], &paths[1], extension).unwrap();
        let numbers = [0, 1].map(|index| content_number(&paths[index], extension).unwrap());
        paths.iter().for_each(|path| fs::remove_file(path).unwrap());
        assert_eq!(same, numbers[0] == numbers[1]);
        same
    }

    fn boxed(name: &[u8; 4], content: &[u8]) -> Vec<u8> {
        let size = u32::try_from(content.len() + 8).unwrap();
        [&size.to_be_bytes(), &name[..], content].concat()
    }

    fn chunk(name: &[u8; 4], content: &[u8]) -> Vec<u8> {
        let size = u32::try_from(content.len()).unwrap();
        [&name[..], &size.to_le_bytes(), content, &[0; 2][..content.len() % 2]].concat()
    }

    #[test]
    fn tags_do_not_count() {
        let audio = [0xff, 0xfb, 0x90, 0x64].repeat(5_000);
        let tagged = [b"ID3\x04\0\0\0\0\0\x05title", &audio[..]].concat();
        let old = [&tagged[..], b"TAG", &[0; 125]].concat();
        assert!(same("mp3", &audio, &tagged, "mp3") && same("old", &audio, &old, "mp3"));
        assert!(!same("text", &audio, &tagged, "txt"));
        assert!(!same("cut", &audio, &tagged[..tagged.len() - 1], "mp3"));
        assert!(!same("only", b"ID3\x04\0\0\0\0\0\x05title", b"ID3\x04\0\0\0\0\0\x05other", "mp3"));
        assert!(same("empty", b"", b"", "mp3"));
    }

    #[test]
    fn the_chunks_with_audio_are_the_content_of_a_wav_file() {
        let file = |chunks: &[Vec<u8>]| chunk(b"RIFF", &[b"WAVE".to_vec(), chunks.concat()].concat());
        let (format, data) = (chunk(b"fmt ", &[1; 16]), chunk(b"data", &[5; 9_001]));
        let plain = file(&[format.clone(), data.clone()]);
        let tagged = file(&[format.clone(), chunk(b"LIST", b"abc"), data.clone(), chunk(b"ID3 ", b"title")]);
        assert!(same("wav", &plain, &tagged, "wav"));
        assert!(!same("other", &plain, &file(&[format, chunk(b"data", &[6; 9_001])]), "wav"));
        assert!(!same("format", &plain, &file(&[chunk(b"fmt ", &[2; 16]), data]), "wav"));
    }

    #[test]
    fn the_media_data_is_the_content_of_an_mp4_file() {
        let (movie, data) = (boxed(b"moov", &[1; 40]), boxed(b"mdat", &[5; 9_000]));
        let plain = [boxed(b"ftyp", b"isom"), movie, data.clone()].concat();
        let tagged = [boxed(b"ftyp", b"isom"), boxed(b"moov", &[2; 90]), data.clone()].concat();
        assert!(same("m4a", &plain, &tagged, "m4a"));
        assert!(!same("split", &plain, &[data.clone(), data].concat(), "m4a"));
    }
}
