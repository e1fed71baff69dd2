//! Makes MP3 files of any duration: repeats the frames of a short file.

/// MP3 file whose frames are repeated: four bars in 3/4. `assets/README.md` describes how the file was made.
static LOOP: &[u8] = include_bytes!("../../assets/waltz.mp3");

/// Returns an MP3 file with a title, an artist, and a duration of `seconds` seconds, rounded to whole frames.
pub(crate) fn song(title: &str, artist: &str, seconds: f64) -> Vec<u8> {
    let mut file = tag(title, artist);
    let mut time = 0.0;
    let frames: Vec<_> = frames(LOOP).collect();
    for (frame, length) in frames.iter().cycle() {
        // The last frame is included only if at least half of it lies within the requested duration.
        if time + length / 2.0 > seconds {
            break;
        }
        file.extend_from_slice(frame);
        time += length;
    }
    file
}

/// Returns the frames of an MPEG layer III stream. Each pair has the bytes of a frame, and its duration in seconds.
/// Stops at the first bytes that are not a frame.
fn frames(stream: &[u8]) -> impl Iterator<Item = (&[u8], f64)> {
    let mut rest = stream;
    std::iter::from_fn(move || {
        let (size, length) = header(rest.first_chunk()?)?;
        let (frame, after) = rest.split_at_checked(size)?;
        rest = after;
        Some((frame, length))
    })
}

/// Returns the size in bytes and the duration in seconds of the frame with this header.
fn header(header: &[u8; 4]) -> Option<(usize, f64)> {
    const KBPS: [[u32; 14]; 2] = [
        [8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160],
        [32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320],
    ];
    const HERTZ: [u32; 3] = [44_100, 48_000, 32_000];

    let [sync, version, rates, _] = header.map(u32::from);
    if sync != 0xff || version & 0xe6 != 0xe2 {
        return None;
    }
    let is_version_1 = version & 0x18 == 0x18;
    let divisor = match version >> 3 & 3 {
        3 => 1,
        2 => 2,
        0 => 4,
        _ => return None,
    };
    let kbps = *KBPS[usize::from(is_version_1)].get(usize::try_from(rates >> 4).ok()?.checked_sub(1)?)?;
    let hertz = HERTZ.get(usize::try_from(rates >> 2 & 3).ok()?)? / divisor;
    let samples = if is_version_1 { 1_152 } else { 576 };
    let size = samples / 8 * kbps * 1_000 / hertz + (rates >> 1 & 1);
    Some((usize::try_from(size).ok()?, f64::from(samples) / f64::from(hertz)))
}

/// Returns an ID3v2.4 tag with a title and an artist.
fn tag(title: &str, artist: &str) -> Vec<u8> {
    let mut frames = Vec::new();
    for (name, text) in [(b"TIT2", title), (b"TPE1", artist)] {
        frames.extend_from_slice(name);
        frames.extend(synchsafe(text.len() + 1));
        // Flags and text encoding of an ID3 frame: two bytes 0 for no flags, and one byte 3 for UTF-8.
        frames.extend([0, 0, 3]);
        frames.extend_from_slice(text.as_bytes());
    }
    let mut tag = b"ID3\x04\0\0".to_vec();
    tag.extend(synchsafe(frames.len()));
    tag.extend(frames);
    tag
}

/// Encodes a size as ID3 requires: as four bytes with seven bits each.
fn synchsafe(size: usize) -> [u8; 4] {
    [21, 14, 7, 0].map(|shift| (size >> shift & 0x7f) as u8)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_loop_is_whole_frames_of_24_ms() {
        let frames: Vec<_> = frames(LOOP).collect();
        assert_eq!(frames.len(), 168);
        assert!(frames.iter().all(|(frame, length)| frame.len() == 96 && *length == 0.024));
    }

    #[test]
    fn a_song_has_its_length_to_within_a_frame() {
        for seconds in [0.0, 0.01, 10.0, 131.52, 199.99] {
            let file = song("Straße", "sandbox", seconds);
            let tag = tag("Straße", "sandbox").len();
            let length = (file.len() - tag) as f64 / 96.0 * 0.024;
            assert!((length - seconds).abs() < 0.024, "{seconds} s became {length} s");
        }
    }
}
