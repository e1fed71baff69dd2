//! Random ids that have the form of the service's ids.

use crate::script::SeededRng;

/// Makes the ids of an account. The ids are the same for the same seed.
pub(crate) struct Ids(SeededRng);

impl Ids {
    pub(crate) fn new(seed: u64) -> Self {
        Self(SeededRng::new(seed))
    }

    /// Returns an id for a task: 32 hexadecimal digits.
    pub(crate) fn task(&mut self) -> String {
        format!("{:032x}", self.random())
    }

    /// Returns an id for a track: a random UUID.
    pub(crate) fn track(&mut self) -> String {
        let hex = format!("{:032x}", self.random() & !(0xf << 76 | 0b11 << 62) | 4 << 76 | 0b10 << 62);
        format!("{}-{}-{}-{}-{}", &hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..])
    }

    fn random(&mut self) -> u128 {
        u128::from(self.0.bits()) << 64 | u128::from(self.0.bits())
    }
}

/// Returns a number from 0 up to, but not including, 1. The number looks random, but is always the same for the same
/// id.
pub(crate) fn share(id: &str) -> f64 {
    let sum =
        id.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |sum, byte| (sum ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3));
    (sum >> 40) as f64 / f64::from(1_u32 << 24)
}

#[cfg(test)]
mod tests {
    use super::Ids;

    #[test]
    fn ids_have_the_forms_of_the_service() {
        let mut ids = Ids::new(7);
        let task = ids.task();
        assert!(task.len() == 32 && task.bytes().all(|digit| digit.is_ascii_hexdigit()), "{task}");
        let track = ids.track();
        assert_eq!(track.split('-').map(str::len).collect::<Vec<_>>(), [8, 4, 4, 4, 12], "{track}");
        assert_eq!(track.as_bytes()[14], b'4', "{track}");
        assert_ne!(ids.task(), task);
    }
}
