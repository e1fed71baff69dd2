//! Detects the format of a file from its first bytes, because file names and content types of hosts are not reliable.

/// A kind of media file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum FileFormat {
    /// MP3 audio (MPEG layer III), with or without an ID3 tag at the beginning.
    Mp3,
    /// RIFF WAVE audio.
    Wav,
    /// An MP4 container with the brand `M4A`: AAC or ALAC audio.
    M4a,
    /// An MP4 container with another brand. It usually has video, but can also have only audio.
    Mp4,
    /// Ogg audio.
    Ogg,
    /// FLAC audio.
    Flac,
    /// A PNG image.
    Png,
    /// A JPEG image.
    Jpeg,
    /// A WebP image.
    WebP,
}

impl FileFormat {
    /// Number of bytes at the beginning of a file that are needed to detect the format.
    pub const HEAD: usize = 12;

    /// Returns the format of a file that begins with the bytes `head`. Returns `None` if they are not the beginning of
    /// a known media format.
    pub fn of(head: &[u8]) -> Option<Self> {
        let at_4 = head.get(4..).unwrap_or_default();
        let at_8 = head.get(8..).unwrap_or_default();
        Some(match head {
            [b'I', b'D', b'3', ..] => Self::Mp3,
            [0xFF, second, ..] if second & 0xE6 == 0xE2 => Self::Mp3,
            _ if head.starts_with(b"RIFF") && at_8.starts_with(b"WAVE") => Self::Wav,
            _ if head.starts_with(b"RIFF") && at_8.starts_with(b"WEBP") => Self::WebP,
            _ if at_4.starts_with(b"ftypM4A") => Self::M4a,
            _ if at_4.starts_with(b"ftyp") => Self::Mp4,
            _ if head.starts_with(b"OggS") => Self::Ogg,
            _ if head.starts_with(b"fLaC") => Self::Flac,
            _ if head.starts_with(b"\x89PNG\r\n\x1a\n") => Self::Png,
            _ if head.starts_with(b"\xFF\xD8\xFF") => Self::Jpeg,
            _ => return None,
        })
    }

    /// Returns the usual file name extension, without a dot.
    pub fn extension(self) -> &'static str {
        match self {
            Self::Mp3 => "mp3",
            Self::Wav => "wav",
            Self::M4a => "m4a",
            Self::Mp4 => "mp4",
            Self::Ogg => "ogg",
            Self::Flac => "flac",
            Self::Png => "png",
            Self::Jpeg => "jpg",
            Self::WebP => "webp",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formats_are_detected_from_the_first_bytes() {
        assert_eq!(FileFormat::of(b"ID3\x04\0\0\0\0\0\0\0\0"), Some(FileFormat::Mp3));
        assert_eq!(FileFormat::of(&[0xFF, 0xFB, 0x90, 0]), Some(FileFormat::Mp3));
        assert_eq!(FileFormat::of(&[0xFF, 0xF3, 0x40, 0]), Some(FileFormat::Mp3));
        assert_eq!(FileFormat::of(b"\xFF\xD8\xFF\xE0"), Some(FileFormat::Jpeg));
        assert_eq!(FileFormat::of(b"RIFF\x24\0\0\0WAVE"), Some(FileFormat::Wav));
        assert_eq!(FileFormat::of(b"\0\0\0\x20ftypisom"), Some(FileFormat::Mp4));
        assert_eq!(FileFormat::of(b"\0\0\0\x20ftypM4A "), Some(FileFormat::M4a));
        for other in [&b"<!doctype html>"[..], b"{\"code\":404}", b"", b"\xFF"] {
            assert_eq!(FileFormat::of(other), None);
        }
    }
}
