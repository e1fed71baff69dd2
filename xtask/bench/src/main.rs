//! The binary that is timed, and that starts the others: see `cargo xtask bench`.

fn main() -> anyhow::Result<()> {
    kie_bench::run(None)
}
