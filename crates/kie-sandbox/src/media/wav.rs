//! WAV files of any duration, with one beat per second.

use std::f64::consts::TAU;

/// Returns a WAV file with a duration of `seconds` seconds, 3600 at most: one beat per second, 8-bit mono at 8 kHz.
pub(crate) fn file(seconds: f64) -> Vec<u8> {
    const HERTZ: u32 = 8_000;
    let samples = (seconds.clamp(0.0, 3_600.0) * f64::from(HERTZ)) as u32;
    // A RIFF chunk with an odd number of bytes is followed by one more byte. The size of the chunk does not count this
    // byte.
    let padding = samples % 2;
    let mut file = b"RIFF".to_vec();
    file.extend((36 + samples + padding).to_le_bytes());
    file.extend(b"WAVEfmt \x10\0\0\0\x01\0\x01\0");
    file.extend(HERTZ.to_le_bytes());
    // The byte rate. It equals the sample rate, because a sample has one byte.
    file.extend(HERTZ.to_le_bytes());
    file.extend(b"\x01\0\x08\0data");
    file.extend(samples.to_le_bytes());
    file.extend((0..samples).map(|sample| {
        let time = f64::from(sample % HERTZ) / f64::from(HERTZ);
        (128.0 + 60.0 * (-6.0 * time).exp() * (TAU * 220.0 * time).sin()) as u8
    }));
    file.resize(file.len() + padding as usize, 0);
    file
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_file_states_its_sizes() {
        for (seconds, samples) in [(0.0, 0), (1.0, 8_000), (0.000_13, 1), (2.5, 20_000)] {
            let file = super::file(seconds);
            let number = |at: usize| u32::from_le_bytes([file[at], file[at + 1], file[at + 2], file[at + 3]]);
            assert_eq!((number(4) as usize, number(40)), (file.len() - 8, samples), "{seconds} s");
            assert_eq!(file.len() % 2, 0);
        }
    }
}
