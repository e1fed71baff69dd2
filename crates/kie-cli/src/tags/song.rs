//! Facts about a song that its tags contain.

use kie_suno::records::TimestampedLyrics;

use super::ids::SongIds;

/// Facts about a song that its tags contain.
#[derive(Debug, Clone, Default)]
pub(crate) struct SongTags {
    pub(crate) title: Option<String>,
    /// Artist, if the user names one. It replaces the artist in a tag that is there.
    pub(crate) artist: Option<String>,
    /// Style of the music. It becomes the genre.
    pub(crate) style: Option<String>,
    pub(crate) lyrics: Option<String>,
    /// Lyrics with the time of each word.
    pub(crate) timed: Option<TimestampedLyrics>,
    pub(crate) cover: Option<CoverImage>,
    pub(crate) ids: SongIds,
}

/// Cover image of a song.
#[derive(Clone)]
pub(crate) struct CoverImage {
    pub(crate) format: CoverFormat,
    pub(crate) bytes: Vec<u8>,
}

/// Format of a cover image.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum CoverFormat {
    Jpeg,
    Png,
}

impl CoverFormat {
    /// Returns the format of an image that begins with these bytes.
    pub(crate) fn of(bytes: &[u8]) -> Option<Self> {
        match bytes {
            [0xff, 0xd8, 0xff, ..] => Some(Self::Jpeg),
            [0x89, b'P', b'N', b'G', ..] => Some(Self::Png),
            _ => None,
        }
    }
}

impl std::fmt::Debug for CoverImage {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "CoverImage({:?}, {} bytes)", self.format, self.bytes.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_bytes_tell_the_format_of_an_image() {
        assert_eq!(CoverFormat::of(b"\xff\xd8\xff\xe0 a picture"), Some(CoverFormat::Jpeg));
        assert_eq!(CoverFormat::of(b"\x89PNG\r\n\x1a\n"), Some(CoverFormat::Png));
        for other in [&b"RIFF\0\0\0\0WEBP"[..], b"ID3\x04", b"\xff\xfb\x90\x64", b"<html>", b""] {
            assert_eq!(CoverFormat::of(other), None);
        }
    }
}
