//! Base64 of a file that arrives in pieces, in the standard alphabet with padding.

use base64::{Engine as _, engine::general_purpose::STANDARD};

/// Returns the length of the Base64 text for `bytes` bytes, in characters, with its padding.
pub(crate) fn length(bytes: u64) -> u64 {
    bytes.div_ceil(3) * 4
}

/// Encoder for a file that arrives in pieces. Base64 encodes groups of three bytes. The vector holds up to two bytes
/// that are left over until the next piece completes their group.
#[derive(Default)]
pub(crate) struct Encoder(Vec<u8>);

impl Encoder {
    /// Encodes the next piece of the file. If the last one or two bytes of the piece make no group of three bytes, they
    /// are kept for the next piece. The last piece is encoded completely.
    pub(crate) fn encode(&mut self, piece: &[u8], is_last: bool) -> Vec<u8> {
        // Completes the kept bytes to a group of three first. The rest of the piece can then be encoded without a copy.
        let (fill, rest) = piece.split_at(piece.len().min((3 - self.0.len()) % 3));
        self.0.extend_from_slice(fill);
        let (threes, over) = rest.split_at(rest.len() / 3 * 3);
        let mut out = String::with_capacity((self.0.len() + rest.len()).div_ceil(3) * 4);
        if self.0.len() == 3 {
            STANDARD.encode_string(std::mem::take(&mut self.0), &mut out);
        }
        STANDARD.encode_string(threes, &mut out);
        self.0.extend_from_slice(over);
        if is_last {
            STANDARD.encode_string(std::mem::take(&mut self.0), &mut out);
        }
        out.into_bytes()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_vectors_of_the_standard_hold() {
        for (plain, encoded) in
            [("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="), ("foobar", "Zm9vYmFy")]
        {
            assert_eq!(Encoder::default().encode(plain.as_bytes(), true), encoded.as_bytes());
            assert_eq!(length(plain.len() as u64), encoded.len() as u64);
        }
        assert_eq!(Encoder::default().encode(&[0xFB, 0xFF, 0xBF], true), b"+/+/");
    }

    #[test]
    fn pieces_of_every_size_make_the_same_text() {
        let bytes: Vec<u8> = (0..100).map(|n| n * 37 % 251).map(|n: u32| n as u8).collect();
        let whole = STANDARD.encode(&bytes).into_bytes();
        for size in 1..=bytes.len() {
            let mut encoder = Encoder::default();
            let pieces: Vec<_> = bytes.chunks(size).collect();
            let last = pieces.len() - 1;
            let parts = pieces.iter().enumerate().map(|(at, piece)| encoder.encode(piece, at == last));
            assert_eq!(parts.collect::<Vec<_>>().concat(), whole, "{size}");
        }
    }
}
