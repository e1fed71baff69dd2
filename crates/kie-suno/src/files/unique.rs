//! Unique names.

use std::hash::{BuildHasher, RandomState};

/// Returns 64 random bits for a name that no other call, thread or process uses. The bits are not secret. They come
/// from the keys of the standard library's hash maps, which are as random as the system can make them.
pub(super) fn unique() -> u64 {
    RandomState::new().hash_one(())
}

#[cfg(test)]
mod tests {
    use std::{collections::HashSet, thread};

    use super::unique;

    #[test]
    fn all_numbers_differ() {
        let threads: Vec<_> = (0..4).map(|_| thread::spawn(|| [(); 100].map(|()| unique()))).collect();
        let drawn: HashSet<u64> = threads.into_iter().filter_map(|thread| thread.join().ok()).flatten().collect();
        assert_eq!(drawn.len(), 400);
    }
}
