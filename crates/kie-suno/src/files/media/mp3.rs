//! Duration of MP3 files, counted from their frames.

use std::{
    io::{BufRead, Read, Result, Seek, SeekFrom},
    ops::Range,
};

/// Maximum number of bytes between two frames. After so many bytes that are no frame, the audio counts as ended.
const MAX_GAP: usize = 64 * 1024;

/// Returns the duration of all whole frames, in seconds. Returns `None` if there is no frame.
pub(super) fn duration(file: &mut (impl BufRead + Seek)) -> Result<Option<f64>> {
    skip_tag(file)?;
    let (mut seconds, mut gap) = (0.0, 0);
    let mut header = [0; 4];
    let mut is_next = true;
    loop {
        // After bytes that are no frame, the header moves forward by one byte.
        let ended = if is_next {
            read_whole(file, &mut header)?
        } else {
            header.rotate_left(1);
            read_whole(file, &mut header[3..])?
        };
        if !ended {
            break;
        }
        is_next = false;
        match frame(header) {
            Some((size, length)) => {
                // The last frame counts only if all its bytes are there.
                if std::io::copy(&mut file.by_ref().take(size - 4), &mut std::io::sink())? < size - 4 {
                    break;
                }
                (seconds, gap, is_next) = (seconds + length, 0, true);
            }
            None if gap < MAX_GAP => gap += 1,
            None => break,
        }
    }
    Ok((seconds > 0.0).then_some(seconds))
}

/// Returns the part of a file of this length, in bytes, that is in no tag.
pub(super) fn audio(file: &mut (impl BufRead + Seek), length: u64) -> Result<Range<u64>> {
    skip_tag(file)?;
    let start = file.stream_position()?.min(length);
    let mut end = length;
    // An old tag has 128 bytes at the end of the file.
    if let Some(tag) = length.checked_sub(128).filter(|tag| *tag >= start) {
        file.seek(SeekFrom::Start(tag))?;
        let mut name = [0; 3];
        if read_whole(file, &mut name)? && &name == b"TAG" {
            end = tag;
        }
    }
    Ok(start..end)
}

/// Fills a buffer. Returns `false` if the file ends before.
fn read_whole(file: &mut impl BufRead, buffer: &mut [u8]) -> Result<bool> {
    match file.read_exact(buffer) {
        Ok(()) => Ok(true),
        Err(error) if error.kind() == std::io::ErrorKind::UnexpectedEof => Ok(false),
        Err(error) => Err(error),
    }
}

/// Moves to the end of the `ID3v2` tag at the beginning of the file, if there is one.
fn skip_tag(file: &mut (impl BufRead + Seek)) -> Result<()> {
    let mut head = [0; 10];
    if read_whole(file, &mut head)? && head.starts_with(b"ID3") {
        let size = head[6..].iter().fold(0, |size, byte| size << 7 | i64::from(byte & 0x7f));
        let footer = if head[5] & 0x10 == 0 { 0 } else { 10 };
        file.seek_relative(size + footer)
    } else {
        file.rewind()
    }
}

/// Returns the size in bytes and the duration in seconds of the MPEG layer III frame with this header. Returns `None`
/// if it is not the header of a frame.
fn frame(header: [u8; 4]) -> Option<(u64, f64)> {
    const KBPS: [[u64; 14]; 2] = [
        [8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160],
        [32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320],
    ];
    const HERTZ: [u64; 3] = [44_100, 48_000, 32_000];

    let [sync, version, rates, _] = header;
    if sync != 0xff || version & 0xe6 != 0xe2 {
        return None;
    }
    let (is_version_1, divisor) = match version >> 3 & 3 {
        3 => (true, 1),
        2 => (false, 2),
        0 => (false, 4),
        _ => return None,
    };
    let kbps = KBPS[usize::from(is_version_1)].get(usize::from(rates >> 4).checked_sub(1)?)?;
    let hertz = HERTZ.get(usize::from(rates >> 2 & 3))? / divisor;
    let samples = if is_version_1 { 1_152 } else { 576 };
    let size = samples / 8 * kbps * 1_000 / hertz + u64::from(rates >> 1 & 1);
    Some((size.max(4), samples as f64 / hertz as f64))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use std::io::Cursor;

    use super::*;

    /// Header of a frame of 128 kbit/s and 44.1 kHz. The frame has 417 bytes and takes 26.12 ms.
    const HEADER: [u8; 4] = [0xff, 0xfb, 0x90, 0x64];

    fn frames(number: usize) -> Vec<u8> {
        let mut frame = HEADER.to_vec();
        frame.resize(417, 0);
        frame.repeat(number)
    }

    fn of(bytes: &[u8]) -> Option<f64> {
        duration(&mut Cursor::new(bytes)).unwrap().map(|seconds| (seconds * 1_000.0).round())
    }

    #[test]
    fn whole_frames_are_counted() {
        assert_eq!(of(&frames(100)), Some(2612.0));
        assert_eq!(of(&frames(100)[..417 * 50 + 416]), Some(1306.0), "the last frame is not whole");
        let tag = b"ID3\x04\0\0\0\0\x01\x02".iter().copied().chain([0xff; 130]);
        assert_eq!(of(&tag.chain(frames(100)).collect::<Vec<_>>()), Some(2612.0));
        let noise = [frames(50), vec![7; 1_000], frames(50), b"TAG and a title".to_vec()].concat();
        assert_eq!(of(&noise), Some(2612.0), "bytes between two frames are skipped");
        for nothing in [&b""[..], b"ID3", b"ID3\x04\0\0\0\0\x01\x02", &[0; 200_000], &[0xff; 200_000]] {
            assert_eq!(of(nothing), None);
        }
    }
}
