//! Tests with long-lasting faults, and with many tasks, processes and kills. `cargo xtask soak` runs these tests in
//! full size.

mod attackers;
mod disk;
mod kills;
mod shares;
mod tasks;

use std::{
    env,
    hash::{BuildHasher as _, RandomState},
};

/// Returns the size of a test: `soak` if the environment variable `KIE_SOAK` is set, as in `cargo xtask soak`, or
/// `usual` if it is not set.
fn size(usual: usize, soak: usize) -> usize {
    if is_soak() { soak } else { usual }
}

/// Returns the seed of a test. In `cargo xtask soak`, each run has a new seed. Other runs have a fixed seed. To repeat
/// a run, set the environment variable `KIE_SEED` to its seed.
fn seed(test: &str) -> u64 {
    let chosen = env::var("KIE_SEED").ok().map(|seed| seed.parse().unwrap());
    let seed = chosen.unwrap_or_else(|| if is_soak() { RandomState::new().hash_one(()) } else { 20_261_122 });
    println!("{test}: KIE_SEED={seed}");
    seed
}

fn is_soak() -> bool {
    env::var_os("KIE_SOAK").is_some()
}
