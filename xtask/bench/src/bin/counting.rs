//! The program `kie-bench`, with an allocator that counts allocations.

use std::alloc::System;

use kie_bench::Allocated;
use stats_alloc::{INSTRUMENTED_SYSTEM, StatsAlloc};

#[global_allocator]
static ALLOCATOR: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

fn main() -> anyhow::Result<()> {
    kie_bench::run(Some(|| {
        let stats = ALLOCATOR.stats();
        Allocated {
            blocks: stats.allocations + stats.reallocations,
            bytes: stats.bytes_allocated,
            live: stats.bytes_allocated.saturating_sub(stats.bytes_deallocated),
        }
    }))
}
