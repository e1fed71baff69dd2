//! Faults that last: many tasks, many processes, many deaths. `cargo xtask soak` runs them in their full size.

mod deaths;
mod disk;
mod shares;
mod storm;
mod tasks;

use std::{
    env,
    hash::{BuildHasher as _, RandomState},
};

/// How much of something: little in the usual tests, and much if `KIE_SOAK` is set, as `cargo xtask soak` does.
fn size(usual: usize, soak: usize) -> usize {
    if is_soak() { soak } else { usual }
}

/// The seed of what is random: another one in each soak, and always the same in the usual tests. `KIE_SEED` repeats one.
fn seed(test: &str) -> u64 {
    let chosen = env::var("KIE_SEED").ok().map(|seed| seed.parse().unwrap());
    let seed = chosen.unwrap_or_else(|| if is_soak() { RandomState::new().hash_one(()) } else { 20_261_122 });
    println!("{test}: KIE_SEED={seed}");
    seed
}

fn is_soak() -> bool {
    env::var_os("KIE_SOAK").is_some()
}
