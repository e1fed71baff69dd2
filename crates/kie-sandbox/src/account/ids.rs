//! Random ids that have the form of the service's ids.

use std::hash::{BuildHasher, RandomState};

/// Returns an id for a task: 32 hexadecimal digits.
pub(crate) fn task() -> String {
    format!("{:032x}", random())
}

/// Returns an id for a track: a random UUID.
pub(crate) fn track() -> String {
    let hex = format!("{:032x}", random() & !(0xf << 76 | 0b11 << 62) | 4 << 76 | 0b10 << 62);
    format!("{}-{}-{}-{}-{}", &hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..])
}

/// Returns a number from 0 up to, but not including, 1. The number looks random, but is always the same for the same
/// id.
pub(crate) fn share(id: &str) -> f64 {
    let sum =
        id.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |sum, byte| (sum ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3));
    (sum >> 40) as f64 / f64::from(1_u32 << 24)
}

/// Returns a random number. The standard library seeds its hashers at random, which is enough to make different ids.
fn random() -> u128 {
    let half = || u128::from(RandomState::new().hash_one(()));
    half() << 64 | half()
}

#[cfg(test)]
mod tests {
    #[test]
    fn ids_have_the_forms_of_the_service() {
        let task = super::task();
        assert!(task.len() == 32 && task.bytes().all(|digit| digit.is_ascii_hexdigit()), "{task}");
        let track = super::track();
        assert_eq!(track.split('-').map(str::len).collect::<Vec<_>>(), [8, 4, 4, 4, 12], "{track}");
        assert_eq!(track.as_bytes()[14], b'4', "{track}");
        assert_ne!(super::task(), task);
    }
}
