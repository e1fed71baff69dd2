//! A check of an ID3 tag before the library reads it, so that a damaged or hostile tag costs neither much memory nor time.

use anyhow::{Result, bail};

/// Size of the header of a tag, and of the header of a frame, in bytes.
pub(super) const HEADER: usize = 10;
/// Maximum number of frames.
const MAX_FRAMES: usize = 10_000;

/// Returns the size of the tag that begins with this header, with the header, in bytes. Returns `None` if it is no
/// header of a tag.
pub(super) fn size(header: &[u8]) -> Option<u64> {
    let header = header.get(..HEADER).filter(|header| header.starts_with(b"ID3"))?;
    let size = synchsafe(&header[6..]);
    Some(HEADER as u64 + u64::from(size))
}

/// Checks that every frame lies in the tag, and that no frame is compressed or encrypted: a compressed frame of a few
/// kilobytes can become hundreds of megabytes.
///
/// # Errors
///
/// Rare forms of a tag are refused too: an extended header, a footer, and version 2.3 with unsynchronisation.
pub(super) fn check(tag: &[u8]) -> Result<()> {
    let Some(size) = size(tag) else { bail!("the file has no ID3 tag") };
    if size != tag.len() as u64 {
        bail!("the ID3 tag ends early");
    }
    let (version, flags) = (tag[3], tag[5]);
    // Bits of the second byte of the flags of a frame: it is compressed, encrypted or in a group.
    let refused = match (version, flags) {
        // Frames of version 2.2 have no flags.
        (2, 0 | 0x80) => return Ok(()),
        (3, 0 | 0x20) => 0xe0,
        (4, 0 | 0x20 | 0x80 | 0xa0) => 0x4c,
        _ => bail!("the ID3 tag has version 2.{version} with the flags {flags:#04x}, which is not supported"),
    };
    let mut at = HEADER;
    for _ in 0..MAX_FRAMES {
        let Some(frame) = tag.get(at..at + HEADER).filter(|frame| frame[0] != 0) else { return Ok(()) };
        let size = if version == 4 { synchsafe(&frame[4..8]) } else { big_endian(&frame[4..8]) };
        let has_length = version == 4 && frame[9] & 1 != 0;
        if frame[9] & refused != 0 || (has_length && size < 4) {
            bail!("a frame of the ID3 tag is compressed, encrypted or damaged");
        }
        let next = at.checked_add(HEADER).and_then(|at| at.checked_add(usize::try_from(size).ok()?));
        at = match next {
            Some(next) if next <= tag.len() => next,
            _ => bail!("a frame of the ID3 tag does not end in the tag"),
        };
    }
    bail!("the ID3 tag has more than {MAX_FRAMES} frames")
}

fn big_endian(bytes: &[u8]) -> u32 {
    bytes.iter().take(4).fold(0, |number, byte| number << 8 | u32::from(*byte))
}

/// Reads a number of four bytes with seven bits each. Adds the eighth bits like the library does.
fn synchsafe(bytes: &[u8]) -> u32 {
    let number = big_endian(bytes);
    number & 0xff | (number & 0xff00) >> 1 | (number & 0x00ff_0000) >> 2 | (number & 0xff00_0000) >> 3
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tag(version: u8, flags: u8, frames: &[u8]) -> Vec<u8> {
        let size = frames.len() as u8;
        [b"ID3", &[version, 0, flags, 0, 0, 0, size][..], frames].concat()
    }

    #[test]
    fn only_plain_tags_pass() {
        let frame = |flags: u8, size: u8| [b"TIT2\0\0\0", &[size, 0, flags, 3, b'a', b'b', b'c'][..]].concat();
        let plain = frame(0, 4);
        for (version, flags, frames, passes) in [
            (3, 0, plain.clone(), true),
            (4, 0, plain.clone(), true),
            (4, 0x80, frame(2, 4), true),
            (4, 0, [plain.clone(), vec![0; 20]].concat(), true),
            (2, 0, b"TT2\0\0\x02\0a".to_vec(), true),
            (3, 0x40, plain.clone(), false),
            (3, 0x80, plain.clone(), false),
            (4, 0x10, plain.clone(), false),
            (5, 0, plain.clone(), false),
            (3, 0, frame(0x80, 4), false),
            (4, 0, frame(8, 4), false),
            (4, 0, frame(1, 3), false),
            (4, 0, frame(0, 5), false),
        ] {
            assert_eq!(check(&tag(version, flags, &frames)).is_ok(), passes, "{version} {flags:#x} {frames:?}");
        }
        let whole = tag(4, 0, &plain);
        assert!(check(&whole[..whole.len() - 1]).is_err() && check(b"").is_err());
    }
}
