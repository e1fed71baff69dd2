//! Writing the tag of a saved song.

use std::{
    fs::{self, File},
    io::{Read as _, Seek as _},
    path::Path,
};

use anyhow::{Result, bail};

use super::{
    format::{mp3, mp4, wav},
    replace::replace,
    song::SongTags,
};

/// Adds the facts about a song to the tag of a saved MP3, WAV or M4A file. Returns the size of the file in bytes.
///
/// The file is replaced in one step, after the new one is on the disk. Its audio is copied byte by byte. Nothing is
/// written if the tag already contains everything.
///
/// # Errors
///
/// An error if the file is damaged, has another format, or cannot be written. It is then unchanged.
pub(crate) fn write(path: &Path, song: &SongTags) -> Result<u64> {
    let metadata = fs::symlink_metadata(path)?;
    if !metadata.is_file() {
        bail!("it is a link, or no regular file");
    }
    let mut file = File::open(path)?;
    let length = metadata.len();
    let mut head = Vec::new();
    (&mut file).take(12).read_to_end(&mut head)?;
    file.rewind()?;
    let parts = match head.get(..12) {
        Some([b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'A', b'V', b'E']) => wav::tagged(&mut file, length, song),
        Some([_, _, _, _, b'f', b't', b'y', b'p', ..]) => mp4::tagged(&mut file, length, song),
        Some([b'I', b'D', b'3', ..] | [0xff, 0xe0..=0xff, ..]) => mp3::tagged(&mut file, length, song),
        _ => bail!("it is no MP3, WAV or M4A file"),
    }?;
    match parts {
        Some(parts) => Ok(replace(path, &mut file, &metadata, &parts)?),
        None => Ok(length),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use std::io::Cursor;

    use id3::TagLike as _;
    use kie_suno::{Route, records::TimestampedLyrics};
    use tempfile::{TempDir, tempdir};

    use super::{
        super::{
            ids::SongIds,
            read_ids::{self, read_ids},
            song::{CoverFormat, CoverImage},
        },
        *,
    };

    const JPEG: &[u8] = b"\xff\xd8\xff\xe0 a picture";

    fn song() -> SongTags {
        let timed: TimestampedLyrics = serde_json::from_value(serde_json::json!({ "alignedWords": [
            { "word": "[Verse]\nTram ", "startS": 1.25 }, { "word": "bells\n", "startS": 1.5 },
            { "word": "夜明け\n", "startS": 61.004 },
        ]}))
        .unwrap();
        SongTags {
            title: Some("A polka".to_owned()),
            artist: None,
            style: Some("polka, accordion".to_owned()),
            lyrics: Some("[Verse]\nTram bells\n夜明け".to_owned()),
            timed: Some(timed),
            cover: Some(CoverImage { format: CoverFormat::Jpeg, bytes: JPEG.to_vec() }),
            ids: ids(),
        }
    }

    fn ids() -> SongIds {
        let id = |id: &str| Some(id.to_owned());
        SongIds { task: id("4be1c0d2"), track: id("af717714-aaaa"), model: id("V5_5"), route: Some(Route::Market) }
    }

    fn audio() -> Vec<u8> {
        [&[0xff, 0xfb, 0x90, 0x64][..], &[7; 413]].concat().repeat(40)
    }

    fn mp3(frames: &[u8]) -> Vec<u8> {
        let size = u8::try_from(frames.len()).unwrap();
        [b"ID3\x04\0\0\0\0\0", &[size][..], frames, &audio()].concat()
    }

    fn wav(chunks: &[(&[u8; 4], &[u8])]) -> Vec<u8> {
        let mut content = b"WAVE".to_vec();
        for (name, bytes) in chunks {
            content.extend([&name[..], &u32::try_from(bytes.len()).unwrap().to_le_bytes(), bytes].concat());
            content.resize(content.len().next_multiple_of(2), 0);
        }
        [b"RIFF", &u32::try_from(content.len()).unwrap().to_le_bytes()[..], &content].concat()
    }

    /// Returns the file of the simulator that has a track with AAC, and its tables before the audio.
    fn m4a() -> Vec<u8> {
        fs::read(concat!(env!("CARGO_MANIFEST_DIR"), "/../kie-sandbox/assets/video.mp4")).unwrap()
    }

    /// Writes the bytes to a file, tags the file, and returns the new bytes.
    fn tagged(bytes: &[u8], song: &SongTags) -> Result<(TempDir, Vec<u8>)> {
        let folder = tempdir()?;
        let path = folder.path().join("song");
        fs::write(&path, bytes)?;
        let written = write(&path, song);
        let after = fs::read(&path)?;
        assert_eq!(fs::read_dir(folder.path())?.count(), 1, "no temporary file is left");
        match written {
            Ok(length) => assert_eq!(length, after.len() as u64),
            Err(error) => {
                assert_eq!(after, bytes, "{error:#}");
                return Err(error);
            }
        }
        Ok((folder, after))
    }

    fn check_id3(tag: &id3::Tag) {
        assert_eq!((tag.title(), tag.genre()), (Some("A polka"), Some("polka, accordion")));
        assert_eq!(tag.lyrics().next().unwrap().text, "[Verse]\nTram bells\n夜明け");
        let timed = tag.synchronised_lyrics().next().unwrap();
        let words = [(1_250, "Tram "), (1_500, "bells"), (61_004, "\n夜明け")];
        assert_eq!(timed.content, words.map(|(at, word)| (at, word.to_owned())));
        let picture = tag.pictures().next().unwrap();
        assert_eq!((picture.data.as_slice(), picture.mime_type.as_str()), (JPEG, "image/jpeg"));
        assert_eq!(tag.extended_texts().count(), 4);
    }

    #[test]
    fn an_mp3_file_gets_a_tag_or_keeps_and_completes_its_own() {
        let (folder, bytes) = tagged(&audio(), &song()).unwrap();
        assert!(bytes.ends_with(&audio()));
        check_id3(&id3::Tag::read_from2(Cursor::new(&bytes)).unwrap());
        assert_eq!(read_ids(&folder.path().join("song")), Some(ids()));
        assert_eq!(tagged(&bytes, &song()).unwrap().1, bytes, "a complete tag stays as it is");

        let own =
            [b"TIT2\0\0\0\x06\0\0\x03Mine!", &b"TPE1\0\0\0\x03\0\0\x03Me"[..], b"PRIV\0\0\0\x03\0\0o\0x", &[0; 9]];
        let (_, bytes) = tagged(&mp3(&own.concat()), &song()).unwrap();
        let tag = id3::Tag::read_from2(Cursor::new(&bytes)).unwrap();
        assert_eq!((tag.title(), tag.artist(), tag.genre()), (Some("Mine!"), Some("Me"), Some("polka, accordion")));
        assert!(tag.get("PRIV").is_some() && bytes.ends_with(&audio()));
        let named = SongTags { artist: Some("Nachtfalter".to_owned()), ..song() };
        let (_, bytes) = tagged(&bytes, &named).unwrap();
        assert_eq!(id3::Tag::read_from2(Cursor::new(&bytes)).unwrap().artist(), Some("Nachtfalter"));
    }

    #[test]
    fn a_wav_file_gets_a_chunk_with_a_tag() {
        let data = [5; 9_001];
        for chunks in [
            vec![(b"fmt ", &[1; 16][..]), (b"data", &data)],
            vec![(b"fmt ", &[1; 16][..]), (b"data", &data), (b"LIST", b"abcd")],
        ] {
            let (folder, bytes) = tagged(&wav(&chunks), &song()).unwrap();
            check_id3(&id3::Tag::read_from2(Cursor::new(&bytes)).unwrap());
            let size = u32::from_le_bytes(bytes[4..8].try_into().unwrap());
            assert_eq!(size as usize + 8, bytes.len());
            assert!(bytes.windows(data.len()).any(|part| part == data));
            assert_eq!(read_ids(&folder.path().join("song")), Some(ids()));
            assert_eq!(tagged(&bytes, &song()).unwrap().1, bytes, "a complete tag stays as it is");
        }
        let odd = wav(&[(b"fmt ", &[1; 16]), (b"id3 ", b"no tag"), (b"data", &data)]);
        assert!(tagged(&odd, &song()).is_err());
        let cut = wav(&[(b"fmt ", &[1; 16]), (b"data", &data)]);
        assert!(tagged(&cut[..cut.len() - 100], &song()).is_err(), "a chunk after a cut chunk would be lost");
    }

    /// Returns the content of each chunk of samples to which a table of an MP4 file points.
    fn samples(file: &[u8]) -> Vec<&[u8]> {
        let number = |at: usize| u32::from_be_bytes(file[at..at + 4].try_into().unwrap()) as usize;
        let tables = file.windows(4).enumerate().filter(|(_, name)| name == b"stco").map(|(at, _)| at);
        let offsets = tables.flat_map(|at| (0..number(at + 8)).map(move |entry| number(at + 12 + 4 * entry)));
        offsets.map(|offset| &file[offset..offset + 16]).collect()
    }

    #[test]
    fn an_m4a_file_keeps_its_audio_and_its_own_tag() {
        let plain = m4a();
        let (folder, bytes) = tagged(&plain, &song()).unwrap();
        let data = |file: &[u8]| file[file.windows(4).position(|name| name == b"mdat").unwrap()..].to_vec();
        assert_eq!(data(&bytes), data(&plain));
        assert!(samples(&plain).len() > 4 && samples(&bytes) == samples(&plain), "the tables follow the audio");
        let tag = mp4ameta::Tag::read_from(&mut Cursor::new(&bytes)).unwrap();
        assert_eq!((tag.title(), tag.genre()), (Some("A polka"), Some("polka, accordion")));
        assert_eq!(tag.lyrics(), song().lyrics.as_deref());
        assert_eq!(tag.artwork().map(|image| image.data), Some(JPEG));
        let encoder = mp4ameta::Tag::read_from(&mut Cursor::new(&plain)).unwrap().encoder().map(str::to_owned);
        assert_eq!(tag.encoder(), encoder.as_deref());
        assert_eq!(read_ids(&folder.path().join("song")), Some(ids()));
        assert_eq!(tagged(&bytes, &song()).unwrap().1, bytes, "a complete tag stays as it is");
    }

    #[test]
    fn other_files_are_left_alone() {
        for other in [&b""[..], b"ID3", b"a text that is no song", &[0; 100]] {
            assert!(tagged(other, &song()).is_err());
        }
        let folder = tempdir().unwrap();
        assert!(write(folder.path(), &song()).is_err() && read_ids(folder.path()).is_none());
        assert!(write(&folder.path().join("missing"), &song()).is_err());
        let huge = SongTags { lyrics: Some("x".repeat(20 << 20)), ..song() };
        for file in [audio(), wav(&[(b"data", &[5; 100])]), m4a()] {
            let error = tagged(&file, &huge).unwrap_err().to_string();
            assert!(error.contains("larger than 16 MiB"), "{error}");
        }
        #[cfg(unix)]
        {
            let (link, target) = (folder.path().join("link"), folder.path().join("target"));
            fs::write(&target, audio()).unwrap();
            std::os::unix::fs::symlink(&target, &link).unwrap();
            assert!(write(&link, &song()).is_err() && fs::symlink_metadata(&link).unwrap().is_symlink());
        }
    }

    /// Damaged and hostile files are read without a panic, and tagging them changes no audio.
    #[test]
    fn mutated_files_do_no_harm() {
        let mut state = 1_u64;
        let mut random = |below: usize| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (state >> 33) as usize % below.max(1)
        };
        let plain = [audio(), wav(&[(b"fmt ", &[1; 16]), (b"data", &[5; 999])]), m4a()];
        let folder = tempdir().unwrap();
        let path = folder.path().join("song");
        let (mut read, mut written) = (0, 0);
        for whole in plain.iter().map(|plain| tagged(plain, &song()).unwrap().1) {
            for _ in 0..250 {
                let mut bytes = whole.clone();
                // Sizes and flags are in the first bytes and before the names of frames, chunks and boxes.
                for _ in 0..=random(3) {
                    let at = if random(3) == 0 { random(64) } else { random(bytes.len()) };
                    let at = at.min(bytes.len() - 1);
                    match random(4) {
                        0 => bytes.truncate(at),
                        1 if at + 4 <= bytes.len() => bytes[at..at + 4].fill([0, 0x7f, 0xff][random(3)]),
                        2 => drop(bytes.splice(at..at, *b"\xff\xff\xff\xff")),
                        _ => bytes[at] ^= 1 << random(8),
                    }
                    if bytes.is_empty() {
                        break;
                    }
                }
                read += usize::from(read_ids::ids(&mut Cursor::new(&bytes), bytes.len() as u64).is_some());
                fs::write(&path, &bytes).unwrap();
                let other = SongTags { title: Some("Other".to_owned()), ids: SongIds::default(), ..song() };
                match write(&path, &other) {
                    Ok(_) => written += 1,
                    Err(_) => assert_eq!(fs::read(&path).unwrap(), bytes),
                }
            }
        }
        assert!(read > 80 && written > 80, "{read} and {written}");
    }
}
