//! Duration of WAV files.

use std::{
    io::{Read, Result, Seek, SeekFrom},
    ops::Range,
};

/// Maximum number of chunks that are read.
const MAX_CHUNKS: usize = 1_000;

/// Returns the duration of the audio data that is in the file, in seconds. Returns `None` if the file has no audio
/// data, or no chunk that states the format of the data.
pub(super) fn duration(file: &mut (impl Read + Seek)) -> Result<Option<f64>> {
    let end = file.seek(SeekFrom::End(0))?;
    let (mut at, mut rate) = (12, None);
    for _ in 0..MAX_CHUNKS {
        file.seek(SeekFrom::Start(at))?;
        let mut head = [0; 8];
        if at + 8 > end {
            break;
        }
        file.read_exact(&mut head)?;
        let [name, size] = [&head[..4], &head[4..]];
        let size = size.iter().rev().fold(0, |size, byte| size << 8 | u64::from(*byte));
        let there = end - (at + 8);
        match name {
            b"fmt " if there >= 16 => {
                let mut format = [0; 16];
                file.read_exact(&mut format)?;
                let bytes_per_second = u32::from_le_bytes([format[8], format[9], format[10], format[11]]);
                rate = Some(f64::from(bytes_per_second)).filter(|rate| *rate > 0.0);
            }
            b"data" => {
                // Some writers of streams leave the size empty, or set all its bits. The data then ends with the file.
                let bytes = if size == 0 { there } else { size.min(there) };
                return Ok(rate.map(|rate| bytes as f64 / rate));
            }
            _ => {}
        }
        // A chunk begins at an even position.
        at += 8 + size + size % 2;
    }
    Ok(None)
}

/// Returns the parts of the file with the format of the audio and with its data. Returns no parts if the file has no
/// audio data.
pub(super) fn audio(file: &mut (impl Read + Seek)) -> Result<Vec<Range<u64>>> {
    let end = file.seek(SeekFrom::End(0))?;
    let (mut at, mut parts) = (12, Vec::new());
    for _ in 0..MAX_CHUNKS {
        if at + 8 > end {
            break;
        }
        file.seek(SeekFrom::Start(at))?;
        let mut head = [0; 8];
        file.read_exact(&mut head)?;
        let size = u64::from(u32::from_le_bytes([head[4], head[5], head[6], head[7]]));
        let (start, is_data) = (at + 8, head.starts_with(b"data"));
        if is_data || head.starts_with(b"fmt ") {
            let size = if is_data && size == 0 { end - start } else { size };
            parts.push(start..(start + size).min(end));
        }
        if is_data {
            return Ok(parts);
        }
        at = start + size + size % 2;
    }
    Ok(Vec::new())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use std::io::Cursor;

    use super::*;

    fn file(size: u32, data: usize) -> Vec<u8> {
        let mut file = b"RIFF\0\0\0\0WAVEfmt \x10\0\0\0\x01\0\x01\0\x40\x1f\0\0\x80\x3e\0\0\x02\0\x10\0".to_vec();
        file.extend(b"LIST\x03\0\0\0abc\0data");
        file.extend(size.to_le_bytes());
        file.resize(file.len() + data, 0);
        file
    }

    #[test]
    fn the_data_that_is_there_counts() {
        let of = |bytes: &[u8]| duration(&mut Cursor::new(bytes)).unwrap();
        assert_eq!(of(&file(32_000, 32_000)), Some(2.0));
        assert_eq!(of(&file(32_000, 8_000)), Some(0.5), "the file ends early");
        assert_eq!(of(&file(0, 16_000)), Some(1.0));
        assert_eq!(of(&file(u32::MAX, 16_000)), Some(1.0));
        assert_eq!(of(&file(8_000, 16_000)), Some(0.5), "other bytes follow the data");
        for nothing in [&b""[..], b"RIFF\0\0\0\0WAVE", b"RIFF\0\0\0\0WAVEdata\x04\0\0\0abcd", &[0; 64]] {
            assert_eq!(of(nothing), None);
        }
    }
}
