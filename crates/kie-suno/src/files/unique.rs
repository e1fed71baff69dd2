//! Names that nothing else has.

use std::hash::{BuildHasher, RandomState};

/// 64 bits that no other call, thread or process draws by chance; not a secret. The keys of the standard library's hash maps are as
/// random as the system can make them.
pub(super) fn unique() -> u64 {
    RandomState::new().hash_one(())
}

#[cfg(test)]
mod tests {
    use std::{collections::HashSet, thread};

    use super::unique;

    #[test]
    fn no_two_are_the_same() {
        let drawing: Vec<_> = (0..4).map(|_| thread::spawn(|| [(); 100].map(|()| unique()))).collect();
        let drawn: HashSet<u64> = drawing.into_iter().filter_map(|thread| thread.join().ok()).flatten().collect();
        assert_eq!(drawn.len(), 400);
    }
}
